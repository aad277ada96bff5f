import { stat } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import { type CarriedError, fromCarried } from '../../../src-contract/carried-error.ts';
import type { Inspection, RowJudgement } from '../../../src-contract/dataset.ts';
import { StudioError } from '../../../src-contract/errors.ts';
import { fileSignatures } from '../../../src-contract/file-signature.ts';
import { errorOf } from '../../../src-contract/thrown.ts';
import { ownProgram } from '../../async/own-program.ts';
import { firstBytes } from '../../files/first-bytes.ts';
import type { TableFile } from '../readers/open-table.ts';
import type { AddedRowsEvent, AddedRowsJob } from './added-rows.ts';
import type { RowsEvent, RowsJob } from './import-rows.ts';
import type { InspectOptions } from './inspect.ts';
import type { JudgeOptions } from './judge-rows.ts';
import type { CellsEvent, CellsJob } from './table-cells.ts';

/** The thread's tasks: what each is given, and what it sends back. */
export interface ThreadWork {
  readonly import: { readonly ask: RowsJob; readonly told: RowsEvent };
  readonly inspect: { readonly ask: readonly [TableFile, InspectOptions]; readonly told: Inspection };
  readonly add: { readonly ask: AddedRowsJob; readonly told: AddedRowsEvent };
  readonly cells: { readonly ask: CellsJob; readonly told: CellsEvent };
  readonly judge: { readonly ask: readonly [TableFile, JudgeOptions]; readonly told: RowJudgement };
}

/** What the thread is started with. */
export type ThreadTask = {
  [Kind in keyof ThreadWork]: { kind: Kind; ask: ThreadWork[Kind]['ask'] };
}[keyof ThreadWork] & {
  /**
   * The number of messages processed by the receiver: the thread waits if it is too far behind, so that rows do not
   * pile up.
   */
  readonly heard: Int32Array<SharedArrayBuffer>;
};

/** Maximum number of unprocessed messages. */
export const mostUnheard = 16;

/** Messages from the thread. */
export type ThreadMessage =
  | { readonly kind: 'told'; readonly told: ThreadWork[keyof ThreadWork]['told'] }
  | { readonly kind: 'failed'; readonly error: CarriedError }
  | { readonly kind: 'ended' };

/**
 * What a thread's objects may take. Rows are read and released, so little of it is used, except that a Parquet row group,
 * up to 512 MB, is held whole.
 */
const mostMegabytes = 2048;

/** A text of this size is read in no more time than it takes to start a thread. */
const inlineBytes = 2 * 1024 * 1024;

export async function needsThread(file: { readonly path: string }): Promise<boolean> {
  const facts = await stat(file.path).catch(() => undefined);
  return facts?.isDirectory() === true || (facts?.size ?? 0) > inlineBytes || (await isPacked(file));
}

/**
 * Whether a file's size says nothing about the time that it takes. A damaged Parquet file of some kilobytes, alone or in
 * an archive, holds its reader for ever (hyparquet 1.31.5: a run of a negative length): a thread can be ended.
 */
export async function isPacked({ path }: { readonly path: string }): Promise<boolean> {
  const head = await firstBytes(path, 4).catch(() => '');
  const isArchive = head === fileSignatures.ZIP || head.startsWith('\x1f\x8b');
  return isArchive || head === fileSignatures.PARQUET || head === '%PDF';
}

/** The single result of a task. */
export async function answerOfThread<Kind extends 'inspect' | 'judge'>(
  kind: Kind,
  ask: ThreadWork[Kind]['ask'],
  signal: AbortSignal,
  most = mostMegabytes,
): Promise<ThreadWork[Kind]['told']> {
  for await (const told of inThread(kind, ask, signal, most)) return told;
  throw new Error(`the thread gave no answer to “${kind}”`);
}

/**
 * Reads a table in a separate thread, so that the window stays responsive. An abort, or a caller that leaves,
 * terminates the thread at once, whatever it is doing. Throws FILE_MEMORY if it takes more than `most` MB.
 */
export async function* inThread<Kind extends keyof ThreadWork>(
  kind: Kind,
  ask: ThreadWork[Kind]['ask'],
  signal: AbortSignal,
  most = mostMegabytes,
): AsyncGenerator<ThreadWork[Kind]['told'], void> {
  signal.throwIfAborted();
  const heard = new Int32Array(new SharedArrayBuffer(4));
  const thread = new Worker(ownProgram(import.meta.url, './import-thread.ts'), {
    workerData: { kind, ask, heard },
    // Do not inherit the process's own flags.
    execArgv: [],
    resourceLimits: { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: most },
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
    ended = errorOf(error);
    if ('code' in ended && ended.code === 'ERR_WORKER_OUT_OF_MEMORY') {
      const { file } = 'file' in ask ? ask : { file: ask[0] };
      ended = new StudioError('FILE_MEMORY', { file: file.name, most });
    }
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
      else if (message.kind === 'failed') throw fromCarried(message.error);
      else {
        // Sound: the thread answers the task that it was given.
        yield message.told as ThreadWork[Kind]['told'];
        Atomics.add(heard, 0, 1);
        Atomics.notify(heard, 0);
      }
    }
  } finally {
    signal.removeEventListener('abort', stop);
    await thread.terminate();
  }
}
