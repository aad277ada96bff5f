import { Worker } from 'node:worker_threads';
import { type CarriedError, fromCarried } from '../../src-contract/carried-error.ts';

/** What a thread sends about the question with that id. */
export type FromAskedThread =
  | { readonly id: number; readonly kind: 'answer'; readonly answer: unknown }
  | { readonly id: number; readonly kind: 'event'; readonly event: unknown }
  | { readonly id: number; readonly kind: 'failed'; readonly error: CarriedError };

interface Waiting {
  answer(value: unknown): void;
  fail(error: unknown): void;
  event(value: unknown): void;
}

/**
 * A thread that answers questions, each with an id, started with the first one and kept until `close`. It does not keep
 * an otherwise idle process alive.
 */
export class AskedThread {
  readonly #program: () => URL;
  /** For errors. */
  readonly #name: string;
  #worker: Worker | undefined;
  readonly #waiting = new Map<number, Waiting>();
  #id = 0;
  #isClosed = false;

  /** `program` is looked for when the thread starts. */
  constructor(program: () => URL, name: string) {
    this.#program = program;
    this.#name = name;
  }

  get isStarted(): boolean {
    return this.#worker !== undefined;
  }

  /** Rejects with the abort reason of `signal`, of which the thread is told, or with what the thread threw. */
  ask(
    question: object,
    { signal, onEvent }: { signal?: AbortSignal | undefined; onEvent?: ((event: unknown) => void) | undefined } = {},
  ): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      if (this.#isClosed) {
        reject(closing());
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
          resolve(value);
        },
        fail(error) {
          end();
          reject(error);
        },
        event: (value) => onEvent?.(value),
      });
      worker.ref();
      worker.postMessage({ ...question, id });
    });
  }

  /** What is asked, now or later, fails with an AbortError. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const worker = this.#worker;
    this.#worker = undefined;
    for (const waiting of [...this.#waiting.values()]) waiting.fail(closing());
    await worker?.terminate();
  }

  #started(): Worker {
    if (this.#worker) return this.#worker;
    const worker = new Worker(this.#program());
    worker.unref();
    worker.on('message', (message: FromAskedThread) => {
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
    worker.on('exit', (code) => ended(new Error(`the ${this.#name} thread ended with status ${code}`)));
    this.#worker = worker;
    return worker;
  }
}

function closing(): Error {
  return new DOMException('The studio is closing.', 'AbortError');
}
