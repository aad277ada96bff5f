import type { Target } from '../../../src-contract/adapter.ts';
import { adapt, asItIs } from '../adapters/adaptation.ts';
import type { AdapterLayerOptions } from '../adapters/adapter-layers.ts';
import { inTurnsName } from '../adapters/adapter-shares.ts';
import { maskName } from '../adapters/adapter-stack.ts';
import { weightDims } from '../adapters/lora.ts';
import { groupOf, groupsOf, type TargetGroup } from '../adapters/target-groups.ts';
import {
  type Architecture,
  type AttentionSight,
  type ModelInput,
  moduleOfWeight,
  type Projected,
} from '../architectures/architecture.ts';
import { type Dim, type Expression, input } from '../graph/expression.ts';
import { add } from '../graph/ops/add.ts';
import { attend } from '../graph/ops/attend.ts';
import { gather } from '../graph/ops/gather.ts';
import { ifAny } from '../graph/ops/if-any.ts';
import { matmul } from '../graph/ops/matmul.ts';
import { matmulBlocks } from '../graph/ops/matmul-blocks.ts';
import { multiply } from '../graph/ops/multiply.ts';
import { reshape } from '../graph/ops/reshape.ts';
import { slice } from '../graph/ops/slice.ts';
import { transpose } from '../graph/ops/transpose.ts';
import type { Tensor } from '../tensor.ts';
import { int4Product } from '../weights/int4-weights.ts';
import { int8Product } from '../weights/int8-weights.ts';
import { bitsOfBlocks } from '../weights/weight-blocks.ts';

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
 * `AdapterStack` where matrices are floats, otherwise of `AdapterShares`; there the embedding holds only the rows of this
 * pass's words, and `ids` index into them.
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
 * adapter in its ranks and zero in those of others, which thus add nothing. Where matrices are numbers, positions are
 * divided into shares, each with its own A and B (`AdapterShares`).
 */
function groupedLinear(
  architecture: Architecture,
  options: DecodeOptions,
  { parameter, lastOf }: Parameter & { readonly lastOf: (x: Expression) => Expression },
) {
  const { targets, matrices } = options;
  const plain = plainLinear(architecture, options, { parameter });
  const sums = new Map<string, Expression>();
  const products = new Map<string, { readonly x: Expression; readonly y: Expression }>();
  const groups = groupsOf(architecture);
  const byShares = matrices.kind !== 'floats';
  // Feeds of a group that may be left out must not carry the sizes of others.
  const sizeIn = ({ name }: Pick<TargetGroup, 'name'>, size: string) => (options.isOptional ? `${size}.${name}` : size);
  const leadingOf = (group: Pick<TargetGroup, 'name'>) => (byShares ? [sizeIn(group, 'shares')] : []);
  const masks = new Map(
    groups.map((group) => {
      const each = byShares ? sizeIn(group, 'each') : 'positions';
      return [group.name, input(maskName(group), [...leadingOf(group), each, `ranks.${group.name}`])] as const;
    }),
  );
  const inTurns = input(inTurnsName, [inTurnsName]);

  function updateOf(group: TargetGroup, layer: number, x: Expression): Update {
    const name = `${layer}.${group.name}`;
    const rank = `ranks.${group.name}`;
    const inFeatures = x.shape.at(-1) as number;
    const leading = leadingOf(group);
    const a = input(`stack_A.${name}`, [
      ...leading,
      `rank_blocks.${group.name}`,
      `block_ranks.${group.name}`,
      inFeatures,
    ]);
    const b = input(`stack_B.${name}`, [...leading, rank, group.width]);
    const mask = masks.get(group.name) as Expression;
    if (isOfAll(x)) return { a, b, mask };
    if (!byShares) return { a, b, mask: lastOf(mask) };
    const [shares = ''] = mask.shape;
    return { a, b, mask: reshape(lastOf(reshape(mask, ['positions', rank])), [shares, 'last_each', rank]) };
  }

  /** What adapters add, computed once for matrices of floats, which share it. */
  function added(group: TargetGroup, layer: number, x: Expression): Expression {
    const name = `${layer}.${group.name}`;
    const sum = sums.get(name) ?? stacked(x, updateOf(group, layer, x));
    sums.set(name, sum);
    return sum;
  }

  function adapted(y: Expression, { group, layer, x }: { group: TargetGroup; layer: number; x: Expression }) {
    const update = updateOf(group, layer, x);
    if (!options.isOptional) return add(y, shared(x, update));
    // A sum with a plain product is one kernel: so each branch adds what it made.
    const [some, none] = [add(y, sharedInTurns(x, update)), add(y, stacked(x, asStack(update, x)))];
    return ifAny(masks.get(group.name) as Expression, { some: ifAny(inTurns, { some, none }), none: y });
  }

  return (module: string, x: Expression): Expression => {
    const { group, layer, target } = groupOf(architecture, groups, module);
    const isAdapted = group.targets.some((each) => targets.has(each));
    const start = group.starts.get(target) as number;
    const own = (whole: Expression) =>
      group.targets.length === 1 ? whole : slice(whole, 1, start, start + weightDims(architecture, module)[0]);
    if (matrices.kind === 'floats') {
      const y = plain(module, x);
      return isAdapted ? add(y, own(added(group, layer, x))) : y;
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

/** After the last layer's attention, only the positions asked for are left. */
function isOfAll(x: Expression): boolean {
  return x.shape[0] === 'positions';
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

/** A single share as a stack. */
function asStack({ a, b, mask }: Update, x: Expression): Update {
  const [positions, ranks] = [x.shape[0] as Dim, mask.shape[2] as Dim];
  return { a: reshape(a, a.shape.slice(1)), b: reshape(b, b.shape.slice(1)), mask: reshape(mask, [positions, ranks]) };
}

/**
 * Each share of the positions, one after another, by its own: A [shares, blocks, ranks per block, in],
 * B [shares, ranks, out], mask [shares, each, ranks].
 */
function shared(x: Expression, update: Update): Expression {
  const [positions, inFeatures] = x.shape as readonly [Dim, Dim];
  const [shares, each] = update.mask.shape as readonly [Dim, Dim];
  const changed = changedBy(reshape(x, [shares, 1, each, inFeatures]), update);
  return reshape(changed, [positions, changed.shape[2] as Dim]);
}

/** The same where the positions of x and of the mask are not one share after another, but those of all take turns. */
function sharedInTurns(x: Expression, { a, b, mask }: Update): Expression {
  const [positions, inFeatures] = x.shape as readonly [Dim, Dim];
  const [shares, each, ranks] = mask.shape as readonly [Dim, Dim, Dim];
  const byShare = (of: Expression, width: Dim) => transpose(reshape(of, [each, shares, width]), [1, 0, 2]);
  const own = reshape(byShare(x, inFeatures), [shares, 1, each, inFeatures]);
  const changed = changedBy(own, { a, b, mask: byShare(mask, ranks) });
  return reshape(transpose(changed, [1, 0, 2]), [positions, changed.shape[2] as Dim]);
}

/** What each share's own matrices make of x [shares, 1, each, in]: [shares, each, out]. */
function changedBy(x: Expression, { a, b, mask }: Update): Expression {
  const [shares, , each] = x.shape as readonly [Dim, Dim, Dim];
  const byBlock = matmul(x, a, { transposeB: true, factor: doubled });
  const low = reshape(transpose(byBlock, [0, 2, 1, 3]), [shares, each, mask.shape[2] as Dim]);
  return matmul(multiply(low, mask), b, { factor: halved });
}
