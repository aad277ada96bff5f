/** How many of the last tokens are looked up; fewer where those never occurred together. */
export const longestMatch = 4;

export interface Continuation {
  readonly id: number;
  /** How many of the last tokens were found, from 1 on. */
  readonly matching: number;
  /** By how much it outnumbered the others, out of all times. */
  readonly share: number;
}

interface Follower {
  id: number;
  /** By how much it outnumbered the others. */
  lead: number;
  times: number;
}

/**
 * What followed which tokens. Only one of the followers of a run of tokens is kept, by the majority vote of Boyer and
 * Moore (1981): the one that outnumbers all others together, if there is one, otherwise one of the later ones.
 */
export class Continuations {
  readonly #followers = Array.from({ length: longestMatch }, () => new Map<number, Follower>());
  #counted = 0;

  /** Tokens counted. */
  get counted(): number {
    return this.#counted;
  }

  /** Counts the token at a place of a text as a follower of those before it. */
  count(text: readonly number[], place: number): void {
    const id = text[place] as number;
    this.#counted++;
    for (const [run, followers] of this.#runsBefore(text, place)) {
      const known = followers.get(run);
      if (known === undefined) followers.set(run, { id, lead: 1, times: 1 });
      else vote(known, id);
    }
  }

  /** Counts every token of a text as a follower of those before it. */
  read(text: readonly number[]): void {
    for (let place = 1; place < text.length; place++) this.count(text, place);
  }

  /** The follower of the longest run of last tokens that ever occurred; undefined if the last token never had one. */
  behind(text: readonly number[]): Continuation | undefined {
    let found: Continuation | undefined;
    let matching = 0;
    for (const [run, followers] of this.#runsBefore(text, text.length)) {
      matching++;
      const known = followers.get(run);
      if (known === undefined) break;
      found = { id: known.id, matching, share: known.lead / known.times };
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

function vote(follower: Follower, id: number): void {
  follower.times++;
  if (follower.id === id) follower.lead++;
  else if (follower.lead > 1) follower.lead--;
  else {
    follower.id = id;
    follower.lead = 1;
  }
}

/** A hash of what has gone in, by FNV-1a's multiplication and a shift that makes high bits count. */
function mixed(run: number, id: number): number {
  const product = Math.imul(run ^ id, 0x01000193);
  return product ^ (product >>> 15);
}
