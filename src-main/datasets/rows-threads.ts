import { Worker } from 'node:worker_threads';
import { fromCarried } from '../../src-contract/carried-error.ts';
import { ownProgram } from '../own-program.ts';
import type { FromRowsThread, RowsPlace, RowsThreadCalls, RowsThreadKind } from './rows-thread-messages.ts';

interface Waiting {
  answer(value: unknown): void;
  fail(error: unknown): void;
  event(value: unknown): void;
}

/**
 * A thread that reads rows, started on the first request and kept until `close`. The studio has one for work that a
 * person is waiting for and one for work that takes minutes, so that the second never delays the first.
 */
export class RowsThread {
  #worker: Worker | undefined;
  readonly #waiting = new Map<number, Waiting>();
  #id = 0;

  /** Rejects with the abort reason of `signal`, or with what the thread threw. */
  call<K extends RowsThreadKind>(
    kind: K,
    ask: RowsThreadCalls[K]['ask'],
    {
      signal,
      onEvent,
    }: { signal?: AbortSignal | undefined; onEvent?: (event: RowsThreadCalls[K]['event']) => void } = {},
  ): Promise<RowsThreadCalls[K]['answer']> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const worker = this.#started();
      const id = ++this.#id;
      const abort = () => {
        worker.postMessage({ id, kind: 'abort' });
        end();
        reject(signal?.reason);
      };
      const end = () => {
        this.#waiting.delete(id);
        signal?.removeEventListener('abort', abort);
        if (this.#waiting.size === 0) worker.unref();
      };
      signal?.addEventListener('abort', abort, { once: true });
      this.#waiting.set(id, {
        answer(value) {
          end();
          // Sound: the thread answers in the type of its kind.
          resolve(value as RowsThreadCalls[K]['answer']);
        },
        fail(error) {
          end();
          reject(error);
        },
        event: (value) => onEvent?.(value as RowsThreadCalls[K]['event']),
      });
      worker.ref();
      worker.postMessage({ id, kind, ask });
    });
  }

  /** Closes the files of a dataset, if the thread has opened them. */
  async letGo(place: RowsPlace): Promise<void> {
    if (this.#worker !== undefined) await this.call('letGo', place);
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    for (const waiting of [...this.#waiting.values()])
      waiting.fail(new DOMException('The studio is closing.', 'AbortError'));
    await worker?.terminate();
  }

  #started(): Worker {
    if (this.#worker) return this.#worker;
    const worker = new Worker(ownProgram(import.meta.url, './rows-thread.ts'));
    // Do not keep an otherwise idle studio alive.
    worker.unref();
    worker.on('message', (message: FromRowsThread) => {
      const waiting = this.#waiting.get(message.id);
      if (message.kind === 'answer') waiting?.answer(message.answer);
      else if (message.kind === 'event') waiting?.event(message.event);
      else waiting?.fail(fromCarried(message.error));
    });
    const ended = (error: unknown) => {
      if (this.#worker !== worker) return;
      this.#worker = undefined;
      for (const waiting of [...this.#waiting.values()]) waiting.fail(error);
    };
    worker.on('error', ended);
    worker.on('exit', (code) => ended(new Error(`the rows thread ended with status ${code}`)));
    this.#worker = worker;
    return worker;
  }
}
