import type { Target } from '../../src-contract/adapter.ts';
import { adapt, asItIs } from './adaptation.ts';
import type { AdapterLayerOptions } from './adapter-layers.ts';
import { maskName } from './adapter-stack.ts';
import {
  type Architecture,
  type AttentionSight,
  type ModelInput,
  moduleOfWeight,
  type Projected,
} from './architectures/architecture.ts';
import { type Dim, type Expression, input } from './graph/expression.ts';
import { add } from './graph/ops/add.ts';
import { attend } from './graph/ops/attend.ts';
import { gather } from './graph/ops/gather.ts';
import { ifAny } from './graph/ops/if-any.ts';
import { matmul } from './graph/ops/matmul.ts';
import { matmulBlocks } from './graph/ops/matmul-blocks.ts';
import { multiply } from './graph/ops/multiply.ts';
import { reshape } from './graph/ops/reshape.ts';
import { slice } from './graph/ops/slice.ts';
import { transpose } from './graph/ops/transpose.ts';
import { int4Product } from './int4-weights.ts';
import { int8Product } from './int8-weights.ts';
import { weightDims } from './lora.ts';
import { groupOf, groupsOf, type TargetGroup } from './target-groups.ts';
import type { Tensor } from './tensor.ts';
import { bitsOfBlocks } from './weight-blocks.ts';

export interface DecodeOptions {
  /** The matrices that adapters in a batch may change. */
  readonly targets: ReadonlySet<Target>;
  /** Whether adapters' feeds may be left out, by group of matrices, which then stay as they are; not of floats. */
  readonly isOptional?: boolean;
  /** Adapter layers inserted between the base's own, in place of LoRA. */
  readonly layers: AdapterLayerOptions | undefined;
  readonly matrices: DecodeMatrices;
}

/**
 * How the base's matrices are multiplied: as floats; as numbers in blocks (`weight-blocks.ts`); or as the integers that
 * training multiplies by (`int8-weights.ts`), where a processor is faster with those (decision 0046), of which our own
 * kernels take some in four bits, by name. Floats are per matrix, the others per group of matrices with the same input.
 */
export type DecodeMatrices =
  | { readonly kind: 'floats' }
  | { readonly kind: 'blocks'; readonly blocks: ReadonlyMap<string, Tensor> }
  | { readonly kind: 'integers'; readonly fourBits?: ReadonlySet<string> };

/**
 * One pass of generation: `tokens` new positions of each of `rows` texts, token by token, over the KV cache. Returns
 * logits [last, vocabulary] of the positions `last`, and each layer's `keys.<layer>` and `values.<layer>`
 * [positions, key heads · size] of the new positions. Feeds: `ids`, `position_ids`, angles by position; `mask` and,
 * with a window, `local_mask` (see `attend`); `kept_keys.<layer>`, `kept_values.<layer>`; the weights; the feeds of
 * `AdapterStack` or, for our own kernels, `AdapterShares`. Unless matrices are floats, the embedding holds only the rows of
 * this pass's words, and `ids` index into them.
 */
export function decodeGraph(architecture: Architecture, options: DecodeOptions): Record<string, Expression> {
  const { headSize, keyValueHeads, heads } = architecture;
  const fresh = new Map<string, Expression>();
  const attendKept = (layer: number, { queries, keys, values }: Projected, { mask, factor }: AttentionSight) => {
    const flat = (x: Expression) => reshape(x, ['positions', keyValueHeads * headSize]);
    const own = { keys: flat(keys), values: flat(values) };
    fresh.set(`keys.${layer}`, own.keys).set(`values.${layer}`, own.values);
    const kept = (kind: string) => input(`kept_${kind}.${layer}`, ['keys', 'streams', headSize]);
    return attend(reshape(queries, ['positions', heads * headSize]), {
      ...{ fresh: own, kept: { keys: kept('keys'), values: kept('values') }, mask, factor },
      group: heads / keyValueHeads,
    });
  };
  const modelInput = inputs(architecture, options, attendKept);
  const linear = plainLinear(architecture, options, modelInput);
  const logits = linear(architecture.head, architecture.hiddenStates(modelInput));
  return { logits, ...Object.fromEntries(fresh) };
}

