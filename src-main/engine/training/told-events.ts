import type { TrainEvent } from '../engine.ts';

/** The listener stores events well within this time: a checkpoint repeats those that are more recent. */
const heardMs = 5_000;
/** Some 15 MB: where a single checkpoint covers all steps of a training, most were received long ago. */
export const mostToldAgain = 50_000;

/**
 * A training's events since its last checkpoint and shortly before, for the next one to repeat. Times in milliseconds.
 */
export class ToldEvents {
  readonly #events: { readonly event: TrainEvent; readonly at: number }[] = [];

  add(event: TrainEvent, now: number): void {
    // Many at a time, so that most steps move nothing.
    if (this.#events.length === 2 * mostToldAgain) this.#events.splice(0, mostToldAgain);
    this.#events.push({ event, at: now });
  }

  /** The newest events, as many as are repeated. */
  newest(): TrainEvent[] {
    return this.#events.slice(-mostToldAgain).map(({ event }) => event);
  }

  /** How many are held. */
  get count(): number {
    return this.#events.length;
  }

  /** To be called once a checkpoint holds them. */
  forgetHeard(now: number): void {
    const unheard = this.#events.findIndex(({ at }) => now - at < heardMs);
    this.#events.splice(0, unheard < 0 ? this.#events.length : unheard);
  }
}
