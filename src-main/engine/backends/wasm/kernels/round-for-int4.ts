import type { ByteProducts } from '../byte-products.ts';
import { type Code, f32, f32x4, i8x16, i16x8, i32, i32x4, type Local, v128, type WasmFunction } from '../code.ts';
import { inSteps } from './in-steps.ts';
import { kernel, leastStep, locals, magnitude, rounder } from './kernel.ts';
import { atOnce, block, countsForInt4, rowBlockBytes } from './layout.ts';

/** Rows are rounded to integers this far on either side of zero. */
const reach = 127;
/** Numbers that share a scale in a four-bit matrix. */
const half = block / 2;

/**
 * out, x, rows, size, row of out, row of x: rounds rows of whole halves of blocks to 8-bit integers, each block with a
 * step of its own, as `productInt4` reads them.
 */
export function roundForInt4(products: ByteProducts): WasmFunction {
  return kernel((f, take) => {
    const [out, x, rows, size, outRow, row] = locals(6, take);
    const bytes = f.let('i32', i32.shiftLeft(size, 2));
    const [from, into, end] = locals(3, () => f.local('i32'));
    const [step, factor] = [f.local('f32'), f.local('v128')];
    const four = locals(4, () => f.local('v128'));
    const rounderBits = f.let('v128', f32x4.splat(f32.constant(rounder)));
    const rounded = (offset: number): Code =>
      i32x4.subtract(f32x4.add(f32x4.multiply(v128.load(from, offset), factor), rounderBits), rounderBits);
    const sixteen = (offset: number): Code =>
      i8x16.narrowSigned(
        i16x8.narrow(rounded(offset), rounded(offset + 16)),
        i16x8.narrow(rounded(offset + 32), rounded(offset + 48)),
      );
    const sumOf = (vectors: readonly Local[]): Code => {
      const [a, b] = vectors.map((each) => i16x8.sumsOfBytes(each)) as [Code, Code];
      const sums = f.let('v128', i32x4.sumsOfHalves(i16x8.add(a, b)));
      const pairs = f.let('v128', i32x4.add(sums, v128.shuffle32(sums, sums, [2, 3, 0, 1])));
      return i32.add(i32x4.lane(pairs, 0), i32x4.lane(pairs, 1));
    };
    f.for(0, rows, 1, () => {
      f.set(into, out);
      f.set(from, x);
      const last = f.let('i32', i32.add(x, bytes));
      f.while(i32.less(from, last), () => {
        f.set(end, i32.add(from, 4 * block));
        f.if(i32.less(last, end), () => f.set(end, last));
        const own = magnitude(f, from, end);
        f.set(step, f32.divide(own, f32.constant(reach)));
        f.set(factor, v128.zeros);
        f.if(f32.greater(step, f32.constant(leastStep)), () =>
          f.set(factor, f32x4.splat(f32.divide(f32.constant(1), step))),
        );
        for (const n of [0, 1]) f.set(four[n] as Local, sixteen(4 * atOnce * n));
        f.if(
          i32.less(i32.add(from, 4 * half), end),
          () => {
            for (const n of [2, 3]) f.set(four[n] as Local, sixteen(4 * atOnce * n));
          },
          () => {
            for (const n of [2, 3]) f.set(four[n] as Local, v128.zeros);
          },
        );
        for (const [n, each] of inSteps(products, four).entries()) f.do(v128.store(into, each, atOnce * n));
        f.do(f32.store(into, step, block + countsForInt4.step));
        const [first, second] = [sumOf(four.slice(0, 2)), sumOf(four.slice(2, 4))];
        const sums = i32.or(i32.and(first, 0xffff), i32.shiftLeft(second, 16));
        f.do(i32.store(into, sums, block + countsForInt4.sums));
        f.increase(into, rowBlockBytes);
        f.increase(from, 4 * block);
      });
      f.increase(out, outRow);
      f.increase(x, row);
    });
  });
}
