import type { KernelName } from './kernels.ts';

export type Region = 'shared' | 'own';

/** Memory of a program: one for all threads, or of each thread its own. */
export interface Place {
  readonly region: Region;
  readonly offset: number;
}

export type Address = number | Place;

/** What a kernel is given: a number or an address as it is; how many positions there are; or what is another for each thread where rows are shared between them. */
export type Argument =
  | Address
  | 'positions'
  | { readonly first: Address; readonly perUnit: number }
  | { readonly count: number };

/** Where threads wait for each other: at once, or between what one arrives at and what it must not begin before all have. */
export type Meeting = 'meet' | 'arrive' | 'await';

/** A kernel and what it is given. Of `units` rows, as many as positions or not, each thread has its part; `unit` is for the thread that has that one. */
export interface Step {
  readonly kernel: KernelName | Meeting;
  readonly given: readonly Argument[];
  readonly units?: number;
  readonly unit?: number;
  /** Whether each thread has its part of the units where all else is done by all of them. */
  readonly isShared?: boolean;
}

/** The units of a thread, from one to before another. */
function partOf(units: number, [thread, threads]: Part): readonly [from: number, to: number] {
  return [Math.floor((units * thread) / threads), Math.floor((units * (thread + 1)) / threads)];
}

/** How many positions there are, and for how many at most a program was written. */
export interface Positions {
  readonly most: number;
  readonly count: number;
}

/** Which thread of how many. */
export type Part = readonly [thread: number, threads: number];

interface Site {
  readonly thread: Part;
  /** Whether rows are shared between threads; else all have all of them. */
  readonly isSplit: boolean;
  readonly resolve: (address: Address) => number;
  readonly positions: Positions;
}

/** The numbers of a step in a thread; undefined where it has no part in it. */
export function numbersOf(
  { given, units, unit, isShared = false }: Step,
  { thread, isSplit, resolve, positions: { most, count } }: Site,
): number[] | undefined {
  const [from, to] =
    units === undefined ? [0, 1] : partOf(units === most ? count : units, isSplit || isShared ? thread : [0, 1]);
  if (from === to || (unit !== undefined && (unit < from || unit >= to))) return undefined;
  return given.map((each) => {
    if (each === 'positions') return count;
    if (typeof each === 'number' || 'region' in each) return resolve(each);
    if ('count' in each) return each.count * (to - from);
    return resolve(each.first) + from * each.perUnit;
  });
}
