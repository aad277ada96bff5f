import { type Code, f32, f32x4, i32, type Local, type Operand, v128, type WasmFunction } from '../code.ts';
import { copy, kernel, locals, sumOf, writeRow } from './kernel.ts';

export function reduction(
  finish: (f: WasmFunction, sum: Local, size: Local, extra: Code) => Operand,
  of: 'squares' | 'numbers',
): WasmFunction {
  return kernel((f, take) => {
    const [out, x, rows, groups, size, row] = locals(6, take);
    const extra = i32.add(f.parameters[0] as Local, 24);
    const sums = f.local('v128');
    const sum = f.local('f32');
    const four = f.local('v128');
    const one = f.local('f32');
    const whole = f.let('i32', i32.shiftLeft(i32.and(size, -4), 2));
    const bytes = f.let('i32', i32.shiftLeft(size, 2));
    f.for(0, rows, 1, () => {
      const from = f.let('i32', x);
      f.for(0, groups, 1, () => {
        f.set(sums, v128.zeros);
        f.for(0, whole, 16, (i) => {
          f.set(four, v128.load(i32.add(from, i)));
          f.set(sums, f32x4.add(sums, of === 'squares' ? f32x4.multiply(four, four) : four));
        });
        f.set(sum, sumOf(sums));
        f.for(whole, bytes, 4, (i) => {
          f.set(one, f32.load(i32.add(from, i)));
          f.set(sum, f32.add(sum, of === 'squares' ? f32.multiply(one, one) : one));
        });
        f.do(f32.store(out, finish(f, sum, size, extra)));
        f.increase(out, 4);
        f.increase(from, bytes);
      });
      f.increase(x, row);
    });
  });
}

/** out, x, rows, size, row of out, row of x */
export function copyRows(): WasmFunction {
  return kernel((f, take) => {
    const [out, x, rows, size, outRow, row] = locals(6, take);
    const bytes = f.let('i32', i32.shiftLeft(size, 2));
    f.for(0, rows, 1, () => {
      copy(f, { into: out, from: x, bytes });
      f.increase(out, outRow);
      f.increase(x, row);
    });
  });
}

/** out, x, indices, count, size, row of x */
export function gather(): WasmFunction {
  return kernel((f, take) => {
    const [out, x, indices, count, size, row] = locals(6, take);
    const bytes = f.let('i32', i32.shiftLeft(size, 2));
    f.for(0, count, 1, (each) => {
      const from = f.let('i32', i32.add(x, i32.multiply(i32.load(i32.add(indices, i32.shiftLeft(each, 2))), row)));
      writeRow(f, { at: out, bytes, from: [from] }, ([four]) => four as Local);
      f.increase(out, bytes);
    });
  });
}
