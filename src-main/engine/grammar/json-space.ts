import type { Place, Stack } from './stack.ts';

/**
 * Blanks and tabs behind a line break, enough for 16 levels of four. JSON has no bound, but models like to write blanks
 * until the answer is full.
 */
const MOST_INDENTATION = 64;
const [TAB, LINE_BREAK, BLANK] = [0x09, 0x0a, 0x20];

/** What may stand between two tokens of JSON, and then this place: nothing, a blank, or a line break and indentation. */
export function afterSpace(then: Place): Place {
  return new Space(then);
}

class Space implements Place {
  readonly ends = false;
  readonly #then: Place;
  readonly #indented: Indentation;

  constructor(then: Place) {
    this.#then = then;
    this.#indented = new Indentation(then, 0);
  }

  step(byte: number, below: Stack): Stack | undefined {
    if (byte === BLANK) return below.with(this.#then);
    if (byte === LINE_BREAK) return below.with(this.#indented);
    return this.#then.step(byte, below);
  }
}

class Indentation implements Place {
  readonly ends = false;
  readonly #then: Place;
  readonly #width: number;
  #wider: Place | undefined;

  constructor(then: Place, width: number) {
    this.#then = then;
    this.#width = width;
  }

  step(byte: number, below: Stack): Stack | undefined {
    if (byte !== BLANK && byte !== TAB) return this.#then.step(byte, below);
    if (this.#width === MOST_INDENTATION) return undefined;
    this.#wider ??= new Indentation(this.#then, this.#width + 1);
    return below.with(this.#wider);
  }
}
