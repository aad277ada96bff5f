import { type Code, f32, f32x4, i8x16, i16x8, i32, i32x4, type Local, v128, type WasmFunction } from '../code.ts';
import { kernel, leastStep, locals, magnitude, rounder } from './kernel.ts';
import { atOnce, block, counts, middle, reach, rowBlockBytes } from './layout.ts';

/**
 * out, steps, x, rows, size, row of out, row of x, most steps in bits: rounds to 7-bit integers, block by block. A row
 * has one step, and each block a whole multiple of it, so that it is rounded about as finely as its own largest
 * magnitude requires. A row of zeros has a step of zero.
 */
export function roundForInt8(): WasmFunction {
  return kernel((f, take) => {
    const [out, steps, x, rows, size, outRow, row, mostBits] = locals(8, take);
    const most = f.let('f32', f32x4.lane(f.let('v128', i32x4.splat(mostBits)), 0));
    const bytes = f.let('i32', i32.shiftLeft(size, 2));
    const whole = f.let('i32', i32.and(bytes, -4 * block));
    const largest = f.local('f32');
    const step = f.local('f32');
    const count = f.local('f32');
    const factor = f.local('v128');
    const [from, into, times, rest, end] = locals(5, () => f.local('i32'));
    const middled = f.let('v128', f32x4.splat(f32.constant(rounder + middle)));
    const rounderBits = f.let('v128', f32x4.splat(f32.constant(rounder)));
    /** Four integers with the midpoint added. */
    const rounded = (numbers: Code): Code =>
      i32x4.subtract(f32x4.add(f32x4.multiply(numbers, factor), middled), rounderBits);
    const eight = (at: Local, offset: number): Code =>
      i16x8.narrow(rounded(v128.load(at, offset)), rounded(v128.load(at, offset + 16)));
    const middles = f.let('v128', i8x16.splat(middle));
    f.for(0, rows, 1, () => {
      f.set(largest, magnitude(f, x, f.let('i32', i32.add(x, bytes))));
      f.set(step, f32.divide(largest, f32.multiply(f32.constant(reach), most)));
      f.do(f32.store(steps, step));
      f.set(into, out);
      f.set(from, x);
      f.for(0, bytes, 4 * block, (i) => {
        f.set(end, i32.add(x, bytes));
        f.if(i32.less(i, whole), () => {
          f.set(end, i32.add(from, 4 * block));
        });
        const own = magnitude(f, from, end);
        f.set(count, f32.constant(1));
        f.set(factor, v128.zeros);
        f.if(f32.greater(step, f32.constant(leastStep)), () => {
          const needed = f32.ceiling(f32.divide(f32.multiply(own, most), largest));
          f.set(count, f32.min(most, f32.max(f32.constant(1), needed)));
          f.set(factor, f32x4.splat(f32.divide(f32.constant(1), f32.multiply(step, count))));
        });
        f.set(times, i32.fromF32(count));
        f.if(
          i32.less(i, whole),
          () => {
            for (let part = 0; part < block; part += atOnce) {
              const sixteen = i8x16.narrow(eight(from, 4 * part), eight(from, 4 * part + 32));
              f.do(v128.store(into, sixteen, part));
            }
          },
          () => {
            for (let part = 0; part < block; part += atOnce) f.do(v128.store(into, middles, part));
            f.set(rest, into);
            f.while(i32.less(from, end), () => {
              f.do(i32.storeByte(rest, i32x4.lane(rounded(v128.splat32(from)), 0)));
              f.increase(from, 4);
              f.increase(rest, 1);
            });
          },
        );
        f.do(i32.store(into, times, block + counts.whole));
        f.do(i32.store(into, i32.multiply(times, 0x10001), block + counts.halves));
        f.do(i32.store(into, i32.multiply(times, middle), block + counts.middles));
        f.increase(into, rowBlockBytes);
        f.increase(from, 4 * block);
      });
      f.increase(out, outRow);
      f.increase(steps, 4);
      f.increase(x, row);
    });
  });
}
