import { type Code, f32, f32x4, i32, i32x4, type Local, v128, type WasmFunction } from '../code.ts';
import {
  addresses,
  halves,
  kernel,
  locals,
  type Pair,
  pairOf,
  scratchOf,
  sumsOf,
  type Thread,
  writeRow,
} from './kernel.ts';

/**
 * out, x, matrix, rows, columns, size, row of out, row of x, factor in bits: x Mᵀ, M [columns, size]; columns are
 * contiguous.
 */
export function timesTransposed(): WasmFunction {
  return kernel((f, take, thread) => {
    const [out, x, matrix, rows, columns, size, outRow, row, bits] = locals(9, take);
    writeProducts(f, thread, { out, x, matrix, rows, columns, size, outRow, row, bits });
  });
}

/**
 * out, x, matrix, steps, rows, columns, size, row of out, row of x, factor in bits: the same, M of 16-bit integers,
 * each row with a step (`shorten`) and a multiple of sixteen numbers.
 */
export function timesShorts(): WasmFunction {
  return kernel((f, take, thread) => {
    const [out, x, matrix, steps, rows, columns, size, outRow, row, bits] = locals(10, take);
    writeProducts(f, thread, { out, x, matrix, steps, rows, columns, size, outRow, row, bits });
  });
}

type Products = Record<'out' | 'x' | 'matrix' | 'rows' | 'columns' | 'size' | 'outRow' | 'row' | 'bits', Local>;

/** Of floats, or of 16-bit integers where there are steps. */
function writeProducts(
  f: WasmFunction,
  { number }: Thread,
  { out, x, matrix, rows, columns, size, outRow, row, bits, steps }: Products & { readonly steps?: Local },
): void {
  const of = steps === undefined ? 'floats' : 'shorts';
  const bytes = f.let('i32', i32.shiftLeft(size, 2));
  const rowBytes = f.let('i32', i32.shiftLeft(size, Math.log2(bytesOf[of])));
  const factor = f.let('v128', i32x4.splat(bits));
  const meeting = f.let('i32', scratchOf(number));
  const [into, by, left, step] = locals(4, () => f.local('i32'));
  const products = (others: readonly Local[], stepsOf: (at: Local) => Code) => {
    const [sums] = fourProducts(f, [x], { others, of, bytes, meeting });
    const product = f32x4.multiply(sums as Local, factor);
    return f.let('v128', steps === undefined ? product : f32x4.multiply(product, stepsOf(step)));
  };
  const go = (count: number) => {
    f.increase(into, 4 * count);
    f.increase(by, i32.multiply(rowBytes, count));
    f.increase(left, -count);
    if (steps !== undefined) f.increase(step, 4 * count);
  };
  f.for(0, rows, 1, () => {
    f.set(into, out);
    f.set(by, matrix);
    f.set(left, columns);
    if (steps !== undefined) f.set(step, steps);
    f.while(i32.atLeast(left, 4), () => {
      f.do(v128.store(into, products(addresses(f, by, rowBytes, 4), v128.load)));
      go(4);
    });
    f.while(i32.less(0, left), () => {
      f.do(v128.storeLane(into, products([by, by, by, by], v128.splat32), 0, 0));
      go(1);
    });
    f.increase(out, outRow);
    f.increase(x, row);
  });
}

/** Numbers in memory: floats, or 16-bit integers. */
type Numbers = 'floats' | 'shorts';

const bytesOf = { floats: 4, shorts: 2 } as const satisfies Record<Numbers, number>;

/**
 * The products of one or two rows of floats with four others. Adjacent vectors have separate sums, which V8 fuses where
 * it can; they are combined in the thread's memory, as a fused value that is used separately after the loop would be
 * split inside it.
 */
