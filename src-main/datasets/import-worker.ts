import { Worker } from 'node:worker_threads';
import { type ErrorCode, type ErrorData, StudioError } from '../../src-contract/errors.ts';
import type { RowsEvent, RowsJob } from './import-rows.ts';
import { ownProgram } from './own-program.ts';

/** What the import's thread says. */
export type ThreadMessage =
  | RowsEvent
  | { readonly kind: 'failed'; readonly error: ThrownInThread }
  | { readonly kind: 'ended' };

/** An error on its way between threads: a StudioError keeps its code and data, a system's error its code. */
export interface ThrownInThread {
  readonly name: string;
  readonly message: string;
  readonly code: string | undefined;
  readonly data: Record<string, unknown> | undefined;
  readonly stack: string | undefined;
}

/**
 * `importRows` in a thread of its own, so that the window stays free. An abort, or a caller who leaves, ends the thread at
 * once, whatever it is doing.
 */
export async function* importRowsInThread(job: RowsJob, signal: AbortSignal): AsyncGenerator<RowsEvent, void> {
  signal.throwIfAborted();
  const thread = new Worker(ownProgram(import.meta.url, './import-thread.ts'), {
    workerData: job,
    // What the process was started with is not for this thread.
    execArgv: [],
    // Rows are read and let go: a small heap is swept more often, and holds the longest cell many times over.
    resourceLimits: { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 256 },
  });
  const waiting: ThreadMessage[] = [];
  let wake = () => {};
  let ended: Error | undefined;
  const stop = () => wake();
  thread.on('message', (message: ThreadMessage) => {
    waiting.push(message);
    wake();
  });
  thread.on('error', (error) => {
    ended = error instanceof Error ? error : new Error(String(error));
    wake();
  });
  thread.on('exit', (code) => {
    ended ??= new Error(`the import's thread ended with status ${code}`);
    wake();
  });
  signal.addEventListener('abort', stop);
  try {
    for (;;) {
      signal.throwIfAborted();
      const message = waiting.shift();
      if (message === undefined) {
        if (ended) throw ended;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      } else if (message.kind === 'ended') return;
      else if (message.kind === 'failed') throw fromThread(message.error);
      else yield message;
    }
  } finally {
    signal.removeEventListener('abort', stop);
    await thread.terminate();
  }
}

export function forThread(thrown: unknown): ThrownInThread {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const { name, message, stack } = error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return { name, message, code, stack, data: error instanceof StudioError ? error.data : undefined };
}

export function fromThread({ name, message, code, data, stack }: ThrownInThread): Error {
  // Sound: only a StudioError has data, and its code is one of the catalogue.
  if (data !== undefined) return new StudioError(code as ErrorCode, data as ErrorData<ErrorCode>);
  return Object.assign(new Error(message), { name, stack, ...(code !== undefined && { code }) });
}
