import { AskedThread } from '../../async/asked-thread.ts';
import { ownProgram } from '../../async/own-program.ts';
import type { RowsPlace, RowsThreadCalls, RowsThreadKind } from './rows-thread-messages.ts';

/**
 * A thread that reads rows, started on the first request and kept until `close`. The studio has one for work that a
 * person is waiting for and one for work that takes minutes, so that the second never delays the first.
 */
export class RowsThread {
  readonly #thread = new AskedThread(() => ownProgram(import.meta.url, './rows-thread.ts'), 'rows');

  /** Rejects with the abort reason of `signal`, or with what the thread threw. */
  call<K extends RowsThreadKind>(
    kind: K,
    ask: RowsThreadCalls[K]['ask'],
    {
      signal,
      onEvent,
    }: { signal?: AbortSignal | undefined; onEvent?: (event: RowsThreadCalls[K]['event']) => void } = {},
  ): Promise<RowsThreadCalls[K]['answer']> {
    // Sound: the thread tells and answers in the types of its kind.
    const tell = onEvent as ((event: unknown) => void) | undefined;
    return this.#thread.ask({ kind, ask }, { signal, onEvent: tell }) as Promise<RowsThreadCalls[K]['answer']>;
  }

  /** Closes the files of a dataset, if the thread has opened them. */
  async letGo(place: RowsPlace): Promise<void> {
    if (this.#thread.isStarted) await this.call('letGo', place);
  }

  close(): Promise<void> {
    return this.#thread.close();
  }
}