export function fourProducts(
  f: WasmFunction,
  rows: readonly Local[],
  { others, of, bytes, meeting }: { others: readonly Local[]; of: Numbers; bytes: Local; meeting: Local },
): Local[] {
  const places = [...others, ...rows].map((place) => f.let('i32', place));
  const froms = places.splice(others.length);
  const end = f.let('i32', i32.add(froms[0] as Local, bytes));
  const vectorBytes = 4 * bytesOf[of];
  const vector = () => f.local('v128');
  const zeros = () => f.let('v128', v128.zeros);
  const sums = froms.map(() => places.map(() => pairOf(zeros)));
  const owns = froms.map(() => pairOf(vector));
  const other = pairOf(vector);
  /** Multiplies this many vectors and moves on past them. */
  const step = (vectors: number) => {
    for (let n = 0; n < vectors; n += 2) {
      for (const [q, own] of owns.entries())
        for (const half of halves) f.set(own[half], v128.load(froms[q] as Local, 16 * (n + half)));
      for (const [k, place] of places.entries()) {
        for (const half of halves) f.set(other[half], fourOf(of, place, vectorBytes * (n + half)));
        for (const [q, own] of owns.entries()) {
          const sum = sums[q]?.[k] as Pair<Local>;
          for (const half of halves) f.set(sum[half], f32x4.add(sum[half], f32x4.multiply(own[half], other[half])));
        }
      }
    }
    for (const place of froms) f.increase(place, 16 * vectors);
    for (const place of places) f.increase(place, vectorBytes * vectors);
  };
  const [from] = froms as [Local, ...Local[]];
  for (const vectors of [8, 4]) f.while(i32.atLeast(end, i32.add(from, 16 * vectors)), () => step(vectors));
  const alls = sums.map((four, q) => {
    // A separate place for each row: V8 fuses no vectors if several are stored to the same place.
    const at = pairOf((half) => 32 * q + 16 * half);
    const both = pairOf((half) =>
      sumsOf(
        f,
        f32x4.add,
        four.map((pair) => pair[half]),
      ),
    );
    for (const half of halves) f.do(v128.store(meeting, both[half], at[half]));
    return f.let('v128', f32x4.add(v128.load(meeting, at[0]), v128.load(meeting, at[1])));
  });
  // What is left of the rows.
  const rest = f.local('v128');
  f.while(i32.less(from, end), () => {
    const [first, second, third, fourth] = places.map((place) => allOf(of, place)) as [Code, Code, Code, Code];
    const low = f.let('v128', v128.shuffle32(first, second, [0, 4, 0, 4]));
    f.set(rest, v128.shuffle32(low, f.let('v128', v128.shuffle32(third, fourth, [0, 4, 0, 4])), [0, 1, 4, 5]));
    for (const [q, all] of alls.entries())
      f.set(all, f32x4.add(all, f32x4.multiply(v128.splat32(froms[q] as Local), rest)));
    for (const place of froms) f.increase(place, 4);
    for (const place of places) f.increase(place, bytesOf[of]);
  });
  return alls;
}

/** Four numbers, as floats. */
export function fourOf(numbers: Numbers, at: Local, offset: number): Code {
  return numbers === 'floats' ? v128.load(at, offset) : f32x4.fromI32x4(v128.fromHalves(at, offset));
}

/** One number, as a float, in all lanes. */
function allOf(numbers: Numbers, at: Local): Code {
  return numbers === 'floats' ? v128.splat32(at) : f32x4.splat(f32.fromI32(i32.loadHalf(at)));
}

/** out, x, matrix, rows, size, columns, row of out, row of x, factor in bits: x M, M [size, columns]. */
export function times(): WasmFunction {
  return kernel((f, take) => {
    const [out, x, matrix, rows, size, columns, outRow, row, bits] = locals(9, take);
    const bytes = f.let('i32', i32.shiftLeft(columns, 2));
    const factor = f.let('v128', i32x4.splat(bits));
    const span = f.let('i32', i32.shiftLeft(size, 2));
    f.for(0, rows, 1, () => {
      replace(f, out, bytes, () => v128.zeros);
      addWeighted(f, { rows: [{ weights: x, into: out }], span, values: matrix, of: 'floats', row: bytes, bytes });
      replace(f, out, bytes, (four) => f32x4.multiply(four, factor));
      f.increase(out, outRow);
      f.increase(x, row);
    });
  });
}

/** The weights that a row is summed by, and where it is. */
export interface WeightedRow {
  readonly weights: Local;
  readonly into: Local;
}

interface Weighted {
  readonly rows: readonly WeightedRow[];
  /** Bytes of a row's weights. */
  readonly span: Local;
  readonly values: Local;
  readonly of: Numbers;
  /** Stride between rows of values, in bytes. */
  readonly row: Local;
  /** Bytes of a row that is added to. */
  readonly bytes: Local;
}

