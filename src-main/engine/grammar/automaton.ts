import type { Place, Stack } from './stack.ts';

/** A deterministic automaton over bytes. State 0 is the first. */
export interface Automaton {
  /** What leads on from each state; the ranges of one state do not overlap. */
  readonly edges: readonly (readonly Edge[])[];
  readonly accepting: readonly boolean[];
}
export type Edge = readonly [first: number, last: number, target: number];

/** A state of an automaton as a place of a grammar. */
export class AutomatonPlace implements Place {
  readonly ends: boolean;
  /** Accepted, and nothing can be added. */
  readonly whole: boolean;
  /** Which bytes are alike to this automaton, so that a row has few columns. */
  readonly #classes: Uint8Array;
  readonly #row: (AutomatonPlace | undefined)[] = [];

  constructor(classes: Uint8Array, ends: boolean, whole: boolean) {
    this.#classes = classes;
    this.ends = ends;
    this.whole = whole;
  }

  step(byte: number, below: Stack): Stack | undefined {
    const next = this.after(byte);
    if (next === undefined) return undefined;
    return next.whole ? below : below.with(next);
  }

  after(byte: number): AutomatonPlace | undefined {
    return this.#row[this.#classes[byte] as number];
  }

  /** Only while the automaton is put together. */
  lead(byte: number, target: AutomatonPlace): void {
    this.#row[this.#classes[byte] as number] = target;
  }
}

/**
 * In front of what an automaton accepts; undefined where it accepts nothing. States from which nothing can be accepted
 * are left out: whatever a grammar lets through can be completed.
 */
export function automatonPlace(automaton: Automaton): AutomatonPlace | undefined {
  const alive = fromWhichAccepted(automaton);
  if (!alive[0]) return undefined;
  const edges = automaton.edges.map((row) => row.filter(([, , target]) => alive[target]));
  const classes = byteClasses(edges);
  const places = edges.map((row, state) => {
    const ends = automaton.accepting[state] === true;
    return new AutomatonPlace(classes, ends, ends && row.length === 0);
  });
  edges.forEach((row, state) => {
    for (const [first, last, target] of row)
      for (let byte = first; byte <= last; byte++) places[state]?.lead(byte, places[target] as AutomatonPlace);
  });
  return places[0];
}

function fromWhichAccepted({ edges, accepting }: Automaton): readonly boolean[] {
  const sources: number[][] = edges.map(() => []);
  edges.forEach((row, state) => {
    for (const [, , target] of row) sources[target]?.push(state);
  });
  const alive = [...accepting];
  const open = alive.flatMap((accepts, state) => (accepts ? [state] : []));
  for (let state = open.pop(); state !== undefined; state = open.pop())
    for (const source of sources[state] ?? []) {
      if (alive[source]) continue;
      alive[source] = true;
      open.push(source);
    }
  return alive;
}

/** Bytes between two neighbouring borders of ranges are alike to every state. */
function byteClasses(edges: readonly (readonly Edge[])[]): Uint8Array {
  const borders = new Uint8Array(257);
  for (const row of edges)
    for (const [first, last] of row) {
      borders[first] = 1;
      borders[last + 1] = 1;
    }
  const classes = new Uint8Array(256);
  for (let byte = 1; byte < 256; byte++) classes[byte] = (classes[byte - 1] as number) + (borders[byte] as number);
  return classes;
}
