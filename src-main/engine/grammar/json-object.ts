import type { ObjectPart, Shape } from './json-shape.ts';
import { afterSpace } from './json-space.ts';
import { stringPlace } from './json-string.ts';
import { joined, type Place, type Stack } from './stack.ts';
import { followedTexts } from './texts.ts';
import { unknownNamePlace } from './unknown-name.ts';

const [OPEN, COMMA, CLOSE, COLON] = [0x7b, 0x2c, 0x7d, 0x3a];

/** In front of a JSON object. Known members come in their order, each at most once, and others behind them. */
export function objectPlace(part: ObjectPart): Place {
  return new InFront(new Members(part));
}

class Members {
  readonly opened: Place;
  readonly #members: ObjectPart['members'];
  readonly #names: readonly string[];
  readonly #others: Shape | undefined;
  /** By index: the place in front of the name of this member or a later one; undefined where none may come. */
  readonly #inFront: (Place | null)[] = [];
  readonly #behind: Place[] = [];
  /** Where the first required member stands from here on. */
  readonly #required: readonly number[];

  constructor(part: ObjectPart) {
    this.#members = part.members.filter(({ shape }) => shape.possible);
    this.#names = part.members.map(({ name }) => JSON.stringify(name));
    this.#others = part.others.possible ? part.others : undefined;
    const required = new Array<number>(this.#members.length + 1).fill(this.#members.length);
    for (let at = this.#members.length - 1; at >= 0; at--)
      required[at] = this.#members[at]?.required ? at : (required[at + 1] as number);
    this.#required = required;
    this.opened = afterSpace(new Opened(this));
  }

  /** Whether no member from here on has to come. */
  mayClose(from: number): boolean {
    return this.#required[from] === this.#members.length;
  }

  /** In front of the name of a member from here on. */
  inFront(from: number): Place | undefined {
    this.#inFront[from] ??= this.#namePlace(from) ?? null;
    return this.#inFront[from] ?? undefined;
  }

  #namePlace(from: number): Place | undefined {
    const last = this.#required[from] as number;
    const next = this.#members.slice(from, last + 1);
    const known =
      next.length > 0
        ? followedTexts(next.map(({ name, shape }, i) => [JSON.stringify(name), this.#colon(shape, from + i)]))
        : undefined;
    const other = this.#others && this.mayClose(from) ? this.#otherName(this.#others) : undefined;
    return known && other ? new Either(known, other) : (known ?? other);
  }

  #otherName(others: Shape): Place {
    const name = this.#names.length > 0 ? unknownNamePlace(this.#names) : stringPlace(0, Number.POSITIVE_INFINITY);
    return new Followed(name, this.#colon(others, this.#members.length));
  }

  #colon(shape: Shape, index: number): Place {
    return afterSpace(new Colon(this, shape, index));
  }

  /** Behind the value of this member. Behind another than the known ones none of these may come. */
  behind(index: number): Place {
    this.#behind[index] ??= afterSpace(new Behind(this, Math.min(index + 1, this.#members.length)));
    return this.#behind[index];
  }
}

class InFront implements Place {
  readonly ends = false;
  readonly #members: Members;

  constructor(members: Members) {
    this.#members = members;
  }

  step(byte: number, below: Stack): Stack | undefined {
    return byte === OPEN ? below.with(this.#members.opened) : undefined;
  }
}

class Opened implements Place {
  readonly ends = false;
  readonly #members: Members;

  constructor(members: Members) {
    this.#members = members;
  }

  step(byte: number, below: Stack): Stack | undefined {
    if (byte === CLOSE) return this.#members.mayClose(0) ? below : undefined;
    return this.#members.inFront(0)?.step(byte, below);
  }
}

class Colon implements Place {
  readonly ends = false;
  readonly #members: Members;
  readonly #shape: Shape;
  readonly #index: number;
  #value: Place | undefined;

  constructor(members: Members, shape: Shape, index: number) {
    this.#members = members;
    this.#shape = shape;
    this.#index = index;
  }

  step(byte: number, below: Stack): Stack | undefined {
    if (byte !== COLON) return undefined;
    if (this.#shape.place === undefined) return undefined;
    this.#value ??= afterSpace(this.#shape.place);
    return below.with(this.#members.behind(this.#index)).with(this.#value);
  }
}

class Behind implements Place {
  readonly ends = false;
  readonly #members: Members;
  readonly #next: number;
  #name: Place | undefined;

  constructor(members: Members, next: number) {
    this.#members = members;
    this.#next = next;
  }

  step(byte: number, below: Stack): Stack | undefined {
    if (byte === CLOSE) return this.#members.mayClose(this.#next) ? below : undefined;
    const inFront = byte === COMMA ? this.#members.inFront(this.#next) : undefined;
    if (inFront === undefined) return undefined;
    this.#name ??= afterSpace(inFront);
    return below.with(this.#name);
  }
}

class Either implements Place {
  readonly ends = false;
  readonly #one: Place;
  readonly #other: Place;

  constructor(one: Place, other: Place) {
    this.#one = one;
    this.#other = other;
  }

  step(byte: number, below: Stack): Stack | undefined {
    return joined(this.#one.step(byte, below), this.#other.step(byte, below));
  }
}

/** One place and then another. */
class Followed implements Place {
  readonly ends = false;
  readonly #first: Place;
  readonly #then: Place;

  constructor(first: Place, then: Place) {
    this.#first = first;
    this.#then = then;
  }

  step(byte: number, below: Stack): Stack | undefined {
    return this.#first.step(byte, below.with(this.#then));
  }
}