type Attend = NonNullable<ModelInput['attend']>;
type Parameter = Pick<ModelInput, 'parameter'>;

function inputs(architecture: Architecture, options: DecodeOptions, attendKept: Attend): ModelInput {
  const weights = new Map<string, Expression>();
  const isOfPass = (name: string) =>
    options.matrices.kind !== 'floats' && moduleOfWeight(name) === architecture.embedding;
  const dimsOf = (name: string): readonly Dim[] =>
    isOfPass(name) ? ['positions', architecture.hidden] : (architecture.parameters.get(name) as readonly number[]);
  const parameter = (name: string) => {
    const known = weights.get(name) ?? input(name, dimsOf(name));
    weights.set(name, known);
    return known;
  };
  const last = input('last', ['last'], 'int32');
  const lastOf = (x: Expression) => gather(x, last);
  const linear = groupedLinear(architecture, options, { parameter, lastOf });
  // Rows and tokens share one axis here: only attention tells positions apart.
  const angles = ['positions', 1, 1, architecture.headSize / 2];
  const [cos, sin] = [input('cos', angles), input('sin', angles)];
  const isLocal = architecture.localRotaryFrequencies !== undefined;
  return {
    ids: input('ids', ['positions'], 'int32'),
    ...{ cos, sin, masks: [input('mask', ['mask_streams', 'mask_queries', 'keys'])] },
    positionIds: input('position_ids', ['positions'], 'int32'),
    local: {
      cos: isLocal ? input('local_cos', angles) : cos,
      sin: isLocal ? input('local_sin', angles) : sin,
      masks: [input('local_mask', ['mask_streams', 'mask_queries', 'keys'])],
    },
    parameter,
    linear,
    insert: options.layers === undefined ? asItIs : adapt(architecture, linear, options.layers).insert,
    asked: (layer, x) => (layer === architecture.layers - 1 ? lastOf(x) : x),
    attend: attendKept,
  };
}

/** y = x Wᵀ by one matrix, or by several fused into one, of size `dims`, that is no module's. */
function plainLinear(architecture: Architecture, { matrices }: DecodeOptions, { parameter }: Parameter) {
  return (name: string, x: Expression, dims = weightDims(architecture, name)): Expression => {
    if (matrices.kind === 'floats') return matmul(x, parameter(`${name}.weight`), { transposeB: true });
    if (matrices.kind === 'integers')
      return matrices.fourBits?.has(name)
        ? int4Product(name, x, dims)
        : int8Product(name, x, { dims, forwardOnly: true });
    const { blocks } = matrices;
    const dimsOf = (part: string) => (blocks.get(`${name}.${part}`) as Tensor).dims;
    const blockDims = dimsOf('integers');
    return matmulBlocks(x, {
      bits: bitsOfBlocks(blockDims),
      integers: input(`${name}.integers`, blockDims, 'uint8'),
      scales: input(`${name}.scales`, dimsOf('scales')),
    });
  };
}

/**
 * Matrices with the same input are one product, as are the A's of their adapters: y = x Wᵀ + ((x Aᵀ) ∘ mask) B, where A
 * and B stack those of all adapters in the batch, and the mask [positions, ranks] holds the scale of the row's own
 * adapter in its ranks and zero in those of others, which thus add nothing. Alternatively, each share of the positions
 * has its own A and B.
 */
