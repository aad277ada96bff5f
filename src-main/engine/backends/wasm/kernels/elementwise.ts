import { type Code, f32, f32x4, i32, i32x4, type Local, v128, type WasmFunction } from '../code.ts';
import { exponential, type Join, kernel, locals, writeRow } from './kernel.ts';

export function elementwise<Name extends string>(name: Name, apply: Join) {
  const make = (isWhole: boolean) => () =>
    kernel((f, take) => {
      const [out, a, b, rows, groups, size, aRow, bRow, bGroup] = locals(9, take);
      const bytes = f.let('i32', i32.shiftLeft(size, 2));
      f.for(0, rows, 1, () => {
        const from = f.let('i32', a);
        const by = f.let('i32', b);
        f.for(0, groups, 1, () => {
          const factor = isWhole ? undefined : f.let('v128', v128.splat32(by));
          const sources = factor === undefined ? [from, by] : [from];
          writeRow(f, { at: out, bytes, from: sources }, ([x, y = factor]) => apply(x as Local, y as Local));
          f.increase(out, bytes);
          f.increase(from, bytes);
          f.increase(by, bGroup);
        });
        f.increase(a, aRow);
        f.increase(b, bRow);
      });
    });
  return { [name]: make(true), [`${name}One`]: make(false) } as Readonly<
    Record<Name | `${Name}One`, () => WasmFunction>
  >;
}

/** `applying` writes what precedes the loop, and returns what writes its body. */
export function unary(applying: (f: WasmFunction) => (x: Local, factor: Local) => Code): WasmFunction {
  return kernel((f, take) => {
    const [out, x, rows, size, row, bits] = locals(6, take);
    const bytes = f.let('i32', i32.shiftLeft(size, 2));
    const factor = f.let('v128', i32x4.splat(bits));
    const apply = applying(f);
    f.for(0, rows, 1, () => {
      writeRow(f, { at: out, bytes, from: [x] }, ([four]) => apply(four as Local, factor));
      f.increase(out, bytes);
      f.increase(x, row);
    });
  });
}

export function sigmoid(f: WasmFunction): (x: Local) => Code {
  const one = f.let('v128', f32x4.splat(f32.constant(1)));
  const exp = exponential(f);
  return (x) => f32x4.divide(one, f32x4.add(one, exp(f32x4.negate(x))));
}
