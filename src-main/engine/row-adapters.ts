import type { Target } from '../../src-contract/adapter.ts';
import type { Architecture, ModelInput } from './architectures/architecture.ts';
import { input } from './graph/expression.ts';
import { add } from './graph/ops/add.ts';
import { matmul } from './graph/ops/matmul.ts';
import { multiply } from './graph/ops/multiply.ts';
import { reshape } from './graph/ops/reshape.ts';
import { adaptedModules, type LoraWeights, weightDims } from './lora.ts';
import { float32, type Tensor } from './tensor.ts';

/** Each row of a batch has an adapter of its own. */
export interface RowAdapterOptions {
  readonly kind: 'row-adapters';
  readonly targets: readonly Target[];
}

/**
 * y = x Wᵀ + scale · (x Aᵣᵀ) Bᵣᵀ with A and B of the row r that a position belongs to: x [positions, in], A [rows, rank, in],
 * B [rows, out, rank], `row_scale` [rows, 1, 1]. The products with W stay one for all rows. The batch that Hu et al. 2021,
 * §4.2, call not straightforward.
 */
export function adaptRows(
  architecture: Architecture,
  plain: ModelInput['linear'],
  { targets }: RowAdapterOptions,
): ModelInput['linear'] {
  const adapted = new Set(adaptedModules(architecture, targets));
  const scale = input('row_scale', ['rows', 1, 1]);
  return (module, x) => {
    const y = plain(module, x);
    if (!adapted.has(module)) return y;
    const [out, inside] = weightDims(architecture, module);
    const byRow = reshape(x, ['rows', 'tokens', inside]);
    const low = matmul(byRow, input(`${module}.rows_A`, ['rows', 'rank', inside]), { transposeB: true });
    const high = matmul(multiply(low, scale), input(`${module}.rows_B`, ['rows', out, 'rank']), { transposeB: true });
    return add(y, reshape(high, [y.shape[0] as string, out]));
  };
}

/** The feeds of such a batch: the adapter of each row, all of one rank and for the same matrices. */
export function rowAdapterFeeds(architecture: Architecture, rows: readonly LoraWeights[]): Map<string, Tensor> {
  const [first] = rows;
  if (first === undefined) throw new Error('a batch without rows');
  const feeds = new Map<string, Tensor>();
  for (const module of adaptedModules(architecture, first.targets)) {
    for (const part of ['A', 'B'] as const) {
      const tensors = rows.map(({ tensors }) => tensors.get(`${module}.lora_${part}`) as Tensor<'float32'>);
      const size = tensors[0]?.data.length ?? 0;
      const bank = float32([rows.length, ...(tensors[0]?.dims ?? [])], new Float32Array(rows.length * size));
      tensors.forEach(({ data }, row) => {
        bank.data.set(data, row * size);
      });
      feeds.set(`${module}.rows_${part}`, bank);
    }
  }
  return feeds.set(
    'row_scale',
    float32(
      [rows.length, 1, 1],
      Float32Array.from(rows, ({ scale }) => scale),
    ),
  );
}
