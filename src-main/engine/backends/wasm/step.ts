import type { KernelName } from './kernels.ts';

export type Region = 'shared' | 'own';

/** Memory of a program: shared by all threads, or one for each. */
export interface Place {
  readonly region: Region;
  readonly offset: number;
}

export type Address = number | Place;

/** A kernel's argument: a number, an address, the number of positions, or one that depends on the thread's rows. */
export type Argument =
  | Address
  | 'positions'
  | { readonly first: Address; readonly perUnit: number }
  | { readonly count: number };

/** How threads wait for each other: at once, or by arriving first and later awaiting the arrival of all. */
export type Meeting = 'meet' | 'arrive' | 'await';

/**
 * A kernel and its arguments. Each thread does its part of `units` rows, which may or may not be positions; `unit` is
 * for the thread that has that one.
 */
export interface Step {
  readonly kernel: KernelName | Meeting;
  readonly given: readonly Argument[];
  readonly units?: number;
  readonly unit?: number;
  /** Whether the units are split between threads where everything else is done by all of them. */
  readonly isShared?: boolean;
}

/** The units of a thread, from one up to, but not including, another. */
function partOf(units: number, [thread, threads]: Part): readonly [from: number, to: number] {
  return [Math.floor((units * thread) / threads), Math.floor((units * (thread + 1)) / threads)];
}

/** The number of positions, and the most that a program was written for. */
export interface Positions {
  readonly most: number;
  readonly count: number;
}

/** Which thread out of how many. */
export type Part = readonly [thread: number, threads: number];

interface Site {
  readonly thread: Part;
  /** Whether rows are split between threads; otherwise all have all of them. */
  readonly isSplit: boolean;
  readonly resolve: (address: Address) => number;
  readonly positions: Positions;
}

/** The arguments of a step in a thread; undefined if it has no part in it. */
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
