import type { AutomatonPlace } from './automaton.ts';
import { plainCharacter } from './json-string.ts';
import type { Place, Stack } from './stack.ts';
import { type TextPlace, textPlace } from './texts.ts';

const QUOTE = 0x22;

/**
 * In front of the name of a member that is none of the known ones (given as JSON texts). It is written without `\u` and
 * `\/`, so that each name can be written in one way only, and none of the known ones in disguise.
 */
export function unknownNamePlace(known: readonly string[]): Place {
  return new Opening(new UnknownName(textPlace(known).after(QUOTE), undefined, new Map()));
}

class Opening implements Place {
  readonly ends = false;
  readonly #name: Place;

  constructor(name: Place) {
    this.#name = name;
  }

  step(byte: number, below: Stack): Stack | undefined {
    return byte === QUOTE ? below.with(this.#name) : undefined;
  }
}

/** Within a name, which may still become one of the known ones. */
class UnknownName implements Place {
  readonly ends = false;
  /** The known names that begin like this; undefined where none does. */
  readonly #alike: TextPlace | undefined;
  /** Within a code point of several bytes. */
  readonly #character: AutomatonPlace | undefined;
  /** Where no known name begins like this, by the code point it is within. */
  readonly #unlike: Map<AutomatonPlace | undefined, UnknownName>;
  readonly #next = new Map<number, UnknownName>();

  constructor(
    alike: TextPlace | undefined,
    character: AutomatonPlace | undefined,
    unlike: Map<AutomatonPlace | undefined, UnknownName>,
  ) {
    this.#alike = alike;
    this.#character = character;
    this.#unlike = unlike;
  }

  step(byte: number, below: Stack): Stack | undefined {
    const alike = this.#alike?.after(byte);
    if (byte === QUOTE && this.#character === undefined) return alike === undefined ? below : undefined;
    const character = (this.#character ?? plainCharacter).after(byte);
    if (character === undefined) return undefined;
    return below.with(this.#after(byte, alike, character.whole ? undefined : character));
  }

  #after(byte: number, alike: TextPlace | undefined, character: AutomatonPlace | undefined): UnknownName {
    const known: Map<unknown, UnknownName> = alike === undefined ? this.#unlike : this.#next;
    const key = alike === undefined ? character : byte;
    let next = known.get(key);
    if (next === undefined) {
      next = new UnknownName(alike, character, this.#unlike);
      known.set(key, next);
    }
    return next;
  }
}
