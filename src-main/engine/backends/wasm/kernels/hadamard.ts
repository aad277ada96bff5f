import { type Code, f32, f32x4, i32, i32x4, type Local, type Operand, v128, type WasmFunction } from '../code.ts';
import { asLocals, kernel, locals } from './kernel.ts';

/**
 * out, x, rows, size, row of x, 1 / √size in bits: multiplies rows by Hadamard's matrix, through sums and differences
 * of numbers 1, 2, 4, … apart.
 */
export function hadamard(): WasmFunction {
  return kernel((f, take) => {
    const [out, x, rows, size, row, bits] = locals(6, take);
    const norm = f.let('v128', i32x4.splat(bits));
    const bytes = f.let('i32', i32.shiftLeft(size, 2));
    const [apart, end] = locals(2, () => f.local('i32'));
    const several = Array.from({ length: 4 }, () => f.local('v128'));
    const sum = f.local('v128');
    /** Sums and differences of numbers one and two apart. */
    const within = (four: Code): Operand => {
      const all = f.let('v128', f32x4.multiply(four, norm));
      transformWithin(f, all);
      return all;
    };
    const sumAndDifference = (a: Local, b: Local) => transformBetween(f, { a, b, sum });
    /** The same for numbers `apart`, and with four vectors also for those twice as far. */
    const step = (count: 2 | 4, from: Local, into: Local, prepare: (four: Code) => Operand = (four) => four) => {
      const used = several.slice(0, count);
      const offsets = used.map((_, n) => (n === 0 ? f.let('i32', 0) : f.let('i32', i32.multiply(apart, n))));
      for (const [n, each] of used.entries()) f.set(each, prepare(v128.load(i32.add(from, offsets[n] as Local))));
      const [a, b, c, d] = asLocals(used);
      sumAndDifference(a, b);
      if (count === 4) {
        sumAndDifference(c, d);
        sumAndDifference(a, c);
        sumAndDifference(b, d);
      }
      for (const [n, each] of used.entries()) f.do(v128.store(i32.add(into, offsets[n] as Local), each));
    };
    const throughAll = (count: 2 | 4) => {
      const start = f.let('i32', out);
      f.while(i32.less(start, end), () => {
        f.for(start, i32.add(start, apart), 16, (i) => step(count, i, i));
        f.increase(start, i32.multiply(apart, count));
      });
      f.set(apart, i32.multiply(apart, count));
    };
    f.for(0, rows, 1, () => {
      f.set(end, i32.add(out, bytes));
      f.set(apart, 16);
      f.if(
        i32.less(size, 4),
        () => {
          // One number, or a sum and a difference.
          const two = f.let('v128', f32x4.multiply(v128.load(x), norm));
          f.do(f32.store(out, f32x4.lane(two, 0)));
          f.if(i32.equal(size, 2), () => {
            f.do(f32.store(out, f32.add(f32x4.lane(two, 0), f32x4.lane(two, 1))));
            f.do(f32.store(out, f32.subtract(f32x4.lane(two, 0), f32x4.lane(two, 1)), 4));
          });
        },
        () =>
          f.if(
            i32.less(size, 16),
            () => f.for(0, bytes, 16, (i) => f.do(v128.store(i32.add(out, i), within(v128.load(i32.add(x, i)))))),
            () => {
              const [from, into] = [f.let('i32', x), f.let('i32', out)];
              f.while(i32.less(into, end), () => {
                step(4, from, into, within);
                f.increase(from, 64);
                f.increase(into, 64);
              });
              f.set(apart, 64);
            },
          ),
      );
      f.while(i32.atLeast(bytes, i32.shiftLeft(apart, 2)), () => throughAll(4));
      f.while(i32.less(apart, bytes), () => throughAll(2));
      f.increase(out, bytes);
      f.increase(x, row);
    });
  });
}

/** Sums and differences of a vector's numbers one apart, then two. */
export function transformWithin(f: WasmFunction, four: Local): void {
  const steps = [
    [f32x4.constants([1, -1, 1, -1]), [1, 0, 3, 2]],
    [f32x4.constants([1, 1, -1, -1]), [2, 3, 0, 1]],
  ] as const;
  for (const [signs, lanes] of steps)
    f.set(four, f32x4.add(f32x4.multiply(four, signs), v128.shuffle32(four, four, lanes)));
}

/** Replaces two vectors by their sums and differences. */
export function transformBetween(f: WasmFunction, { a, b, sum }: Record<'a' | 'b' | 'sum', Local>): void {
  f.set(sum, f32x4.add(a, b));
  f.set(b, f32x4.subtract(a, b));
  f.set(a, sum);
}
