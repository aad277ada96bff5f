import { adaptedModules, weightDims } from '../adapters/lora.ts';
import type { Architecture } from '../architectures/architecture.ts';
import { isShortage } from '../backends/wasm/cannot-run.ts';
import { type Expression, input } from '../graph/expression.ts';
import { matmulInt8 } from '../graph/ops/matmul-int8.ts';
import { scoresInt8 } from '../graph/ops/scores-int8.ts';
import { float32, type Tensor } from '../tensor.ts';
import { hadamardFeed, hadamardTransform, transformRow } from './hadamard.ts';
import { kernelBlock, type RoundedRows, RoundingKernel } from './rounding-kernel.ts';

/** The largest magnitude of an integer; −128 is excluded to keep the range symmetric. */
const most = 127;
/** Rows of a matrix that are rounded together: they are copied column by column, and few enough to stay in cache. */
export const rowsAtOnce = 256;

/** The modules whose matrices are kept as integers instead of floats: those of the layers. */
export function int8Modules(architecture: Architecture): string[] {
  return adaptedModules(architecture, architecture.targets);
}

/**
 * y = x Wᵀ by the module's integers, both sides transformed (`hadamard.ts`): inputs `<module>.int8`,
 * `<module>.int8_transposed`, `<module>.int8_scales` and the Hadamard matrix. `forwardOnly` omits the second, which
 * only the gradient needs.
 */
export function int8Linear(
  architecture: Architecture,
  module: string,
  x: Expression,
  options: ForwardOnly = {},
): Expression {
  return int8Product(module, x, { dims: weightDims(architecture, module), ...options });
}

/** The same for integers of any name, of a matrix [out, in]. */
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

/** Whether a matrix is only multiplied as is, and not transposed too. */
export interface ForwardOnly {
  readonly forwardOnly?: boolean;
}

/** The head's y = x Wᵀ by inputs `<head>.int8` and `<head>.int8_scales`, with the gradient computed from its floats. */
export function int8Scores(architecture: Architecture, x: Expression, floats: Expression): Expression {
  const { head } = architecture;
  const [out, inFeatures] = weightDims(architecture, head);
  return scoresInt8(x, hadamardTransform(x), {
    integers: input(`${head}.int8`, [inFeatures, out], 'int8'),
    scales: input(`${head}.int8_scales`, [out]),
    floats,
  });
}

/** A matrix [out, in] read some rows at a time; these are valid until the next call. */
export interface MatrixRows {
  readonly dims: readonly [out: number, inFeatures: number];
  rows(from: number, to: number): Float32Array;
}

/**
 * Quantises weights [out, in], stacked vertically: their rows are transformed and rounded to integers with one scale
 * per output, its largest magnitude ÷ 127. Includes what transforms the rows they are multiplied with. `forwardOnly`
 * omits what the gradient multiplies by. For the cost in loss see decision 0017.
 */
export function toInt8(
  module: string,
  matrices: readonly MatrixRows[],
  { forwardOnly = false }: ForwardOnly = {},
): Map<string, Tensor> {
  const [, inFeatures] = (matrices[0] as MatrixRows).dims;
  const out = matrices.reduce((sum, { dims }) => sum + dims[0], 0);
  const scales = new Float32Array(out);
  const transposed = forwardOnly ? undefined : new Int8Array(out * inFeatures);
  const integers = new Int8Array(out * inFeatures);
  let first = 0;
  for (const { dims, rows } of matrices) {
    for (let from = 0; from < dims[0]; from += rowsAtOnce) {
      const to = Math.min(dims[0], from + rowsAtOnce);
      const some = roundRows(rows(from, to), inFeatures);
      scales.set(some.scales, first);
      transposed?.set(some.integers, first * inFeatures);
      setColumns(integers, some, { out, first, count: to - from });
      first += to - from;
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

/** Copies `count` numbers of each column to place `first` of the columns of `out` numbers. */
function setColumns(
  integers: Int8Array,
  { columns, apart }: RoundedRows,
  { out, first, count }: Record<'out' | 'first' | 'count', number>,
): void {
  // Four at a time where possible: a model has millions of such columns, and a `set` takes four times as long.
  const isByFours = [out, first, count, apart].every((each) => each % 4 === 0);
  const [to, from] = isByFours ? [inFours(integers), inFours(columns)] : [integers, columns];
  const size = isByFours ? 4 : 1;
  const [toColumn, fromColumn, length] = [out / size, apart / size, count / size];
  for (let into = first / size, at = 0; into < to.length; into += toColumn, at += fromColumn)
    for (let n = 0; n < length; n++) to[into + n] = from[at + n] as number;
}

function inFours({ buffer, byteOffset, length }: Int8Array): Int32Array {
  return new Int32Array(buffer, byteOffset, length / 4);
}

let kernel: RoundingKernel | undefined;

/** Transforms and rounds some rows of a weight. */
function roundRows(numbers: Float32Array, size: number): RoundedRows {
  if (size % kernelBlock !== 0) return roundPlainly(numbers, size);
  try {
    kernel ??= new RoundingKernel();
    return kernel.round(numbers, size);
  } catch (error) {
    if (!isShortage(error)) throw error;
    return roundPlainly(numbers, size);
  }
}

function roundPlainly(numbers: Float32Array, size: number): RoundedRows {
  const rows = numbers.length / size;
  const scales = new Float32Array(rows);
  const [integers, columns] = [new Int8Array(numbers.length), new Int8Array(numbers.length)];
  for (let r = 0; r < rows; r++) {
    const row = numbers.slice(r * size, (r + 1) * size);
    transformRow(row);
    scales[r] = roundRow(row, integers.subarray(r * size, (r + 1) * size));
  }
  for (let column = 0; column < size; column++)
    for (let r = 0; r < rows; r++) columns[column * rows + r] = integers[r * size + column] as number;
  return { integers, columns, apart: rows, scales };
}

/** Rounds a row to integers with a scale, which is returned. */
function roundRow(row: Float32Array, rounded: Int8Array): number {
  let largest = 0;
  for (let i = 0; i < row.length; i++) largest = Math.max(largest, Math.abs(row[i] as number));
  const factor = largest === 0 ? 0 : most / largest;
  // Truncation of positive numbers rounds down: three times as fast as Math.round.
  for (let i = 0; i < row.length; i++) rounded[i] = (((row[i] as number) * factor + 128.5) | 0) - 128;
  return largest / most;
}
