/** How many of the last tokens are looked up; fewer where those never occurred together. */
export const longestMatch = 4;

export interface Continuation {
  readonly id: number;
  /** How many of the last tokens were found, from 1 on. */
  readonly matching: number;
  /** By how much it outweighed the others, out of all of them together. */
  readonly share: number;
}

/**
 * One of the tokens that followed some others, by the majority vote of Boyer and Moore (1981): the one that outweighs
 * all others together, if there is one, otherwise one of the later ones.
 */
export class Follower {
  #id: number;
  #lead: number;
  #weight: number;

  constructor(id: number, weight = 1) {
    this.#id = id;
    this.#lead = weight;
    this.#weight = weight;
  }

  vote(id: number, weight = 1): void {
    this.#weight += weight;
    if (this.#id === id) this.#lead += weight;
    else if (this.#lead > weight) this.#lead -= weight;
    else {
      this.#id = id;
      this.#lead = weight;
    }
  }

  after(matching: number): Continuation {
    return { id: this.#id, matching, share: this.#lead / this.#weight };
  }
}

/** What followed which tokens, as far as a follower of each run of tokens tells. */
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
      if (known === undefined) followers.set(run, new Follower(id));
      else known.vote(id);
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
      found = known.after(matching);
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

/** A hash of what has gone in, by FNV-1a's multiplication and a shift that makes high bits count. */
function mixed(run: number, id: number): number {
  const product = Math.imul(run ^ id, 0x01000193);
  return product ^ (product >>> 15);
}
