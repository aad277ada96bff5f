/** There is no kernel for an operation, or not enough memory. */
export class CannotRun extends Error {}

const shortages = new Set(['ERR_WORKER_INIT_FAILED', 'ERR_WORKER_OUT_OF_MEMORY']);

/** Whether an error means that no memory, or no thread, is available. */
export function isShortage(error: unknown): boolean {
  return error instanceof RangeError || shortages.has((error as NodeJS.ErrnoException).code ?? '');
}
