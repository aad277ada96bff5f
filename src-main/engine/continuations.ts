/** So many of the last tokens are looked up, and fewer where those never stood together. */
export const longestMatch = 4;

export interface Continuation {
  readonly id: number;
  /** How many of the last tokens were found, from 1 on. */
  readonly matching: number;
  /** How much more often than others this one came, of all times. */
  readonly share: number;
}

interface Follower {
  id: number;
  /** How much more often it came than others. */
  lead: number;
  times: number;
}

/**
 * What came behind which tokens. Of all that followed some tokens only one is kept, by the vote of Boyer and Moore (1981): one that
 * came more often than all others together, where there is one, and else one of the later.
 */
export class Continuations {
  readonly #followers = Array.from({ length: longestMatch }, () => new Map<number, Follower>());
  #counted = 0;

  /** Tokens counted. */
  get counted(): number {
    return this.#counted;
  }

  /** Counts the token at a place of a text as what followed those before it. */
  count(text: readonly number[], place: number): void {
    const id = text[place] as number;
    this.#counted++;
    for (const [run, followers] of this.#runsBefore(text, place)) {
      const known = followers.get(run);
      if (known === undefined) followers.set(run, { id, lead: 1, times: 1 });
      else vote(known, id);
    }
  }

  /** Counts every token of a text behind those before it. */
  read(text: readonly number[]): void {
    for (let place = 1; place < text.length; place++) this.count(text, place);
  }

  /** What follows most of the last tokens of a text that ever stood together; undefined where the last one was never followed. */
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

  /** The tokens before a place, from the last one alone to `longestMatch`, as a number each. That two may share one makes a wrong guess. */
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

/** A number for what has gone in, by the multiplication of FNV-1a and a shift that lets high digits count. */
function mixed(run: number, id: number): number {
  const product = Math.imul(run ^ id, 0x01000193);
  return product ^ (product >>> 15);
}