function groupedLinear(
  architecture: Architecture,
  options: DecodeOptions,
  { parameter, lastOf }: Parameter & { readonly lastOf: (x: Expression) => Expression },
) {
  const { targets, matrices } = options;
  const plain = plainLinear(architecture, options, { parameter });
  const updates = new Map<string, Expression>();
  const products = new Map<string, { readonly x: Expression; readonly y: Expression }>();
  const groups = groupsOf(architecture);
  // Our own kernels divide positions into shares (`AdapterShares`), which takes onnxruntime three kernels more than a
  // stack.
  const byShares = matrices.kind === 'integers' && !options.isOptional;
  const leading = byShares ? ['shares'] : [];
  const masks = new Map(
    groups.map(({ name }) => {
      const each = byShares ? 'each' : 'positions';
      return [name, input(maskName({ name }), [...leading, each, `ranks.${name}`])] as const;
    }),
  );

  function update(group: TargetGroup, layer: number, x: Expression): Expression {
    const name = `${layer}.${group.name}`;
    const known = updates.get(name);
    if (known !== undefined) return known;
    const rank = `ranks.${group.name}`;
    const inFeatures = x.shape.at(-1) as number;
    const a = input(`stack_A.${name}`, [
      ...leading,
      `rank_blocks.${group.name}`,
      `block_ranks.${group.name}`,
      inFeatures,
    ]);
    const b = input(`stack_B.${name}`, [...leading, rank, group.width]);
    const mask = masks.get(group.name) as Expression;
    const [positions = ''] = x.shape;
    // After the last layer's attention, only the positions asked for are left.
    const isAll = positions === 'positions';
    const made = byShares
      ? shared(x, {
          a,
          b,
          mask: isAll ? mask : reshape(lastOf(reshape(mask, ['positions', rank])), ['shares', 'last_each', rank]),
        })
      : stacked(x, { a, b, mask: isAll ? mask : lastOf(mask) });
    updates.set(name, made);
    return made;
  }

  function adapted(y: Expression, { group, layer, x }: { group: TargetGroup; layer: number; x: Expression }) {
    const some = add(y, update(group, layer, x));
    return options.isOptional ? ifAny(masks.get(group.name) as Expression, { some, none: y }) : some;
  }

  return (module: string, x: Expression): Expression => {
    const { group, layer, target } = groupOf(architecture, groups, module);
    const isAdapted = group.targets.some((each) => targets.has(each));
    const start = group.starts.get(target) as number;
    const own = (whole: Expression) =>
      group.targets.length === 1 ? whole : slice(whole, 1, start, start + weightDims(architecture, module)[0]);
    if (matrices.kind === 'floats') {
      const y = plain(module, x);
      return isAdapted ? add(y, own(update(group, layer, x))) : y;
    }
    const name = `${layer}.${group.name}`;
    let known = products.get(name);
    if (known === undefined) {
      const y = plain(name, x, [group.width, group.inFeatures]);
      known = { x, y: isAdapted ? adapted(y, { group, layer, x }) : y };
      products.set(name, known);
    }
    if (known.x !== x) throw new Error(`The matrices of ${name} do not read the same`);
    return own(known.y);
  };
}

/** What adapters add to a product of x: A, B and the mask of a group of matrices. */
interface Update {
  readonly a: Expression;
  readonly b: Expression;
  readonly mask: Expression;
}

// Factors that cancel exactly: onnxruntime multiplies a single row in a different order than among others unless there
// is a factor (MLAS, sgemm.cpp). In eight bits that would mean other words.
const [doubled, halved] = [2, 0.5];

/** All positions by all adapters: A [blocks, ranks per block, in], B [ranks, out], mask [positions, ranks]. */
function stacked(x: Expression, { a, b, mask }: Update): Expression {
  const byBlock = matmul(x, a, { transposeB: true, factor: doubled });
  const low = multiply(reshape(transpose(byBlock, [1, 0, 2]), mask.shape), mask);
  return matmul(low, b, { factor: halved });
}

/**
 * Each share of the positions by its own: A [shares, blocks, ranks per block, in], B [shares, ranks, out], mask
 * [shares, each, ranks].
 */
function shared(x: Expression, { a, b, mask }: Update): Expression {
  const [positions, inFeatures] = x.shape as readonly [Dim, Dim];
  const [shares, each] = mask.shape as readonly [Dim, Dim];
  const byBlock = matmul(reshape(x, [shares, 1, each, inFeatures]), a, { transposeB: true, factor: doubled });
  const low = multiply(reshape(transpose(byBlock, [0, 2, 1, 3]), mask.shape), mask);
  return reshape(matmul(low, b, { factor: halved }), [positions, b.shape[2] as Dim]);
}
