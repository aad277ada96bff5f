/** There is no kernel for an operation, or no memory for it. */
export class CannotRun extends Error {}

const shortages = new Set(['ERR_WORKER_INIT_FAILED', 'ERR_WORKER_OUT_OF_MEMORY']);

/** Whether an error says that there is no memory, or no thread, to be had. */
export function isShortage(error: unknown): boolean {
  return error instanceof RangeError || shortages.has((error as NodeJS.ErrnoException).code ?? '');
}
