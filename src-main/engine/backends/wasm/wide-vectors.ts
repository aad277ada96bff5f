import { allowWideVectors, compileAtOnce, hasWideVectors } from '../../v8-flags.ts';
import { i32, i32x4, type Local, v128, WasmFunction, wasmModule } from './code.ts';
import { halves } from './kernels/kernel.ts';

const limits = { initial: 1, maximum: 1 };
const turns = 15;
const steps = 10_000;
const sumsOfStep = 6;

let answer: boolean | undefined;

/**
 * Whether V8 fuses two instructions that do the same to adjacent vectors into one. A build may lack that and does not
 * say so, so it is timed once: with it, twice the vectors take as long as half of them. Takes some milliseconds.
 */
export function makesWideVectors(): boolean {
  answer ??= hasWideVectors() && areTwoAsQuick();
  return answer;
}

function areTwoAsQuick(): boolean {
  allowWideVectors();
  const memory = new WebAssembly.Memory({ ...limits, shared: true });
  const module = compileAtOnce(wasmModule([sums(1), sums(2)], { one: 0, two: 1 }, limits));
  const { exports } = new WebAssembly.Instance(module, { engine: { memory } });
  const { one, two } = exports as Record<'one' | 'two', (steps: number) => void>;
  const least = { one: Number.POSITIVE_INFINITY, two: Number.POSITIVE_INFINITY };
  for (let turn = 0; turn < turns; turn++)
    for (const [name, run] of [['one', one] as const, ['two', two] as const]) {
      const began = performance.now();
      run(steps);
      least[name] = Math.min(least[name], performance.now() - began);
    }
  return least.two < 1.5 * least.one;
}

/** This many steps of sums of products, each on one vector or on two adjacent ones. */
function sums(vectors: 1 | 2): WasmFunction {
  const f = new WasmFunction(1);
  const [left] = f.parameters as readonly [Local];
  const some = halves.slice(0, vectors);
  const loaded = (at: number) => some.map((half) => f.let('v128', v128.load(at, 16 * half)));
  const all = Array.from({ length: sumsOfStep }, (_, n) => ({
    factors: loaded(64 + 32 * n),
    sums: some.map(() => f.let('v128', v128.zeros)),
  }));
  const place = f.let('i32', 0);
  f.while(i32.less(0, left), () => {
    const own = some.map((half) => f.let('v128', v128.load(place, 16 * half)));
    for (const { factors, sums } of all)
      for (const half of some)
        f.set(
          sums[half] as Local,
          i32x4.add(sums[half] as Local, i32x4.dot(own[half] as Local, factors[half] as Local)),
        );
    f.set(place, i32.and(i32.add(place, 32), 0xff0));
    f.increase(left, -1);
  });
  for (const [n, { sums }] of all.entries())
    for (const half of some) f.do(v128.store(8192 + 32 * n, sums[half] as Local, 16 * half));
  return f;
}
