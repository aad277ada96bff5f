import { type AutomatonPlace, automatonPlace, type Edge } from './automaton.ts';
import type { Place, Stack } from './stack.ts';

const QUOTE = 0x22;

/** In front of a JSON string of some number of code points; `most` may be Infinity. */
export function stringPlace(fewest: number, most: number): Place {
  return new Opening(new Characters({ fewest, most, places: new Map() }, 0));
}

class Opening implements Place {
  readonly ends = false;
  readonly #characters: Characters;

  constructor(characters: Characters) {
    this.#characters = characters;
  }

  step(byte: number, below: Stack): Stack | undefined {
    return byte === QUOTE ? below.with(this.#characters) : undefined;
  }
}

interface Counted {
  readonly fewest: number;
  readonly most: number;
  readonly places: Map<number, Characters>;
}

/** Between two code points of a string. Without an upper bound no more is counted than has to be. */
class Characters implements Place {
  readonly ends = false;
  readonly #counted: Counted;
  readonly #count: number;
  readonly #closes: boolean;
  readonly #goesOn: boolean;
  readonly #within = new Map<AutomatonPlace, Place>();
  #another: Characters | undefined;

  constructor(counted: Counted, count: number) {
    this.#counted = counted;
    this.#count = count;
    this.#closes = count >= counted.fewest;
    this.#goesOn = count < counted.most;
  }

  step(byte: number, below: Stack): Stack | undefined {
    if (byte === QUOTE) return this.#closes ? below : undefined;
    if (!this.#goesOn) return undefined;
    const character = aCharacter.after(byte);
    if (character === undefined) return undefined;
    return below.with(character.whole ? this.another() : this.within(character));
  }

  /** Behind one more code point. */
  another(): Characters {
    if (this.#another !== undefined) return this.#another;
    const { fewest, most, places } = this.#counted;
    const count = most === Number.POSITIVE_INFINITY ? Math.min(this.#count + 1, fewest) : this.#count + 1;
    this.#another = count === this.#count ? this : (places.get(count) ?? new Characters(this.#counted, count));
    places.set(count, this.#another);
    return this.#another;
  }

  /** Within a code point of several bytes. */
  within(character: AutomatonPlace): Place {
    let place = this.#within.get(character);
    if (place === undefined) {
      place = new WithinCharacter(this, character);
      this.#within.set(character, place);
    }
    return place;
  }
}

class WithinCharacter implements Place {
  readonly ends = false;
  readonly #characters: Characters;
  readonly #character: AutomatonPlace;

  constructor(characters: Characters, character: AutomatonPlace) {
    this.#characters = characters;
    this.#character = character;
  }

  step(byte: number, below: Stack): Stack | undefined {
    const next = this.#character.after(byte);
    if (next === undefined) return undefined;
    return below.with(next.whole ? this.#characters.another() : this.#characters.within(next));
  }
}

/** One code point inside a string. */
const aCharacter = characterPlace({ escapes: '"\\/bfnrtu' });
/** The same where each code point can be written in one way only; of the control characters only those with a short escape. */
export const plainCharacter = characterPlace({ escapes: '"\\bfnrt' });

/**
 * One code point inside a string, as UTF-8 or escaped (RFC 8259, §7; well-formed UTF-8 as in Unicode 16, table 3-7). Half
 * of a surrogate pair is none.
 */
function characterPlace({ escapes }: { readonly escapes: string }): AutomatonPlace {
  const whole = 1;
  const [last1, last2, last3] = [2, 3, 4];
  const [afterE0, afterED, afterF0, afterF4] = [5, 6, 7, 8];
  const escaped = 9;
  const [hex4, hex3, hex2, hex1] = [10, 11, 12, 13];
  const [surrogate, high2, high1, highDone, lowEscape, lowD, low3] = [14, 15, 16, 17, 18, 19, 20];
  const hex = (target: number): readonly Edge[] => [
    [0x30, 0x39, target],
    [0x41, 0x46, target],
    [0x61, 0x66, target],
  ];
  const one = (text: string, target: number): readonly Edge[] =>
    Array.from(text, (character): Edge => [character.charCodeAt(0), character.charCodeAt(0), target]);
  const rows: (readonly Edge[])[] = [];
  rows[0] = [
    [0x20, 0x21, whole],
    [0x23, 0x5b, whole],
    [0x5c, 0x5c, escaped],
    [0x5d, 0x7f, whole],
    [0xc2, 0xdf, last1],
    [0xe0, 0xe0, afterE0],
    [0xe1, 0xec, last2],
    [0xed, 0xed, afterED],
    [0xee, 0xef, last2],
    [0xf0, 0xf0, afterF0],
    [0xf1, 0xf3, last3],
    [0xf4, 0xf4, afterF4],
  ];
  rows[whole] = [];
  rows[last1] = [[0x80, 0xbf, whole]];
  rows[last2] = [[0x80, 0xbf, last1]];
  rows[last3] = [[0x80, 0xbf, last2]];
  rows[afterE0] = [[0xa0, 0xbf, last1]];
  rows[afterED] = [[0x80, 0x9f, last1]];
  rows[afterF0] = [[0x90, 0xbf, last2]];
  rows[afterF4] = [[0x80, 0x8f, last2]];
  rows[escaped] = Array.from(escapes).flatMap((letter) => one(letter, letter === 'u' ? hex4 : whole));
  rows[hex4] = [[0x30, 0x39, hex3], ...one('abcefABCEF', hex3), ...one('dD', surrogate)];
  rows[hex3] = hex(hex2);
  rows[hex2] = hex(hex1);
  rows[hex1] = hex(whole);
  rows[surrogate] = [[0x30, 0x37, hex2], ...one('89abAB', high2)];
  rows[high2] = hex(high1);
  rows[high1] = hex(highDone);
  rows[highDone] = one('\\', lowEscape);
  rows[lowEscape] = one('u', lowD);
  rows[lowD] = one('dD', low3);
  rows[low3] = one('cdefCDEF', hex2);
  return automatonPlace({ edges: rows, accepting: rows.map((_, state) => state === whole) }) as AutomatonPlace;
}
