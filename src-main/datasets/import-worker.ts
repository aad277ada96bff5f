import { stat } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import type { Inspection, RowJudgement } from '../../src-contract/dataset.ts';
import { type ErrorCode, type ErrorData, StudioError } from '../../src-contract/errors.ts';
import type { RowsEvent, RowsJob } from './import-rows.ts';
import type { InspectOptions } from './inspect.ts';
import type { JudgeOptions } from './judge-rows.ts';
import { ownProgram } from './own-program.ts';
import type { TableFile } from './readers/open-table.ts';

/** What the thread can do: what it is asked, and what it tells. */
export interface ThreadWork {
  readonly import: { readonly ask: RowsJob; readonly told: RowsEvent };
  readonly inspect: { readonly ask: readonly [TableFile, InspectOptions]; readonly told: Inspection };
  readonly judge: { readonly ask: readonly [TableFile, JudgeOptions]; readonly told: RowJudgement };
}

/** What the thread is started with. */
export type ThreadTask = { [Kind in keyof ThreadWork]: { kind: Kind; ask: ThreadWork[Kind]['ask'] } }[keyof ThreadWork];

/** What the thread says. */
export type ThreadMessage =
  | { readonly kind: 'told'; readonly told: ThreadWork[keyof ThreadWork]['told'] }
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

/** A file of this size is read in a moment, and starting a thread would take as long. */
const inlineBytes = 2 * 1024 * 1024;

export async function needsThread({ path }: { readonly path: string }): Promise<boolean> {
  const facts = await stat(path).catch(() => undefined);
  return facts?.isDirectory() === true || (facts?.size ?? 0) > inlineBytes;
}

/** The one thing that the work tells. */
export async function answerOfThread<Kind extends 'inspect' | 'judge'>(
  kind: Kind,
  ask: ThreadWork[Kind]['ask'],
  signal: AbortSignal,
): Promise<ThreadWork[Kind]['told']> {
  for await (const told of inThread(kind, ask, signal)) return told;
  throw new Error(`the thread gave no answer to “${kind}”`);
}

/**
 * Reads a table in a thread of its own, so that the window stays free. An abort, or a caller who leaves, ends the thread at
 * once, whatever it is doing.
 */
export async function* inThread<Kind extends keyof ThreadWork>(
  kind: Kind,
  ask: ThreadWork[Kind]['ask'],
  signal: AbortSignal,
): AsyncGenerator<ThreadWork[Kind]['told'], void> {
  signal.throwIfAborted();
  const thread = new Worker(ownProgram(import.meta.url, './import-thread.ts'), {
    workerData: { kind, ask },
    // What the process was started with is not for this thread.
    execArgv: [],
    // Rows are read and let go, so that little of it is used; but a row group of Parquet, of up to 512 MB, is held whole.
    resourceLimits: { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 2048 },
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
      // Sound: the thread tells of what it was asked.
      else yield message.told as ThreadWork[Kind]['told'];
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
