import type { GenerateJob } from '../engine.ts';
import { type Continuation, Follower, longestMatch } from './continuations.ts';
import { relevance } from './relevance.ts';

/** Between texts: no token. */
const gap = -2;

/** What an answer may be copied from: its prompt, the words of it as an answer begins with them, and itself. */
export class Copies {
  /** All of it, with the weight of each place. */
  #ids: Int32Array;
  #weights: Float64Array;
  #length = 0;

  constructor({ promptIds, respelled = [] }: Pick<GenerateJob, 'promptIds' | 'respelled'>) {
    const weights = relevance(promptIds);
    const words = respelled.map(({ ids, end }) => ({
      ids: [gap, ...ids, ...promptIds.slice(end, end + longestMatch)],
      weight: weights[end - 1] as number,
    }));
    const length = words.reduce((sum, { ids }) => sum + ids.length, 1 + promptIds.length);
    // Room for a usual answer.
    this.#ids = new Int32Array(length + 128);
    this.#weights = new Float64Array(length + 128);
    for (const { ids, weight } of words) for (const id of ids) this.push(id, weight);
    this.push(gap);
    for (const [place, id] of promptIds.entries()) this.push(id, weights[place]);
  }

  push(id: number, weight = 1): void {
    if (this.#length === this.#ids.length) {
      const [ids, weights] = [this.#ids, this.#weights];
      this.#ids = new Int32Array(2 * ids.length);
      this.#ids.set(ids);
      this.#weights = new Float64Array(2 * ids.length);
      this.#weights.set(weights);
    }
    this.#ids[this.#length] = id;
    this.#weights[this.#length++] = weight;
  }

  /**
   * The follower of the longest run of last tokens that occurs; undefined if the last token has none. Looked for from
   * the beginning each time: an answer of some tokens is over before an index would pay.
   */
  behind(text: readonly number[]): Continuation | undefined {
    const ids = this.#ids;
    const last = text.at(-1);
    const followers: Follower[] = [];
    for (let place = 0; place < this.#length - 1; place++) {
      if (ids[place] !== last || ids[place + 1] === gap) continue;
      const [id, weight] = [ids[place + 1] as number, this.#weights[place + 1] as number];
      const most = Math.min(longestMatch, text.length, place + 1);
      for (let run = 0; run < most && ids[place - run] === text[text.length - 1 - run]; run++) {
        const known = followers[run];
        if (known === undefined) followers[run] = new Follower(id, weight);
        else known.vote(id, weight);
      }
    }
    return followers.at(-1)?.after(followers.length);
  }
}
