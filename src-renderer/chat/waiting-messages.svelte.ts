import type { MixedAdapter } from '../../src-contract/chat.ts';
import type { SentQuestion } from './composer-state.svelte.ts';

/** Who is to answer, in the form that the studio's API takes; a null adapter is the base. */
export interface Answerer {
  readonly adapterId: string | null;
  readonly strength: number;
  readonly mix?: MixedAdapter[];
  /** True if absent. */
  readonly keepsForm?: boolean;
}

/** A message that was sent while an answer was being written. */
export interface WaitingMessage {
  /** When it was sent, in milliseconds; no two are the same, so that it also names it. */
  readonly at: number;
  readonly sent: SentQuestion;
  /** Who was chosen then. */
  readonly answerer: Answerer;
  /** Those who are asked at once, if it goes to several. */
  readonly columns?: readonly Answerer[];
}

export type KeptMessages = Readonly<Record<string, readonly WaitingMessage[]>>;

/** Messages that wait for the answer before them, oldest first, per conversation. */
export class WaitingMessages {
  /** By conversation. */
  kept = $state.raw<KeptMessages>({});
  /**
   * They go out only when the person says so: the answer before them was stopped or failed, or the page was left.
   */
  isHeld = $state(true);
  readonly #conversationId: () => string | undefined;

  constructor(conversationId: () => string | undefined, kept: KeptMessages) {
    this.#conversationId = conversationId;
    this.kept = kept;
  }

  /** Those of the open conversation. */
  get here(): readonly WaitingMessage[] {
    return this.kept[this.#conversationId() ?? ''] ?? [];
  }

  add(message: Omit<WaitingMessage, 'at'>): void {
    const conversationId = this.#conversationId();
    if (conversationId === undefined) return;
    const at = Math.max(Date.now(), (this.here.at(-1)?.at ?? 0) + 1);
    this.#keep(conversationId, [...this.here, { ...message, at }]);
    this.isHeld = false;
  }

  /** Takes one out. */
  take(at: number): WaitingMessage | undefined {
    const taken = this.here.find((message) => message.at === at);
    const conversationId = this.#conversationId();
    if (taken === undefined || conversationId === undefined) return undefined;
    this.#keep(
      conversationId,
      this.here.filter((message) => message !== taken),
    );
    return taken;
  }

  /** Puts one back where it was. */
  putBack(message: WaitingMessage, conversationId: string): void {
    const others = (this.kept[conversationId] ?? []).filter(({ at }) => at !== message.at);
    this.#keep(
      conversationId,
      [...others, message].toSorted((a, b) => a.at - b.at),
    );
  }

  #keep(conversationId: string, messages: readonly WaitingMessage[]): void {
    const { [conversationId]: _, ...others } = this.kept;
    this.kept = messages.length === 0 ? others : { ...others, [conversationId]: messages };
  }
}
