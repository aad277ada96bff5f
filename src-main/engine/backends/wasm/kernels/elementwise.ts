import { type Code, f32, f32x4, i32, i32x4, type Local, v128, type WasmFunction } from '../code.ts';
import { exponential, kernel, locals, type Pair, storeBefore } from './kernel.ts';

export function elementwise<Name extends string>(name: Name, apply: Pair) {
  const make = (isWhole: boolean) => () =>
    kernel((f, take) => {
      const [out, a, b, rows, groups, size, aRow, bRow, bGroup] = locals(9, take);
      const bytes = f.let('i32', i32.shiftLeft(size, 2));
      f.for(0, rows, 1, () => {
        const from = f.let('i32', a);
        const by = f.let('i32', b);
        f.for(0, groups, 1, () => {
          const factor = isWhole ? undefined : f.let('v128', v128.splat32(by));
          f.for(0, bytes, 16, (i) => {
            const other = factor ?? v128.load(i32.add(by, i));
            storeBefore(f, { at: out, i, end: bytes }, apply(v128.load(i32.add(from, i)), other));
          });
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

/** `applying` writes what goes before the loop, and gives what is written in it. */
export function unary(applying: (f: WasmFunction) => (x: Local, factor: Local) => Code): WasmFunction {
  return kernel((f, take) => {
    const [out, x, rows, size, row, bits] = locals(6, take);
    const bytes = f.let('i32', i32.shiftLeft(size, 2));
    const factor = f.let('v128', i32x4.splat(bits));
    const value = f.local('v128');
    const apply = applying(f);
    f.for(0, rows, 1, () => {
      f.for(0, bytes, 16, (i) => {
        f.set(value, v128.load(i32.add(x, i)));
        storeBefore(f, { at: out, i, end: bytes }, apply(value, factor));
      });
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
