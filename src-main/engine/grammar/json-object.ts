import type { ObjectPart, Others, Shape } from './json-shape.ts';
import { afterBlank, afterSpace } from './json-space.ts';
import { stringPlace } from './json-string.ts';
import { joinedAll, type Place, type Stack } from './stack.ts';
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
  readonly #others: readonly Others[];
  readonly #known: readonly string[];
  readonly #fewest: number;
  readonly #most: number;
  /** By index, how many members from here on are required. */
  readonly #required: readonly number[];
  readonly #inFront = new Map<string, Place | undefined>();
  readonly #behind = new Map<string, Place>();

  constructor(part: ObjectPart) {
    this.#members = part.members.filter(({ shape }) => shape.possible);
    this.#others = part.others.filter(({ shape }) => shape.possible);
    this.#known = part.members.map(({ name }) => JSON.stringify(name));
    this.#fewest = part.fewest;
    this.#most = part.most;
    const required = [0];
    for (const member of this.#members.toReversed())
      required.push((required.at(-1) as number) + (member.required ? 1 : 0));
    this.#required = required.reverse();
    this.opened = afterSpace(new Opened(this));
  }

  /** Whether the object may close where so many members are there and those from an index on may follow. */
  mayClose(from: number, count: number): boolean {
    return this.#required[from] === 0 && count >= this.#fewest;
  }

  /** In front of the name of a member from an index on; undefined where none may come. */
  inFront(from: number, count: number): Place | undefined {
    const key = `${from} ${count}`;
    if (!this.#inFront.has(key)) this.#inFront.set(key, this.#namePlace(from, count));
    return this.#inFront.get(key);
  }

  #namePlace(from: number, count: number): Place | undefined {
    const places: Place[] = [];
    const known = this.#nextMembers(from, count).map((index): [string, Place] => [
      JSON.stringify(this.#members[index]?.name),
      this.#colon(this.#members[index]?.shape as Shape, index + 1, count),
    ]);
    if (known.length > 0) places.push(followedTexts(known));
    if (this.#required[from] === 0 && count < this.#most)
      for (const { names, shape } of this.#others)
        places.push(new Followed(names ?? this.#unknownName(), this.#colon(shape, this.#members.length, count)));
    return places.length > 1 ? new AnyName(places) : places[0];
  }

  /** The members that may come next: not behind a required one, nor so late that too few, nor so many that too many come. */
  #nextMembers(from: number, count: number): readonly number[] {
    const indices: number[] = [];
    for (let index = from; index < this.#members.length; index++) {
      const enough = this.#others.length > 0 || count + this.#members.length - index >= this.#fewest;
      const required = this.#members[index]?.required === true;
      if (enough && count + 1 + (this.#required[index + 1] as number) <= this.#most) indices.push(index);
      if (required) break;
    }
    return indices;
  }

  #unknownName(): Place {
    return this.#known.length > 0 ? unknownNamePlace(this.#known) : stringPlace(0, Number.POSITIVE_INFINITY);
  }

  #colon(shape: Shape, next: number, count: number): Place {
    return afterBlank(new Colon(shape, this.behind(next, count + 1)));
  }

  /** Behind a value, where so many members are there. Behind another than the known ones none of these may come. */
  behind(next: number, count: number): Place {
    const most = this.#most === Number.POSITIVE_INFINITY ? this.#fewest : this.#most;
    const counted = Math.min(count, most);
    const key = `${next} ${counted}`;
    const place = this.#behind.get(key) ?? afterSpace(new Behind(this, next, counted));
    this.#behind.set(key, place);
    return place;
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
    if (byte === CLOSE) return this.#members.mayClose(0, 0) ? below : undefined;
    return this.#members.inFront(0, 0)?.step(byte, below);
  }
}

class Colon implements Place {
  readonly ends = false;
  readonly #shape: Shape;
  readonly #behind: Place;
  #value: Place | undefined;

  constructor(shape: Shape, behind: Place) {
    this.#shape = shape;
    this.#behind = behind;
  }

  step(byte: number, below: Stack): Stack | undefined {
    if (byte !== COLON || this.#shape.place === undefined) return undefined;
    this.#value ??= afterBlank(this.#shape.place);
    return below.with(this.#behind).with(this.#value);
  }
}

class Behind implements Place {
  readonly ends = false;
  readonly #members: Members;
  readonly #next: number;
  readonly #count: number;
  #name: Place | undefined;

  constructor(members: Members, next: number, count: number) {
    this.#members = members;
    this.#next = next;
    this.#count = count;
  }

  step(byte: number, below: Stack): Stack | undefined {
    if (byte === CLOSE) return this.#members.mayClose(this.#next, this.#count) ? below : undefined;
    const inFront = byte === COMMA ? this.#members.inFront(this.#next, this.#count) : undefined;
    if (inFront === undefined) return undefined;
    this.#name ??= afterSpace(inFront);
    return below.with(this.#name);
  }
}

class AnyName implements Place {
  readonly ends = false;
  readonly #names: readonly Place[];

  constructor(names: readonly Place[]) {
    this.#names = names;
  }

  step(byte: number, below: Stack): Stack | undefined {
    return joinedAll(this.#names.map((name) => name.step(byte, below)));
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