/** Adds weighted values to one or two rows, in order; a weight of zero adds nothing, whatever the value. */
export function addWeighted(f: WasmFunction, { rows, span, values, of: numbers, row, bytes }: Weighted): void {
  const sums = rows.map(() => Array.from({ length: 8 }, () => f.local('v128')));
  const by = rows.map(() => f.local('v128'));
  const column = f.let('i32', 0);
  const [at, end, wholeEnd] = locals(3, () => f.local('i32'));
  const weights = rows.map(() => f.local('i32'));
  const four = Array.from({ length: 4 }, () => f.local('i32'));
  const [first] = weights as [Local, ...Local[]];
  const [from] = four as [Local, ...Local[]];
  /** Adds the values of the nth key to some of the rows. */
  const add = (parts: readonly (readonly Local[])[], of: readonly number[], at: Local, n: number) => {
    for (const r of of) f.set(by[r] as Local, v128.splat32(weights[r] as Local, 4 * n));
    const [{ length }] = parts as readonly [readonly Local[]];
    for (let vector = 0; vector < length; vector += 2) {
      const some = halves.map((half) => vector + half).filter((each) => each < length);
      const loaded = some.map((each) => f.let('v128', fourOf(numbers, at, 4 * bytesOf[numbers] * each)));
      for (const r of of)
        for (const [i, each] of some.entries()) {
          const part = parts[r]?.[each] as Local;
          f.set(part, f32x4.add(part, f32x4.multiply(by[r] as Local, loaded[i] as Local)));
        }
    }
  };
  const chunk = (parts: readonly (readonly Local[])[], store: (at: Local, sum: Local, n: number) => void) => {
    for (const [r, own] of parts.entries()) {
      f.set(at, i32.add(rows[r]?.into as Local, column));
      for (const [n, part] of own.entries()) f.set(part, v128.load(at, 16 * n));
      f.set(weights[r] as Local, rows[r]?.weights as Local);
    }
    f.set(from, i32.add(values, numbers === 'floats' ? column : i32.shiftRight(column, 1)));
    f.set(end, i32.add(first, span));
    f.set(wholeEnd, i32.add(first, i32.and(span, -16)));
    const addUnlessZero = (r: number, at: Local, n: number) =>
      f.if(f32.notEqual(f32.load(weights[r] as Local, 4 * n), f32.constant(0)), () => add(parts, [r], at, n));
    f.while(i32.less(first, wholeEnd), () => {
      for (const n of [1, 2, 3]) f.set(four[n] as Local, i32.add(four[n - 1] as Local, row));
      const areAll = weights.map((each) => f32x4.notEqual(v128.load(each), v128.zeros));
      f.if(
        i32x4.areAllTrue(areAll.length === 1 ? (areAll[0] as Code) : v128.and(...(areAll as [Code, Code]))),
        () => {
          for (const [n, at] of four.entries()) add(parts, [...rows.keys()], at, n);
        },
        () => {
          for (const [r, each] of weights.entries())
            f.if(v128.isAnyTrue(v128.load(each)), () => {
              for (const [n, at] of four.entries()) addUnlessZero(r, at, n);
            });
        },
      );
      for (const each of weights) f.increase(each, 16);
      f.set(from, i32.add(four[3] as Local, row));
    });
    f.while(i32.less(first, end), () => {
      for (const r of rows.keys()) addUnlessZero(r, from, 0);
      for (const each of weights) f.increase(each, 4);
      f.increase(from, row);
    });
    for (const [r, own] of parts.entries()) {
      f.set(at, i32.add(rows[r]?.into as Local, column));
      for (const [n, part] of own.entries()) store(at, part, n);
    }
  };
  const one = sums.map((own) => own.slice(0, 1));
  f.while(i32.atLeast(bytes, i32.add(column, 128)), () => {
    chunk(sums, (at, sum, n) => f.do(v128.store(at, sum, 16 * n)));
    f.increase(column, 128);
  });
  f.while(i32.atLeast(bytes, i32.add(column, 16)), () => {
    chunk(one, (at, sum) => f.do(v128.store(at, sum)));
    f.increase(column, 16);
  });
  // Number by number: past a row's end is the next row, which must not be overwritten.
  f.while(i32.less(column, bytes), () => {
    chunk(one, (at, sum) => f.do(f32.store(at, f32x4.lane(sum, 0))));
    f.increase(column, 4);
  });
}

/** Replaces every number of a row of floats. */
export function replace(f: WasmFunction, at: Local, bytes: Local, by: (four: Local) => Code): void {
  writeRow(f, { at, bytes, from: [at] }, ([four]) => by(four as Local));
}
