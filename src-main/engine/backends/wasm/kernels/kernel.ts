import { atomic, type Code, f32, f32x4, i32, i32x4, type Local, type Operand, v128, WasmFunction } from '../code.ts';
import { cells, lineBytes } from '../machine-run.ts';

/** Writes a kernel: `take` loads its next argument, `thread` tells which thread runs it. */
type Body = (f: WasmFunction, take: () => Local, thread: Thread) => void;

/** Its number, and out of how many. */
export interface Thread {
  readonly number: Local;
  readonly of: Local;
}

/** Where the part of a thread begins; for the next thread's number, where it ends. */
export function partAt(count: Local, thread: Operand, of: Local): Code {
  return i32.divide(i32.multiply(count, thread), of);
}

/**
 * Visits a thread's share of the units: a fixed part, or, with `atOnce`, that many whenever it is done with what it
 * took before, so that all threads finish at nearly the same time. The latter works for one kernel between two
 * barriers.
 */
export function eachPart(
  f: WasmFunction,
  { units, atOnce, thread: { number, of } }: { units: Local; atOnce: Local; thread: Thread },
  body: (from: Local, to: Local) => void,
): void {
  const [from, to, end] = locals(3, () => f.local('i32'));
  const next = (otherwise: Operand) =>
    f.if(
      i32.less(0, atOnce),
      () => f.set(from, atomic.add(cells.taken, atOnce)),
      () => f.set(from, otherwise),
    );
  f.set(end, units);
  f.if(i32.equal(atOnce, 0), () => f.set(end, partAt(units, i32.add(number, 1), of)));
  next(partAt(units, number, of));
  f.while(i32.less(from, end), () => {
    f.set(to, end);
    f.if(i32.less(0, atOnce), () => {
      f.set(to, i32.add(from, atOnce));
      f.if(i32.less(end, to), () => f.set(to, end));
    });
    body(from, to);
    next(end);
  });
}

export function kernel(body: Body): WasmFunction {
  const f = new WasmFunction(3);
  const [args, number, of] = f.parameters as readonly [Local, Local, Local];
  let next = 0;
  body(f, () => f.let('i32', i32.load(args, 4 * next++)), { number, of });
  return f;
}

/** More than any kernel destructures. */
type Locals = readonly [Local, Local, Local, Local, Local, Local, Local, Local, Local, Local];

/** At least as many as are asked for: whatever is destructured exists. */
export function locals(count: number, make: (n: number) => Local): Locals {
  return asLocals(Array.from({ length: count }, (_, n) => make(n)));
}

/** Sound where no more are taken than there are. */
export function asLocals(all: readonly Local[]): Locals {
  return all as unknown as Locals;
}

/** `count` addresses, `bytes` apart. */
export function addresses(f: WasmFunction, first: Local, bytes: Local, count: number): Local[] {
  const all = [first];
  while (all.length < count) all.push(f.let('i32', i32.add(all.at(-1) as Local, bytes)));
  return all;
}

/** Copies numbers: whole vectors, then one by one. */
export function copy(f: WasmFunction, { into, from, bytes }: Record<'into' | 'from' | 'bytes', Local>): void {
  const i = f.let('i32', 0);
  f.while(i32.atLeast(bytes, i32.add(i, 16)), () => {
    f.do(v128.store(i32.add(into, i), v128.load(i32.add(from, i))));
    f.increase(i, 16);
  });
  f.while(i32.less(i, bytes), () => {
    f.do(i32.store(i32.add(into, i), i32.load(i32.add(from, i))));
    f.increase(i, 4);
  });
}

/** Stores four numbers, or those of them before an end. */
function storeBefore(f: WasmFunction, { at, i, end }: { at: Local; i: Local; end: Local }, value: Operand): void {
  const four = f.let('v128', value);
  const place = i32.add(at, i);
  f.if(
    i32.atLeast(end, i32.add(i, 16)),
    () => f.do(v128.store(place, four)),
    () => {
      for (const lane of [0, 1, 2])
        f.if(i32.less(i32.add(i, 4 * lane), end), () => f.do(v128.storeLane(place, four, lane, 4 * lane)));
    },
  );
}

/**
 * Writes a row of `bytes`, each four numbers computed from the same place in other rows: two vectors at a time, then
 * the rest of the row. Both are computed before they are stored, so that a row may be computed from itself.
 */
export function writeRow(
  f: WasmFunction,
  { at, bytes, from }: { at: Local; bytes: Local; from: readonly Local[] },
  four: (vectors: readonly Local[]) => Operand,
): void {
  const i = f.let('i32', 0);
  const placesOf = (rows: readonly Local[]) => rows.map((row) => f.let('i32', i32.add(row, i)));
  const made = (places: readonly Local[], offset: number) =>
    f.let('v128', four(places.map((place) => f.let('v128', v128.load(place, offset)))));
  f.while(i32.atLeast(bytes, i32.add(i, 32)), () => {
    const [place, ...places] = placesOf([at, ...from]) as [Local, ...Local[]];
    const both = pairOf((half) => made(places, 16 * half));
    for (const half of halves) f.do(v128.store(place, both[half], 16 * half));
    f.increase(i, 32);
  });
  f.while(i32.less(i, bytes), () => {
    storeBefore(f, { at, i, end: bytes }, made(placesOf(from), 0));
    f.increase(i, 16);
  });
}

/** Adjacent vectors are processed alike, side by side: V8 fuses two such instructions into one where it can. */
export const halves = [0, 1] as const;

export type Pair<T> = readonly [T, T];

export function pairOf<T>(make: (half: 0 | 1) => T): Pair<T> {
  return [make(0), make(1)];
}

