import type { Choice, GrammarState } from './grammar-state.ts';

/** A place within a form, such as “inside a string” or “behind an element of this list”. Places are compared by identity. */
export interface Place {
  /** Whether the form may end here, so that what lies below in the stack goes on. */
  readonly ends: boolean;
  /** The state after one more byte, where `below` follows this form. */
  step(byte: number, below: Stack): Stack | undefined;
  /** Within a value that is one of several texts. */
  readonly choice?: Choice | undefined;
}

/**
 * A state of a pushdown automaton over bytes: places on top of each other, the innermost form at the top. Where several
 * readings are possible there are several stacks, joined wherever they agree, so that there are never more of them than
 * places in the grammar (the graph-structured stack of Tomita 1987).
 *
 * The same way of writing comes to the same object as long as the memory allows, so a caller may remember by identity.
 */
export abstract class Stack implements GrammarState {
  abstract readonly accepting: boolean;
  /** How many places lie on top of each other, in the deepest reading. */
  abstract readonly depth: number;
  readonly choice: Choice | undefined = undefined;
  readonly memory: Memory;
  /** Tells states apart in a key. */
  readonly id: number;
  #tops: Map<Place, Frame> | undefined;
  #topsOf: number | undefined;
  #latest: Frame | undefined;

  constructor(memory: Memory) {
    this.memory = memory;
    this.id = memory.count();
  }

  abstract next(byte: number): Stack | undefined;

  /** This stack with one more place on top. */
  with(place: Place): Stack {
    if (this.#latest?.place === place) return this.#latest;
    if (this.#tops === undefined || this.#topsOf !== this.memory.era) {
      this.#tops = new Map();
      this.#topsOf = this.memory.era;
    }
    let frame = this.#tops.get(place);
    if (frame === undefined) {
      frame = new Frame(place, this);
      this.#tops.set(place, frame);
    }
    this.#latest = frame;
    return frame;
  }
}

/** The bottom: nothing may follow. */
class Bottom extends Stack {
  readonly accepting = true;
  readonly depth = 0;

  next(): undefined {
    return undefined;
  }
}

class Frame extends Stack {
  readonly place: Place;
  readonly below: Stack;
  readonly accepting: boolean;
  readonly depth: number;
  override readonly choice: Choice | undefined;

  constructor(place: Place, below: Stack) {
    super(below.memory);
    this.place = place;
    this.below = below;
    this.accepting = place.ends && below.accepting;
    this.depth = below.depth + 1;
    this.choice = place.choice;
  }

  next(byte: number): Stack | undefined {
    const within = this.place.step(byte, this.below);
    return this.place.ends ? joined(within, this.below.next(byte)) : within;
  }
}

/** Several readings of what has been written. */
class Readings extends Stack {
  readonly members: readonly Stack[];
  readonly accepting: boolean;
  readonly depth: number;
  /** By byte; null where nothing goes on. */
  readonly #next: (Stack | null | undefined)[] = new Array(256);

  constructor(members: readonly Stack[], memory: Memory) {
    super(memory);
    this.members = members;
    this.accepting = members.some((member) => member.accepting);
    this.depth = Math.max(...members.map((member) => member.depth));
  }

  next(byte: number): Stack | undefined {
    let next = this.#next[byte];
    if (next === undefined) {
      next = joinedAll(this.members.map((member) => member.next(byte))) ?? null;
      this.#next[byte] = next;
    }
    return next ?? undefined;
  }
}

/** What is remembered of the states of one grammar. */
class Memory {
  /** Frames of an earlier era are made anew: counted lists and strings would otherwise keep every state they passed. */
  era = 0;
  #made = 0;
  #readings = new Map<string, Readings>();

  count(): number {
    if (++this.#made % MOST_REMEMBERED === 0) {
      this.era++;
      this.#readings = new Map();
    }
    return this.#made;
  }

  readings(members: readonly Stack[]): Stack {
    const key = members
      .map((member) => member.id)
      .sort((a, b) => a - b)
      .join();
    let readings = this.#readings.get(key);
    if (readings === undefined) {
      readings = new Readings(members, this);
      this.#readings.set(key, readings);
    }
    return readings;
  }
}

/** Some 200 bytes each. */
const MOST_REMEMBERED = 50_000;

/** The state in front of a whole text of a form. */
export function inFrontOf(place: Place): GrammarState {
  return new Bottom(new Memory()).with(place);
}

/** Either of two readings. */
function joined(a: Stack | undefined, b: Stack | undefined): Stack | undefined {
  if (a === undefined || a === b) return b;
  return b === undefined ? a : joinedAll([a, b]);
}

/** Any of several readings. Those with the same place on top become one, above what they have below. */
export function joinedAll(stacks: readonly (Stack | undefined)[]): Stack | undefined {
  const byPlace = new Map<Place | undefined, Stack>();
  const add = (stack: Stack) => {
    if (stack instanceof Readings) return stack.members.forEach(add);
    const place = stack instanceof Frame ? stack.place : undefined;
    const known = byPlace.get(place);
    if (known instanceof Frame && stack instanceof Frame && known !== stack) {
      const below = joined(known.below, stack.below);
      byPlace.set(place, below === undefined ? known : below.with(stack.place));
    } else byPlace.set(place, stack);
  };
  for (const stack of stacks) if (stack !== undefined) add(stack);
  const members = [...byPlace.values()];
  return members.length > 1 ? members[0]?.memory.readings(members) : members[0];
}
