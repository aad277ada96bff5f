import type { Place, Stack } from './stack.ts';

const [TAB, LINE_BREAK, BLANK] = [0x09, 0x0a, 0x20];

/**
 * Blanks and tabs behind a line break: four for each level, and one level more. JSON has no bound, but models like to
 * write blanks until the answer is full.
 */
const indentationOf = (below: Stack) => 4 * Math.min(below.depth + 2, 16);

/** What may stand between two tokens of JSON, and then this place: nothing, a blank, or a line break and indentation. */
export function afterSpace(then: Place): Place {
  return new Space(then, new Indentation(then, 0));
}

/** The same around a colon, where nobody breaks a line. */
export function afterBlank(then: Place): Place {
  return new Space(then, undefined);
}

class Space implements Place {
  readonly ends = false;
  readonly #then: Place;
  readonly #indented: Indentation | undefined;

  constructor(then: Place, indented: Indentation | undefined) {
    this.#then = then;
    this.#indented = indented;
  }

  step(byte: number, below: Stack): Stack | undefined {
    if (byte === BLANK) return below.with(this.#then);
    if (byte === LINE_BREAK && this.#indented !== undefined) return below.with(this.#indented);
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
    if (this.#width >= indentationOf(below)) return undefined;
    this.#wider ??= new Indentation(this.#then, this.#width + 1);
    return below.with(this.#wider);
  }
}
