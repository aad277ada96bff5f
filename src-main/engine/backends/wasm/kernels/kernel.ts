import { type Code, f32, f32x4, i32, i32x4, type Local, type Operand, v128, WasmFunction } from '../code.ts';

/** What a kernel is given: the address of its numbers, which thread it runs in, and of how many. */
type Body = (f: WasmFunction, take: () => Local, thread: { readonly number: Local; readonly of: Local }) => void;

/** Where the part of a thread begins, or that of the next one. */
export function partAt(count: Local, thread: Operand, of: Local): Code {
  return i32.divide(i32.multiply(count, thread), of);
}

export function kernel(body: Body): WasmFunction {
  const f = new WasmFunction(3);
  const [args, number, of] = f.parameters as readonly [Local, Local, Local];
  let next = 0;
  body(f, () => f.let('i32', i32.load(args, 4 * next++)), { number, of });
  return f;
}

/** More than any kernel takes apart. */
type Locals = readonly [Local, Local, Local, Local, Local, Local, Local, Local, Local, Local];

/** At least as many as are asked for: what is taken apart is there. */
export function locals(count: number, make: (n: number) => Local): Locals {
  return asLocals(Array.from({ length: count }, (_, n) => make(n)));
}

/** Sound where no more are taken than there are. */
export function asLocals(all: readonly Local[]): Locals {
  return all as unknown as Locals;
}

/** Writes four numbers, or those of them that lie before an end. */
export function storeBefore(f: WasmFunction, { at, i, end }: { at: Local; i: Local; end: Local }, value: Code): void {
  const four = f.let('v128', value);
  const place = i32.add(at, i);
  f.if(
    i32.atLeast(end, i32.add(i, 16)),
    () => f.do(v128.store(place, four)),
    () => {
      for (const lane of [0, 1, 2])
        f.if(i32.less(i32.add(i, 4 * lane), end), () => f.do(v128.storeLane(place, four, lane, 4 * lane)));
    },
  );
}

export type Pair = (a: Operand, b: Operand) => Code;

/** Four numbers to one. */
export function sumOf(x: Local): Code {
  return f32.add(f32.add(f32x4.lane(x, 0), f32x4.lane(x, 1)), f32.add(f32x4.lane(x, 2), f32x4.lane(x, 3)));
}

/** e^x within some 10⁻⁷ of it. Source: Cephes, expf.c (Moshier). */
export function exponential(f: WasmFunction, power: Operand): Local {
  const constant = (value: number) => f32x4.splat(f32.constant(value));
  const x = f.let('v128', f32x4.max(f32x4.min(power, constant(88.3)), constant(-87.3)));
  const n = f.let('v128', f32x4.nearest(f32x4.multiply(x, constant(Math.LOG2E))));
  const r = f.let('v128', f32x4.subtract(x, f32x4.multiply(n, constant(0.693359375))));
  f.set(r, f32x4.add(r, f32x4.multiply(n, constant(2.1219444e-4))));
  const sum = f.let('v128', constant(1.98756915e-4));
  for (const each of [1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1])
    f.set(sum, f32x4.add(f32x4.multiply(sum, r), constant(each)));
  const y = f32x4.add(f32x4.add(f32x4.multiply(f32x4.multiply(sum, r), r), r), constant(1));
  const exponent = i32x4.shiftLeft(i32x4.add(i32x4.fromF32x4(n), i32x4.splat(127)), 23);
  return f.let('v128', f32x4.multiply(y, exponent));
}
