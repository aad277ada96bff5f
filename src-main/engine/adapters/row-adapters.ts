import type { Target } from '../../../src-contract/adapter.ts';
import type { Architecture, ModelInput } from '../architectures/architecture.ts';
import { type Expression, input } from '../graph/expression.ts';
import { add } from '../graph/ops/add.ts';
import { matmul } from '../graph/ops/matmul.ts';
import { multiply } from '../graph/ops/multiply.ts';
import { reshape } from '../graph/ops/reshape.ts';
import { float32, type Tensor } from '../tensor.ts';
import { adaptedModules, type LoraGraph, type LoraWeights, weightDims } from './lora.ts';

/** Each equal share of a batch's rows has its own adapter. */
export interface RowAdapterOptions {
  readonly kind: 'row-adapters';
  readonly targets: readonly Target[];
}

/**
 * y = x Wᵀ + scale · (x Aᵣᵀ) Bᵣᵀ with the A and B of the position's row: x [positions, in], where the first `each`
 * positions belong to the first adapter, and so on; `rows_A` [adapters, rank, in], `rows_B` [adapters, out, rank],
 * `row_scale` [adapters, each, 1]. The product with W remains one for all rows. This is the batch that Hu et al. 2021,
 * §4.2, call not straightforward.
 */
export function adaptRows(
  architecture: Architecture,
  plain: ModelInput['linear'],
  { targets }: RowAdapterOptions,
): LoraGraph {
  const adapted = new Set(adaptedModules(architecture, targets));
  const trainable = new Map<string, Expression>();
  const scale = input('row_scale', ['adapters', 'each', 1]);
  return {
    trainable,
    linear(module, x) {
      const y = plain(module, x);
      if (!adapted.has(module)) return y;
      const [out, inFeatures] = weightDims(architecture, module);
      const a = input(bankName(module, 'A'), ['adapters', 'rank', inFeatures]);
      const b = input(bankName(module, 'B'), ['adapters', out, 'rank']);
      trainable.set(bankName(module, 'A'), a).set(bankName(module, 'B'), b);
      const low = matmul(reshape(x, ['adapters', 'each', inFeatures]), a, { transposeB: true });
      const high = matmul(multiply(low, scale), b, { transposeB: true });
      return add(y, reshape(high, y.shape));
    },
  };
}

function bankName(module: string, part: 'A' | 'B'): string {
  return `${module}.rows_${part}`;
}

/** The matrices changed by any of these adapters, in the architecture's order. */
export function targetsOf(architecture: Architecture, adapters: readonly LoraWeights[]): Target[] {
  return architecture.targets.filter((target) => adapters.some(({ targets }) => targets.includes(target)));
}

/**
 * The feeds of a batch whose rows are divided among adapters in equal shares of `each` positions. Adapters of a smaller
 * rank, or without a matrix that another changes, are padded with zeros: these add nothing, and no gradient reaches
 * them, as A's is a product with B, and B's one with the output of A.
 */
export function rowAdapterFeeds(
  architecture: Architecture,
  adapters: readonly LoraWeights[],
  each: number,
): Map<string, Tensor> {
  const feeds = new Map<string, Tensor>();
  const rank = Math.max(...adapters.map((adapter) => adapter.rank));
  for (const module of adaptedModules(architecture, targetsOf(architecture, adapters))) {
    const [out, inFeatures] = weightDims(architecture, module);
    const [a, b] = [float32([adapters.length, rank, inFeatures]), float32([adapters.length, out, rank])];
    adapters.forEach((adapter, i) => {
      const own = partsOf(adapter, module);
      if (own === undefined) return;
      a.data.set(own.a, i * rank * inFeatures);
      if (adapter.rank === rank) b.data.set(own.b, i * out * rank);
      else
        for (let row = 0; row < out; row++)
          b.data.set(own.b.subarray(row * adapter.rank, (row + 1) * adapter.rank), (i * out + row) * rank);
    });
    feeds.set(bankName(module, 'A'), a).set(bankName(module, 'B'), b);
  }
  const scales = float32([adapters.length, each, 1]);
  adapters.forEach(({ scale }, i) => {
    scales.data.fill(scale, i * each, (i + 1) * each);
  });
  return feeds.set('row_scale', scales);
}

/** One adapter's gradients, by its own tensors' names, from those of the whole batch. */
export function rowAdapterGradients(
  { tensors, rank }: LoraWeights,
  place: number,
  results: Readonly<Record<string, Tensor>>,
): Map<string, Float32Array> {
  const gradients = new Map<string, Float32Array>();
  for (const [name, { dims }] of tensors) {
    const part = name.endsWith('.lora_A') ? 'A' : 'B';
    const bank = results[bankName(name.slice(0, -'.lora_A'.length), part)] as Tensor<'float32'>;
    const [, rows = 0, columns = 0] = bank.dims;
    const own = bank.data.subarray(place * rows * columns, (place + 1) * rows * columns);
    if (part === 'A' || columns === rank) gradients.set(name, own.subarray(0, (dims[0] ?? 0) * (dims[1] ?? 0)));
    else gradients.set(name, firstColumns(own, columns, rank));
  }
  return gradients;
}

function partsOf({ tensors }: LoraWeights, module: string): { a: Float32Array; b: Float32Array } | undefined {
  const [a, b] = [tensors.get(`${module}.lora_A`), tensors.get(`${module}.lora_B`)];
  return a && b && { a: a.data, b: b.data };
}

function firstColumns(matrix: Float32Array, columns: number, kept: number): Float32Array {
  const rows = matrix.length / columns;
  const result = new Float32Array(rows * kept);
  for (let row = 0; row < rows; row++) {
    result.set(matrix.subarray(row * columns, row * columns + kept), row * kept);
  }
  return result;
}