/**
 * Prefetches rows, `bytes` of each, before they are used: many plain loads can wait for memory at once, whereas between
 * those of a sum a processor has room for few.
 */
export function bringNear(
  f: WasmFunction,
  { from, count, apart, bytes, scratch }: Record<'from' | 'count' | 'apart' | 'bytes' | 'scratch', Local>,
): void {
  const seen = f.let('i32', 0);
  const row = f.let('i32', from);
  const at = f.local('i32');
  const some = f.let('i32', i32.shiftRight(i32.add(count, 1), 1));
  // Alternates between the two halves; with an odd count both include the middle row.
  const half = f.let('i32', i32.multiply(i32.shiftRight(count, 1), apart));
  const look = (lines: number) => {
    for (const place of [at, f.let('i32', i32.add(at, half))])
      for (let line = 0; line < lines; line++) f.set(seen, i32.or(seen, i32.load(place, lineBytes * line)));
    f.increase(at, lineBytes * lines);
  };
  f.for(0, some, 1, () => {
    f.set(at, row);
    const end = f.let('i32', i32.add(row, bytes));
    // Four lines at a time: one by one, a token after 1,500 others takes 2 to 10 % longer.
    f.while(i32.atLeast(end, i32.add(at, 4 * lineBytes)), () => look(4));
    f.while(i32.less(at, end), () => look(1));
    f.increase(row, apart);
  });
  // Loads with an unused result might be optimised away.
  f.do(i32.store(scratch, seen));
}

export type Join = (a: Operand, b: Operand) => Code;

/** The sum of each of four vectors. */
export function sumsOf(f: WasmFunction, add: Join, vectors: readonly Local[]): Local {
  const [a, b, c, d] = asLocals(vectors);
  const both = (x: Local, y: Local) =>
    f.let('v128', add(v128.shuffle32(x, y, [0, 4, 1, 5]), v128.shuffle32(x, y, [2, 6, 3, 7])));
  const [first, second] = [both(a, b), both(c, d)];
  return f.let('v128', add(v128.shuffle32(first, second, [0, 1, 4, 5]), v128.shuffle32(first, second, [2, 3, 6, 7])));
}

/** A thread's scratch memory, four vectors. */
export function scratchOf(thread: Local): Code {
  return i32.add(i32.shiftLeft(thread, Math.log2(lineBytes)), cells.scratch);
}

/** Sums four numbers. */
export function sumOf(x: Local): Code {
  return f32.add(f32.add(f32x4.lane(x, 0), f32x4.lane(x, 1)), f32.add(f32x4.lane(x, 2), f32x4.lane(x, 3)));
}

/**
 * The largest magnitude from `start` up to, but not including, `end`, compared as bits: NaN is the largest. Whole
 * vectors, then number by number.
 */
export function magnitude(f: WasmFunction, start: Local, end: Local): Local {
  const four = f.let('v128', v128.zeros);
  const i = f.let('i32', start);
  f.while(i32.atLeast(end, i32.add(i, 16)), () => {
    f.set(four, i32x4.max(four, f32x4.absolute(v128.load(i))));
    f.increase(i, 16);
  });
  f.while(i32.less(i, end), () => {
    f.set(four, i32x4.max(four, f32x4.absolute(v128.splat32(i))));
    f.increase(i, 4);
  });
  return largestOf(f, four);
}

/** Of four magnitudes. */
export function largestOf(f: WasmFunction, four: Local): Local {
  const pairs = f.let('v128', i32x4.max(four, v128.shuffle32(four, four, [2, 3, 0, 1])));
  return f.let('f32', f32.max(f32x4.lane(pairs, 0), f32x4.lane(pairs, 1)));
}

/** Numbers with a smaller step count as zeros: its reciprocal might overflow. */
export const leastStep = 1e-35;

/** Added to a number of magnitude below 2²², it rounds that to an integer, ties to even, in the last bits. */
export const rounder = 1.5 * 2 ** 23;

/**
 * Computes e^x to within about 10⁻⁷; its constants are set up where this is called, before a loop. Source: Cephes,
 * expf.c (Moshier).
 */
export function exponential(f: WasmFunction): (power: Operand) => Local {
  const constant = (value: number) => f.let('v128', f32x4.splat(f32.constant(value)));
  const [least, most, log2e, whole, high, low, one] = asLocals(
    [-87.3, 88.3, Math.LOG2E, rounder, 0.693359375, 2.1219444e-4, 1].map(constant),
  );
  const factors = [1.98756915e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1];
  const [first, ...others] = factors.map(constant) as [Local, ...Local[]];
  const exponentOfOne = f.let('v128', i32x4.splat(127 << 23));
  const [x, n, r, sum, y] = locals(5, () => f.local('v128'));
  return (power) => {
    f.set(x, f32x4.lesserOf(f32x4.greaterOf(power, least), most));
    f.set(n, f32x4.add(f32x4.multiply(x, log2e), whole));
    const exponent = f.let('v128', i32x4.add(i32x4.shiftLeft(n, 23), exponentOfOne));
    f.set(n, f32x4.subtract(n, whole));
    f.set(r, f32x4.add(f32x4.subtract(x, f32x4.multiply(n, high)), f32x4.multiply(n, low)));
    f.set(sum, first);
    for (const each of others) f.set(sum, f32x4.add(f32x4.multiply(sum, r), each));
    f.set(y, f32x4.add(f32x4.add(f32x4.multiply(f32x4.multiply(sum, r), r), r), one));
    return f.let('v128', f32x4.multiply(y, exponent));
  };
}
