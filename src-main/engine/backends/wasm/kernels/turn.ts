import { f32, f32x4, i32, i32x4, v128, type WasmFunction } from '../code.ts';
import { kernel, locals } from './kernel.ts';

/**
 * out, x, rows, size, row of x, 1 / √size in bits: rows times Hadamard's matrix, by sums and differences of
 * numbers that lie 1, 2, 4, … apart.
 */
export function turn(): WasmFunction {
  return kernel((f, take) => {
    const [out, x, rows, size, row, bits] = locals(6, take);
    const norm = f.let('v128', i32x4.splat(bits));
    const bytes = f.let('i32', i32.shiftLeft(size, 2));
    const [a, b] = [f.local('v128'), f.local('v128')];
    const apart = f.local('i32');
    f.for(0, rows, 1, () => {
      f.if(
        i32.less(size, 4),
        () => {
          // One number, or a sum and a difference.
          f.set(a, f32x4.multiply(v128.load(x), norm));
          f.do(f32.store(out, f32x4.lane(a, 0)));
          f.if(i32.equal(size, 2), () => {
            f.do(f32.store(out, f32.add(f32x4.lane(a, 0), f32x4.lane(a, 1))));
            f.do(f32.store(out, f32.subtract(f32x4.lane(a, 0), f32x4.lane(a, 1)), 4));
          });
        },
        () => {
          f.for(0, bytes, 16, (i) => {
            f.set(a, f32x4.multiply(v128.load(i32.add(x, i)), norm));
            f.set(a, f32x4.add(f32x4.multiply(a, f32x4.constants([1, -1, 1, -1])), v128.shuffle32(a, a, [1, 0, 3, 2])));
            f.set(a, f32x4.add(f32x4.multiply(a, f32x4.constants([1, 1, -1, -1])), v128.shuffle32(a, a, [2, 3, 0, 1])));
            f.do(v128.store(i32.add(out, i), a));
          });
          f.set(apart, 16);
          f.while(i32.less(apart, bytes), () => {
            const start = f.let('i32', out);
            const end = f.let('i32', i32.add(out, bytes));
            f.while(i32.less(start, end), () => {
              f.for(start, i32.add(start, apart), 16, (i) => {
                f.set(a, v128.load(i));
                f.set(b, v128.load(i32.add(i, apart)));
                f.do(v128.store(i, f32x4.add(a, b)));
                f.do(v128.store(i32.add(i, apart), f32x4.subtract(a, b)));
              });
              f.increase(start, i32.shiftLeft(apart, 1));
            });
            f.set(apart, i32.shiftLeft(apart, 1));
          });
        },
      );
      f.increase(out, bytes);
      f.increase(x, row);
    });
  });
}
