import type { Architecture } from './architectures/architecture.ts';
import { type Expression, input } from './graph/expression.ts';
import { matmulInt8 } from './graph/ops/matmul-int8.ts';
import { scoresInt8 } from './graph/ops/scores-int8.ts';
import { hadamardFeed, hadamardTransform, transformRow } from './hadamard.ts';
import { adaptedModules, weightDims } from './lora.ts';
import { float32, type Tensor } from './tensor.ts';

/** The largest magnitude of an integer; −128 is left out, so that the range is the same on both sides. */
const most = 127;
/** Rows of a matrix that are transposed together: they stay in the processor's nearest memory. */
const rowsAtOnce = 16;

/** The modules whose matrices are kept as integers in place of floats: those of the layers. */
export function int8Modules(architecture: Architecture): string[] {
  return adaptedModules(architecture, architecture.targets);
}

/**
 * y = x Wᵀ by the module's integers, both sides transformed (`hadamard.ts`): inputs `<module>.int8`, `<module>.int8_transposed`,
 * `<module>.int8_scales` and Hadamard's matrix. `forwardOnly` leaves the second out: without it there is no gradient.
 */
export function int8Linear(
  architecture: Architecture,
  module: string,
  x: Expression,
  options: ForwardOnly = {},
): Expression {
  return int8Product(module, x, { dims: weightDims(architecture, module), ...options });
}

/** The same by integers of any name, which are of a matrix [out, in]. */
export function int8Product(
  name: string,
  x: Expression,
  {
    dims: [out, inFeatures],
    forwardOnly = false,
  }: ForwardOnly & { readonly dims: readonly [out: number, inFeatures: number] },
): Expression {
  return matmulInt8(hadamardTransform(x), {
    integers: input(`${name}.int8`, [inFeatures, out], 'int8'),
    scales: input(`${name}.int8_scales`, [out]),
    ...(forwardOnly ? {} : { transposed: input(`${name}.int8_transposed`, [out, inFeatures], 'int8') }),
  });
}

/** Whether a matrix is multiplied by as it is alone, and not the other way round too. */
export interface ForwardOnly {
  readonly forwardOnly?: boolean;
}

/** The head's y = x Wᵀ by inputs `<head>.int8` and `<head>.int8_scales`, with the gradient that its floats give. */
export function int8Scores(architecture: Architecture, x: Expression, floats: Expression): Expression {
  const { head } = architecture;
  const [out, inFeatures] = weightDims(architecture, head);
  return scoresInt8(x, hadamardTransform(x), {
    integers: input(`${head}.int8`, [inFeatures, out], 'int8'),
    scales: input(`${head}.int8_scales`, [out]),
    floats,
  });
}

/**
 * A weight [out, in], its rows transformed, rounded to whole numbers with one scale for each output, the largest magnitude ÷ 127;
 * and what transforms the rows that it is multiplied with. `forwardOnly` leaves out what the gradient multiplies by. Decision 0017 gives what that costs in loss.
 */
export function toInt8(
  module: string,
  { dims, data }: Tensor<'float32'>,
  { forwardOnly = false }: ForwardOnly = {},
): Map<string, Tensor> {
  const [out, inFeatures] = dims as readonly [number, number];
  const scales = new Float32Array(out);
  const transposed = forwardOnly ? undefined : new Int8Array(data.length);
  const integers = new Int8Array(data.length);
  const weights = new Float32Array(inFeatures);
  const some = new Int8Array(rowsAtOnce * inFeatures);
  for (let first = 0; first < out; first += rowsAtOnce) {
    const count = Math.min(rowsAtOnce, out - first);
    for (let r = 0; r < count; r++) {
      weights.set(data.subarray((first + r) * inFeatures, (first + r + 1) * inFeatures));
      transformRow(weights);
      scales[first + r] = roundRow(weights, some.subarray(r * inFeatures, (r + 1) * inFeatures));
    }
    transposed?.set(some.subarray(0, count * inFeatures), first * inFeatures);
    for (let column = 0; column < inFeatures; column++) {
      const start = column * out + first;
      for (let r = 0; r < count; r++) integers[start + r] = some[r * inFeatures + column] as number;
    }
  }
  const feeds = new Map<string, Tensor>([
    [`${module}.int8`, { type: 'int8', dims: [inFeatures, out], data: integers }],
    [`${module}.int8_scales`, float32([out], scales)],
    hadamardFeed(inFeatures),
  ]);
  if (transposed) feeds.set(`${module}.int8_transposed`, { type: 'int8', dims: [out, inFeatures], data: transposed });
  return feeds;
}

/** Rounds a row to whole numbers of a scale, which is returned. */
function roundRow(row: Float32Array, rounded: Int8Array): number {
  let largest = 0;
  for (let i = 0; i < row.length; i++) largest = Math.max(largest, Math.abs(row[i] as number));
  const factor = largest === 0 ? 0 : most / largest;
  // Cut off above zero, which is rounding down: three times as fast as Math.round.
  for (let i = 0; i < row.length; i++) rounded[i] = (((row[i] as number) * factor + 128.5) | 0) - 128;
  return largest / most;
}
