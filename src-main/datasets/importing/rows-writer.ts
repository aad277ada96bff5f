import { Worker } from 'node:worker_threads';
import { type CarriedError, fromCarried } from '../../../src-contract/carried-error.ts';
import { errorOf } from '../../../src-contract/thrown.ts';
import { ownProgram } from '../../async/own-program.ts';
import type { PackedRows } from '../rows/row-block.ts';
import type { RowsWriter } from './import-rows.ts';
import type { ImportedFacts, NewRejection } from './row-import-store.ts';

/** Messages to the writing thread. */
export type ToWriter =
  | { readonly kind: 'write'; readonly rows: PackedRows; readonly rejections: readonly NewRejection[] }
  | { readonly kind: 'finish'; readonly now: number; readonly rows: number; readonly states: Uint8Array<ArrayBuffer> };

/** Its replies, in the order of the messages. */
export type FromWriter =
  | { readonly kind: 'written'; readonly buffer: ArrayBuffer }
  | { readonly kind: 'finished'; readonly facts: ImportedFacts }
  | { readonly kind: 'failed'; readonly error: CarriedError };

/**
 * Writes the rows file in a separate thread, so that hashing and storing run in parallel with reading. Ends with the
 * thread that started it.
 */
export function writeInThread(file: string): RowsWriter {
  const thread = new Worker(ownProgram(import.meta.url, './rows-writer-thread.ts'), {
    workerData: file,
    execArgv: [],
    // Rows are passed in buffers that go back and forth; the heap holds little more than rejected rows.
    resourceLimits: { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 128 },
  });
  const spare: ArrayBuffer[] = [];
  let waiting = 0;
  let failure: Error | undefined;
  let facts: ImportedFacts | undefined;
  let wake = () => {};
  const heard = () =>
    new Promise<void>((resolve) => {
      wake = resolve;
    });
  thread.on('message', (message: FromWriter) => {
    if (message.kind === 'written') {
      waiting--;
      if (spare.length < mostWaiting) spare.push(message.buffer);
    } else if (message.kind === 'finished') facts = message.facts;
    else failure ??= fromCarried(message.error);
    wake();
  });
  thread.on('error', (error) => {
    failure ??= errorOf(error);
    wake();
  });
  thread.on('exit', (code) => {
    if (facts === undefined) failure ??= new Error(`the thread that writes rows ended with status ${code}`);
    wake();
  });
  return {
    async write(rows, rejections) {
      while (waiting >= mostWaiting && !failure) await heard();
      if (failure) throw failure;
      waiting++;
      thread.postMessage({ kind: 'write', rows, rejections } satisfies ToWriter, [rows.bytes.buffer]);
      return spare.pop();
    },
    async finish(now, states) {
      thread.postMessage({ kind: 'finish', now, rows: states.rows, states: states.packed } satisfies ToWriter);
      while (facts === undefined && !failure) await heard();
      if (facts === undefined) throw failure;
      return facts;
    },
    close: async () => {
      await thread.terminate();
    },
  };
}

/** Maximum number of pieces waiting to be written. */
const mostWaiting = 4;
