import type { ArrayPart, Shape } from './json-shape.ts';
import { afterSpace } from './json-space.ts';
import type { Place, Stack } from './stack.ts';

const [OPEN, COMMA, CLOSE] = [0x5b, 0x2c, 0x5d];

/** In front of a JSON array. */
export function arrayPlace(part: ArrayPart): Place {
  return new InFront(new Elements(part));
}

class Elements {
  readonly fewest: number;
  readonly most: number;
  readonly opened: Place;
  readonly #part: ArrayPart;
  /** From here on no more is counted: elements are alike, and neither too few nor too many. */
  readonly #alikeFrom: number;
  readonly #behind = new Map<number, Place>();
  readonly #inFront = new Map<number, Place>();

  constructor(part: ArrayPart) {
    this.#part = part;
    const impossible = part.prefix.findIndex(({ possible }) => !possible);
    const most = impossible >= 0 ? impossible : part.rest.possible ? Number.POSITIVE_INFINITY : part.prefix.length;
    this.fewest = part.fewest;
    this.most = Math.min(part.most, most);
    this.#alikeFrom = this.most === Number.POSITIVE_INFINITY ? Math.max(part.fewest, part.prefix.length) : this.most;
    this.opened = afterSpace(new Opened(this));
  }

  element(index: number): Shape {
    return this.#part.prefix[index] ?? this.#part.rest;
  }

  /** Behind so many elements. */
  behind(count: number): Place {
    const counted = Math.min(count, this.#alikeFrom);
    return kept(this.#behind, counted, () => afterSpace(new Behind(this, counted)));
  }

  /** In front of an element, so many being there. */
  inFront(count: number): Place {
    return kept(this.#inFront, count, () => afterSpace(new Element(this, count)));
  }
}

function kept(places: Map<number, Place>, count: number, make: () => Place): Place {
  let place = places.get(count);
  if (place === undefined) {
    place = make();
    places.set(count, place);
  }
  return place;
}

class InFront implements Place {
  readonly ends = false;
  readonly #elements: Elements;

  constructor(elements: Elements) {
    this.#elements = elements;
  }

  step(byte: number, below: Stack): Stack | undefined {
    return byte === OPEN ? below.with(this.#elements.opened) : undefined;
  }
}

class Element implements Place {
  readonly ends = false;
  readonly #elements: Elements;
  readonly #count: number;

  constructor(elements: Elements, count: number) {
    this.#elements = elements;
    this.#count = count;
  }

  step(byte: number, below: Stack): Stack | undefined {
    const behind = below.with(this.#elements.behind(this.#count + 1));
    return this.#elements.element(this.#count).place?.step(byte, behind);
  }
}

class Opened implements Place {
  readonly ends = false;
  readonly #elements: Elements;
  readonly #first: Place;

  constructor(elements: Elements) {
    this.#elements = elements;
    this.#first = new Element(elements, 0);
  }

  step(byte: number, below: Stack): Stack | undefined {
    if (byte === CLOSE) return this.#elements.fewest === 0 ? below : undefined;
    return this.#elements.most > 0 ? this.#first.step(byte, below) : undefined;
  }
}

class Behind implements Place {
  readonly ends = false;
  readonly #elements: Elements;
  readonly #count: number;

  constructor(elements: Elements, count: number) {
    this.#elements = elements;
    this.#count = count;
  }

  step(byte: number, below: Stack): Stack | undefined {
    const { fewest, most } = this.#elements;
    if (byte === CLOSE) return this.#count >= fewest ? below : undefined;
    return byte === COMMA && this.#count < most ? below.with(this.#elements.inFront(this.#count)) : undefined;
  }
}
