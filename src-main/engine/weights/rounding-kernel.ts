import {
  f32,
  f32x4,
  f64,
  f64x2,
  i8x16,
  i16x8,
  i32,
  i32x4,
  type Local,
  type Operand,
  v128,
  WasmFunction,
} from '../backends/wasm/code.ts';
import { transformBetween, transformWithin } from '../backends/wasm/kernels/hadamard.ts';
import { asLocals, largestOf, locals } from '../backends/wasm/kernels/kernel.ts';
import { LoneKernels } from '../backends/wasm/lone-kernels.ts';

/** Numbers that the Hadamard matrix transforms at a time; rows consist of such blocks. */
export const kernelBlock = 64;
const lanes = 4;
const bytesAtOnce = 16;
/** For 256 rows of 160,000 numbers. */
const mostBytes = 2 ** 28;

/** The largest magnitude of an integer. */
const most = 127;

/** Rows of integers; the same column by column, with columns `apart` numbers apart; and each row's scale. */
export interface RoundedRows {
  readonly integers: Int8Array;
  readonly columns: Int8Array;
  readonly apart: number;
  readonly scales: Float32Array;
}

/**
 * Transforms and rounds rows of whole blocks exactly as `transformRow` and `roundRow` do, in a fifth of the time: a
 * model has hundreds of millions of numbers. Results are valid until the next call.
 */
export class RoundingKernel {
  readonly #kernels = new LoneKernels({ round: round(), turn: turn() }, { mostBytes });

  /** Rounds numbers [rows, size]. */
  round(numbers: Float32Array, size: number): RoundedRows {
    const rows = numbers.length / size;
    const apart = bytesAtOnce * Math.ceil(rows / bytesAtOnce);
    const integers = 4 * apart * size;
    const columns = integers + apart * size;
    const scales = columns + apart * size;
    const memory = this.#kernels.memory(scales + 4 * rows);
    new Float32Array(memory, 0, numbers.length).set(numbers);
    this.#kernels.run.round(0, integers, scales, rows, size);
    this.#kernels.run.turn(integers, columns, apart, size);
    return {
      integers: new Int8Array(memory, integers, rows * size),
      columns: new Int8Array(memory, columns, apart * size),
      apart,
      scales: new Float32Array(memory, scales, rows),
    };
  }
}

/** x, out, scales, rows, size: transforms rows in place and rounds them to integers of their scales. */
function round(): WasmFunction {
  const f = new WasmFunction(5);
  const [x, out, scales, rows, size] = asLocals(f.parameters);
  const bytes = f.let('i32', i32.shiftLeft(size, 2));
  const [i, end] = locals(2, () => f.local('i32'));
  const [largest, factor] = locals(2, () => f.local('v128'));
  // With the midpoint added, numbers are positive, where truncation rounds down.
  const middle = f.let('v128', f64x2.splat(f64.constant(most + 1.5)));
  const middles = f.let('v128', i8x16.splat(most + 1));
  const two = (numbers: Operand) =>
    i32x4.relaxedFromF64x2(f64x2.add(f64x2.multiply(f64x2.fromLowF32x4(numbers), factor), middle));
  const four = (offset: number) => {
    const numbers = f.let('v128', v128.load(x, offset));
    return v128.shuffle32(two(numbers), two(v128.shuffle32(numbers, numbers, [2, 3, 2, 3])), [0, 1, 4, 5]);
  };
  const eight = (offset: number) => i16x8.narrow(four(offset), four(offset + 16));
  f.for(0, rows, 1, () => {
    f.set(end, i32.add(x, bytes));
    f.set(largest, v128.zeros);
    f.set(i, x);
    f.while(i32.less(i, end), () => {
      transformBlock(f, i, (numbers) => f.set(largest, f32x4.greaterOf(f32x4.absolute(numbers), largest)));
      f.increase(i, 4 * kernelBlock);
    });
    const magnitude = largestOf(f, largest);
    f.do(f32.store(scales, f32.divide(magnitude, f32.constant(most))));
    f.increase(scales, 4);
    f.set(factor, v128.zeros);
    f.if(f32.greater(magnitude, f32.constant(0)), () =>
      f.set(factor, f64x2.splat(f64.divide(f64.constant(most), f64.fromF32(magnitude)))),
    );
    f.while(i32.less(x, end), () => {
      const sixteen = f.let('v128', i8x16.narrow(eight(0), eight(32)));
      f.do(v128.store(out, i8x16.subtract(sixteen, middles)));
      f.increase(x, 4 * bytesAtOnce);
      f.increase(out, bytesAtOnce);
    });
  });
  return f;
}

/** Sums and differences of numbers 1, 2, 4, … apart, in this order, divided by the root of the block size. */
function transformBlock(f: WasmFunction, at: Local, see: (numbers: Local) => void): void {
  const all = Array.from({ length: kernelBlock / lanes }, (_, n) => f.let('v128', v128.load(at, 16 * n)));
  for (const each of all) transformWithin(f, each);
  const sum = f.local('v128');
  for (let apart = 1; apart < all.length; apart *= 2)
    for (const [n, a] of all.entries())
      if (Math.floor(n / apart) % 2 === 0) transformBetween(f, { a, b: all[n + apart] as Local, sum });
  for (const [n, each] of all.entries()) {
    f.set(each, f32x4.multiply(each, f32x4.splat(f32.constant(1 / Math.sqrt(kernelBlock)))));
    f.do(v128.store(at, each, 16 * n));
    see(each);
  }
}

/**
 * x, out, rows, columns: transposes a matrix of bytes, in squares. Four times, rows of the first half are interleaved
 * with those of the second.
 */
function turn(): WasmFunction {
  const f = new WasmFunction(4);
  const [x, out, rows, columns] = asLocals(f.parameters);
  const [from, into, at] = locals(3, () => f.local('i32'));
  const square = () => Array.from({ length: bytesAtOnce }, () => f.local('v128'));
  const sides = [square(), square()] as const;
  const low = Array.from({ length: bytesAtOnce / 2 }, (_, n) => [n, n + bytesAtOnce]).flat();
  const high = low.map((place) => place + bytesAtOnce / 2);
  f.for(0, rows, bytesAtOnce, (row) => {
    f.set(from, i32.add(x, i32.multiply(row, columns)));
    f.set(into, i32.add(out, row));
    f.for(0, columns, bytesAtOnce, () => {
      f.set(at, from);
      for (const each of sides[0]) {
        f.set(each, v128.load(at));
        f.increase(at, columns);
      }
      for (const step of [0, 1, 2, 3]) {
        const [before, after] = step % 2 === 0 ? sides : [sides[1], sides[0]];
        for (let n = 0; n < bytesAtOnce / 2; n++) {
          const both = [before[n], before[n + bytesAtOnce / 2]] as const;
          f.set(after[2 * n] as Local, v128.shuffleBytes(both[0] as Local, both[1] as Local, low));
          f.set(after[2 * n + 1] as Local, v128.shuffleBytes(both[0] as Local, both[1] as Local, high));
        }
      }
      for (const each of sides[0]) {
        f.do(v128.store(into, each));
        f.increase(into, rows);
      }
      f.increase(from, bytesAtOnce);
    });
  });
  return f;
}
