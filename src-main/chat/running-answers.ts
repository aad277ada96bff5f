import type { Conversation } from '../../src-contract/chat.ts';
import { StudioError } from '../../src-contract/errors.ts';
import { endedWithin } from '../async/ended-within.ts';
import type { ConversationStore } from './conversation-store.ts';

interface RunningAnswer {
  readonly conversationId: string;
  readonly signal: AbortSignal;
  readonly ended: Promise<void>;
  /** It has begun to write, so that something of it is kept. */
  hasText: boolean;
}

/**
 * The answers being written, one at a time per conversation, whichever process of the data folder writes it. The studio
 * closes after them, so that what they have written is kept.
 */
export class RunningAnswers {
  readonly #closing = new AbortController();
  readonly #running = new Set<RunningAnswer>();
  readonly #store: Pick<ConversationStore, 'beginAnswer' | 'endAnswer'>;

  constructor(store: Pick<ConversationStore, 'beginAnswer' | 'endAnswer'>) {
    this.#store = store;
  }

  /**
   * The events of an answer, which ends when its listener leaves and when the studio closes. Throws
   * ANSWER_BEING_WRITTEN while another one of the conversation is being written, e.g. from a second window: the new
   * question would follow one without its answer.
   */
  async *follow<Event extends { readonly kind: string }>(
    { id: conversationId, title }: Conversation,
    begin: (signal: AbortSignal) => AsyncIterable<Event>,
    left: AbortSignal | undefined,
  ): AsyncGenerator<Event> {
    await this.#endOfStopped(conversationId);
    const isWrittenHere = this.#in(conversationId).some(({ signal }) => !signal.aborted);
    if (isWrittenHere || !this.#store.beginAnswer(conversationId)) {
      throw new StudioError('ANSWER_BEING_WRITTEN', { conversation: title });
    }
    const { promise: ended, resolve } = Promise.withResolvers<void>();
    const signal = AbortSignal.any([this.#closing.signal, ...(left ? [left] : [])]);
    const running = { conversationId, signal, ended, hasText: false };
    this.#running.add(running);
    try {
      for await (const event of begin(signal)) {
        running.hasText ||= event.kind === 'text';
        yield event;
      }
    } finally {
      this.#running.delete(running);
      resolve();
      if (this.#in(conversationId).length === 0) this.#store.endAnswer(conversationId);
    }
  }

  /** Ends all of them. */
  async close(): Promise<void> {
    this.#closing.abort();
    await endOf(this.#running);
  }

  /**
   * One stopped a moment ago may still be storing what it had written. One without a word stores nothing, and may be
   * loading its base for long.
   */
  async #endOfStopped(conversationId: string): Promise<void> {
    const stopped = this.#in(conversationId).filter(({ signal, hasText }) => signal.aborted && hasText);
    if (stopped.length > 0) await endOf(stopped);
  }

  #in(conversationId: string): RunningAnswer[] {
    return [...this.#running].filter((answer) => answer.conversationId === conversationId);
  }
}

/** An answer that nobody consumes any more, not even to its end, is not waited for. */
function endOf(answers: Iterable<RunningAnswer>): Promise<void> {
  return endedWithin(
    patienceMs,
    Array.from(answers, ({ ended }) => ended),
  );
}

const patienceMs = 2_000;
