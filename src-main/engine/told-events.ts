import type { TrainEvent } from './engine.ts';

/** Whoever is told writes it down well within so long: a checkpoint repeats what was told later than that. */
const heardMs = 5_000;
/** Some 15 MB: where one checkpoint is written for all the steps of a training, most of them were heard long ago. */
export const mostToldAgain = 50_000;

/** What a training told since its last checkpoint, and shortly before it, as the next one repeats it. Times are in milliseconds. */
export class ToldEvents {
  readonly #events: { readonly event: TrainEvent; readonly at: number }[] = [];

  add(event: TrainEvent, now: number): void {
    // Many at a time: most steps move nothing.
    if (this.#events.length === 2 * mostToldAgain) this.#events.splice(0, mostToldAgain);
    this.#events.push({ event, at: now });
  }

  /** The newest, as many as are told again. */
  newest(): TrainEvent[] {
    return this.#events.slice(-mostToldAgain).map(({ event }) => event);
  }

  /** How many are held. */
  get count(): number {
    return this.#events.length;
  }

  /** To be called when a checkpoint holds them. */
  forgetHeard(now: number): void {
    const unheard = this.#events.findIndex(({ at }) => now - at < heardMs);
    this.#events.splice(0, unheard < 0 ? this.#events.length : unheard);
  }
}
