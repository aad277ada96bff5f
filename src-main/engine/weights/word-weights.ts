import { isShortage } from '../backends/wasm/cannot-run.ts';
import { f32, f32x4, i32, v128, WasmFunction } from '../backends/wasm/code.ts';
import { asLocals, exponential, locals, sumOf } from '../backends/wasm/kernels/kernel.ts';
import { LoneKernels } from '../backends/wasm/lone-kernels.ts';

/** Words whose weights are summed together. */
export const wordsOfSum = 256;
const sumBytes = 4 * wordsOfSum;
/** Offset of the numbers, after the largest and the factor. */
const numbersAt = 16;
/** For sixteen million words. */
const mostBytes = 2 ** 26;

/**
 * The distribution to draw from: each word's weight, the most likely one's being 1, and the sum of every `wordsOfSum`.
 */
export interface WordWeights {
  readonly weights: Float32Array;
  readonly sums: Float32Array;
}

/** e^((logit − largest) ÷ temperature), above zero. Valid until the next call. */
export function wordWeights(
  logits: Float32Array,
  { largest, temperature }: { largest: number; temperature: number },
): WordWeights {
  // A temperature near zero leaves only the most likely, whose distance is zero.
  const factor = Math.min(1 / temperature, 1e30);
  try {
    return weighed(logits, { largest, factor });
  } catch (error) {
    if (!isShortage(error)) throw error;
    const weights = logits.map((logit) => Math.exp((logit - largest) * factor));
    const sums = Float32Array.from({ length: Math.ceil(logits.length / wordsOfSum) }, (_, n) =>
      weights.subarray(n * wordsOfSum, (n + 1) * wordsOfSum).reduce((sum, weight) => sum + weight, 0),
    );
    return { weights, sums };
  }
}

/**
 * A draw takes an exponential for every word of the vocabulary: in JavaScript, a tenth of the time in which a small
 * model generates a token.
 */
let kernels: LoneKernels<'weigh'> | undefined;

function weighed(logits: Float32Array, { largest, factor }: { largest: number; factor: number }): WordWeights {
  kernels ??= new LoneKernels({ weigh: weigh() }, { mostBytes });
  const count = Math.ceil(logits.length / wordsOfSum);
  const sums = numbersAt + count * sumBytes;
  const memory = kernels.memory(sums + 4 * count);
  new Float32Array(memory, 0, 2).set([largest, factor]);
  const weights = new Float32Array(memory, numbersAt, count * wordsOfSum);
  weights.set(logits);
  weights.fill(Number.NEGATIVE_INFINITY, logits.length);
  kernels.run.weigh(0, numbersAt, sums, count);
  return { weights: weights.subarray(0, logits.length), sums: new Float32Array(memory, sums, count) };
}

/** largest and factor, x, sums, count: replaces numbers by their weights, and writes the sums of `count` groups. */
function weigh(): WasmFunction {
  const f = new WasmFunction(4);
  const [given, x, sums, count] = asLocals(f.parameters);
  const [largest, factor, sum] = locals(3, () => f.local('v128'));
  f.set(largest, v128.splat32(given));
  f.set(factor, v128.splat32(given, 4));
  const power = exponential(f);
  const end = f.local('i32');
  f.for(0, count, 1, () => {
    f.set(end, i32.add(x, sumBytes));
    f.set(sum, v128.zeros);
    f.while(i32.less(x, end), () => {
      const weight = power(f32x4.multiply(f32x4.subtract(v128.load(x), largest), factor));
      f.do(v128.store(x, weight));
      f.set(sum, f32x4.add(sum, weight));
      f.increase(x, 16);
    });
    f.do(f32.store(sums, sumOf(sum)));
    f.increase(sums, 4);
  });
  return f;
}
