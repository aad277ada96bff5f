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

/** A kernel and what it is given. Of `units` rows, as many as positions or not, each thread has its part; `unit` is for the thread that has that one. */
export interface Step {
  readonly kernel: KernelName | 'meet';
  readonly given: readonly Argument[];
  readonly units?: number;
  readonly unit?: number;
}

/** The units of a thread, from one to before another. */
function partOf(units: number, thread: number, threads: number): readonly [from: number, to: number] {
  return [Math.floor((units * thread) / threads), Math.floor((units * (thread + 1)) / threads)];
}

/** How many positions there are, and for how many at most a program was written. */
export interface Positions {
  readonly most: number;
  readonly count: number;
}

interface Site {
  readonly part: readonly [thread: number, threads: number];
  readonly resolve: (address: Address) => number;
  readonly positions: Positions;
}

/** The numbers of a step in a thread; undefined where it has no part in it. */
export function numbersOf(
  { given, units, unit }: Step,
  { part: [thread, threads], resolve, positions: { most, count } }: Site,
): number[] | undefined {
  const [from, to] = units === undefined ? [0, 1] : partOf(units === most ? count : units, thread, threads);
  if (from === to || (unit !== undefined && (unit < from || unit >= to))) return undefined;
  return given.map((each) => {
    if (each === 'positions') return count;
    if (typeof each === 'number' || 'region' in each) return resolve(each);
    if ('count' in each) return each.count * (to - from);
    return resolve(each.first) + from * each.perUnit;
  });
}
