import { f32x4, i32, type Local, v128, type WasmFunction } from '../code.ts';
import { kernel, locals, type Pair, storeBefore } from './kernel.ts';

/** out, x, cos, sin, rows, heads, half of a head's size, row of x: `rotate`, with angles for each row. */
export function rotate(): WasmFunction {
  return kernel((f, take) => {
    const [out, x, cos, sin, rows, heads, half, row] = locals(8, take);
    const bytes = f.let('i32', i32.shiftLeft(half, 2));
    f.for(0, rows, 1, () => {
      const low = f.let('i32', x);
      const high = f.local('i32');
      f.for(0, heads, 1, () => {
        f.set(high, i32.add(low, bytes));
        const turned = (first: Local, second: Local, join: Pair) =>
          f.for(0, bytes, 16, (i) => {
            const at = (address: Local) => v128.load(i32.add(address, i));
            const sum = join(f32x4.multiply(at(first), at(cos)), f32x4.multiply(at(second), at(sin)));
            storeBefore(f, { at: out, i, end: bytes }, sum);
          });
        turned(low, high, f32x4.subtract);
        f.increase(out, bytes);
        turned(high, low, f32x4.add);
        f.increase(out, bytes);
        f.set(low, i32.add(high, bytes));
      });
      f.increase(x, row);
      f.increase(cos, bytes);
      f.increase(sin, bytes);
    });
  });
}
