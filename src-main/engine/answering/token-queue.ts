import type { TokenEvent } from '../engine.ts';

/** Events on their way from the batch that produces them to the caller. */
export class TokenQueue {
  #events: TokenEvent[] = [];
  #isOver = false;
  #failure: { readonly error: unknown } | undefined;
  #wake: (() => void) | undefined;

  push(event: TokenEvent): void {
    this.#events.push(event);
    if (event.kind === 'finished') this.#isOver = true;
    this.#wake?.();
  }

  /** Drops events not taken yet. */
  drop(): void {
    this.#events = [];
  }

  fail(error: unknown): void {
    this.#failure = { error };
    this.#wake?.();
  }

  async *events(): AsyncGenerator<TokenEvent> {
    for (;;) {
      const event = this.#events.shift();
      if (event !== undefined) {
        yield event;
        continue;
      }
      if (this.#failure !== undefined) throw this.#failure.error;
      if (this.#isOver) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = undefined;
    }
  }
}
