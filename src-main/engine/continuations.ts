/** How many of the last tokens are looked up; fewer where those never occurred together. */
export const longestMatch = 4;

export interface Continuation {
  readonly id: number;
  /** How many of the last tokens were found, from 1 on. */
  readonly matching: number;
  /** By how much it outweighed the others, out of all of them together. */
  readonly share: number;
}

interface Follower {
  id: number;
  /** By how much it outweighed the others. */
  lead: number;
  /** All of them together. */
  weight: number;
}

/**
 * What followed which tokens. Only one of the followers of a run of tokens is kept, by the majority vote of Boyer and
 * Moore (1981): the one that outweighs all others together, if there is one, otherwise one of the later ones.
 */
export class Continuations {
  readonly #followers = Array.from({ length: longestMatch }, () => new Map<number, Follower>());
  #counted = 0;

  /** Tokens counted. */
  get counted(): number {
    return this.#counted;
  }

  /** Counts the token at a place of a text as a follower of those before it, with the weight of so many. */
  count(text: readonly number[], place: number, weight = 1): void {
    const id = text[place] as number;
    this.#counted++;
    for (const [run, followers] of this.#runsBefore(text, place)) {
      const known = followers.get(run);
      if (known === undefined) followers.set(run, { id, lead: weight, weight });
      else vote(known, id, weight);
    }
  }

  /** Counts every token of a text as a follower of those before it, with the weight of its place. */
  read(text: readonly number[], weightOf: (place: number) => number | undefined = () => 1): void {
    for (let place = 1; place < text.length; place++) this.count(text, place, weightOf(place));
  }

  /** The follower of the longest run of last tokens that ever occurred; undefined if the last token never had one. */
  behind(text: readonly number[]): Continuation | undefined {
    let found: Continuation | undefined;
    let matching = 0;
    for (const [run, followers] of this.#runsBefore(text, text.length)) {
      matching++;
      const known = followers.get(run);
      if (known === undefined) break;
      found = { id: known.id, matching, share: known.lead / known.weight };
    }
    return found;
  }

  /**
   * The tokens before a place, from the last one alone up to `longestMatch`, hashed into a number each. A collision
   * only causes a wrong guess.
   */
  *#runsBefore(text: readonly number[], place: number): Generator<[run: number, followers: Map<number, Follower>]> {
    let run = 0;
    for (const [before, followers] of this.#followers.entries()) {
      if (before >= place) return;
      run = mixed(run, text[place - 1 - before] as number);
      yield [run, followers];
    }
  }
}

function vote(follower: Follower, id: number, weight: number): void {
  follower.weight += weight;
  if (follower.id === id) follower.lead += weight;
  else if (follower.lead > weight) follower.lead -= weight;
  else {
    follower.id = id;
    follower.lead = weight;
  }
}

/** A hash of what has gone in, by FNV-1a's multiplication and a shift that makes high bits count. */
function mixed(run: number, id: number): number {
  const product = Math.imul(run ^ id, 0x01000193);
  return product ^ (product >>> 15);
}
