import { f32x4, i32, type Local, type WasmFunction } from '../code.ts';
import { asLocals, type Join, kernel, locals, writeRow } from './kernel.ts';

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
        const turned = (first: Local, second: Local, join: Join) =>
          writeRow(f, { at: out, bytes, from: [first, cos, second, sin] }, (vectors) => {
            const [x, by, y, other] = asLocals(vectors);
            return join(f32x4.multiply(x, by), f32x4.multiply(y, other));
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
