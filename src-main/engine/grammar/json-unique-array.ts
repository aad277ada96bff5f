import { afterSpace } from './json-space.ts';
import { joinedAll, type Place, type Stack } from './stack.ts';
import { type TextPlace, textPlace } from './texts.ts';

const [OPEN, COMMA, CLOSE] = [0x5b, 0x2c, 0x5d];

/** What a JSON array has whose elements are some of these texts, each once, and how many of them it may have. */
export interface UniqueElements {
  readonly texts: readonly string[];
  readonly fewest: number;
  readonly most: number;
}

/** In front of such an array. */
export function uniqueArrayPlace(elements: UniqueElements): Place {
  return new InFront(new Rest(elements, [...new Set(elements.texts)], 0, new Map()));
}

/** Some elements have been written, these are left. The same ones are left whatever the order of those before. */
class Rest {
  readonly mayEnd: boolean;
  readonly mayGoOn: boolean;
  readonly #elements: UniqueElements;
  readonly #unused: readonly string[];
  readonly #count: number;
  readonly #known: Map<string, Rest>;
  #first: Within | undefined;
  #inFront: Place | undefined;
  #behind: Place | undefined;

  constructor(elements: UniqueElements, unused: readonly string[], count: number, known: Map<string, Rest>) {
    this.mayEnd = count >= elements.fewest;
    this.mayGoOn = count < elements.most && unused.length > 0;
    this.#elements = elements;
    this.#unused = unused;
    this.#count = count;
    this.#known = known;
  }

  /** At the beginning of a further element. */
  get first(): Within {
    this.#first ??= new Within(textPlace(this.#unused), this);
    return this.#first;
  }

  get inFront(): Place {
    this.#inFront ??= afterSpace(this.first);
    return this.#inFront;
  }

  /** Behind the last element, or the bracket. */
  get behind(): Place {
    this.#behind ??= afterSpace(this.#count === 0 ? new Opened(this) : new Behind(this));
    return this.#behind;
  }

  without(text: string): Rest {
    const unused = this.#unused.filter((each) => each !== text);
    const key = unused.join('\n');
    const rest = this.#known.get(key) ?? new Rest(this.#elements, unused, this.#count + 1, this.#known);
    this.#known.set(key, rest);
    return rest;
  }
}

class InFront implements Place {
  readonly ends = false;
  readonly #rest: Rest;

  constructor(rest: Rest) {
    this.#rest = rest;
  }

  step(byte: number, below: Stack): Stack | undefined {
    return byte === OPEN ? below.with(this.#rest.behind) : undefined;
  }
}

class Opened implements Place {
  readonly ends = false;
  readonly #rest: Rest;

  constructor(rest: Rest) {
    this.#rest = rest;
  }

  step(byte: number, below: Stack): Stack | undefined {
    if (byte === CLOSE) return this.#rest.mayEnd ? below : undefined;
    return this.#rest.mayGoOn ? this.#rest.first.step(byte, below) : undefined;
  }
}

class Behind implements Place {
  readonly ends = false;
  readonly #rest: Rest;

  constructor(rest: Rest) {
    this.#rest = rest;
  }

  step(byte: number, below: Stack): Stack | undefined {
    if (byte === CLOSE) return this.#rest.mayEnd ? below : undefined;
    return byte === COMMA && this.#rest.mayGoOn ? below.with(this.#rest.inFront) : undefined;
  }
}

/** Within an element. */
class Within implements Place {
  readonly ends = false;
  readonly #text: TextPlace;
  readonly #rest: Rest;
  readonly #next = new Map<number, Within>();

  constructor(text: TextPlace, rest: Rest) {
    this.#text = text;
    this.#rest = rest;
  }

  get choice() {
    return this.#text.choice;
  }

  step(byte: number, below: Stack): Stack | undefined {
    const text = this.#text.after(byte);
    if (text === undefined) return undefined;
    let next = this.#next.get(byte);
    if (next === undefined) {
      next = new Within(text, this.#rest);
      this.#next.set(byte, next);
    }
    const { ended } = text;
    if (ended === undefined) return below.with(next);
    const behind = below.with(this.#rest.without(ended).behind);
    // Of 1 and 12, either may go on.
    return text.isLast ? behind : joinedAll([below.with(next), behind]);
  }
}
