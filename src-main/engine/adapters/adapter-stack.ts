import type { Target } from '../../../src-contract/adapter.ts';
import type { Architecture } from '../architectures/architecture.ts';
import { float32, type Tensor } from '../tensor.ts';
import type { LiveAdapter } from './adaptation.ts';
import type { LoraWeights } from './lora.ts';
import { blockDims, inBlocks, PackedAdapters } from './packed-adapters.ts';
import type { TargetGroup } from './target-groups.ts';

/** The sizes in a decode graph for an adapter with this many ranks in a group. */
export function stackSizes({ name }: Pick<TargetGroup, 'name'>, ranks: number): [name: string, size: number][] {
  const [blocks, block] = blockDims(inBlocks(ranks), 0) as [number, number, number];
  return [
    [`ranks.${name}`, blocks * block],
    [`rank_blocks.${name}`, blocks],
    [`block_ranks.${name}`, block],
  ];
}

/**
 * What a pass reads, token by token across all rows. A row's adapter (null is the base) applies to all its positions.
 */
export interface AdaptedRows {
  readonly rows: readonly (LiveAdapter<LoraWeights> | null)[];
  /** Tokens of each row. */
  readonly tokens: number;
  /** What the graph can change. */
  readonly targets: ReadonlySet<Target>;
}

/** The adapter feeds of a pass. */
export interface AdapterFeeds<Matrix = Tensor> {
  /** The A's and B's: the same map for as long as these are the same. */
  readonly matrices: ReadonlyMap<string, Matrix>;
  /** By position of the pass. */
  readonly masks: ReadonlyMap<string, Tensor>;
}

/**
 * Ranks that onnxruntime sums before adding them to the total (MLAS, sgemm.cpp, MLAS_SGEMM_STRIDEK). An adapter is
 * aligned to these where it would be split differently than alone: in a different order its last digits differ, and in
 * eight bits that now and then means another word.
 */
const ranksOfSum = 128;

/** The adapters of rows, each once. */
function membersOf(rows: AdaptedRows['rows']): LoraWeights[] {
  return [...new Set(rows.flatMap((row) => (row === null ? [] : [row.weights])))];
}

export function maskName({ name }: Pick<TargetGroup, 'name'>): string {
  return `stack_mask.${name}`;
}

/**
 * The adapters of a batch, stacked vertically. A single one is used in place; several are copied together when their
 * set changes. Adapters are packed once, keyed by their weights, which must not change.
 */
export class AdapterStack {
  readonly packed: PackedAdapters;
  readonly #architecture: Architecture;
  #members: readonly LoraWeights[] = [];
  #feeds = new Map<string, Tensor>();
  #targets = '';

  constructor(architecture: Architecture) {
    this.#architecture = architecture;
    this.packed = new PackedAdapters(architecture);
  }

  /** Packs an adapter ahead of time, so that its first token need not wait. */
  prepare(weights: LoraWeights): void {
    this.packed.prepare(weights);
  }

  /** `stack_A.*` [blocks, ranks per block, in], `stack_B.*` [ranks, out] and `stack_mask.*` [positions, ranks]. */
  feeds(pass: AdaptedRows): AdapterFeeds {
    return { matrices: this.matrices(pass), masks: this.masks(pass) };
  }

  /** See `AdapterFeeds`. */
  matrices({ rows, targets }: AdaptedRows): ReadonlyMap<string, Tensor> {
    this.#stack(membersOf(rows), targets);
    return this.#feeds;
  }

  masks({ rows, tokens, targets }: AdaptedRows): Map<string, Tensor> {
    const members = membersOf(rows);
    const masks = new Map<string, Tensor>();
    const positions = tokens * rows.length;
    for (const group of this.packed.adapted(targets)) {
      const { starts, total } = this.#places(members, group);
      const mask = float32([positions, total]);
      for (let position = 0; position < positions; position++) {
        const adapter = rows[position % rows.length];
        if (adapter == null) continue;
        const start = position * total + (starts.get(adapter.weights) as number);
        mask.data.fill(adapter.scale, start, start + this.packed.ranks(adapter.weights, group));
      }
      masks.set(maskName(group), mask);
    }
    return masks;
  }

  /**
   * Where the ranks of each begin, and how many there are in total: at least one, so that no product is empty where no
   * adapter changes the group.
   */
  #places(members: readonly LoraWeights[], group: TargetGroup) {
    const starts = new Map<LoraWeights, number>();
    let end = 0;
    for (const member of members) {
      const ranks = this.packed.ranks(member, group);
      const isCut = (end % ranksOfSum) + ranks > ranksOfSum;
      if (isCut) end = ranksOfSum * Math.ceil(end / ranksOfSum);
      starts.set(member, end);
      end += ranks;
    }
    return { starts, total: inBlocks(Math.max(1, end)) };
  }

  #stack(members: readonly LoraWeights[], targets: ReadonlySet<Target>): void {
    const key = [...targets].join(',');
    const isKnown =
      key === this.#targets &&
      members.length === this.#members.length &&
      members.every((member, i) => member === this.#members[i]);
    if (isKnown) return;
    const feeds = new Map<string, Tensor>();
    for (const group of this.packed.adapted(targets)) {
      const { starts, total } = this.#places(members, group);
      for (let layer = 0; layer < this.#architecture.layers; layer++) {
        const name = `${layer}.${group.name}`;
        const parts = members.flatMap((member) => {
          const part = this.packed.part(member, name);
          return part === undefined ? [] : [{ ...part, start: starts.get(member) as number }];
        });
        const stackedOf = (which: 'a' | 'b', dims: number[]) =>
          stacked(
            parts.map(({ start, [which]: { data } }) => ({ start: start * (dims.at(-1) as number), data })),
            dims,
          );
        feeds.set(`stack_A.${name}`, stackedOf('a', blockDims(total, group.inFeatures)));
        feeds.set(`stack_B.${name}`, stackedOf('b', [total, group.width]));
      }
    }
    this.#feeds = feeds;
    this.#members = members;
    this.#targets = key;
  }
}

/** Stacks parts vertically, with zeros in the gaps. */
function stacked(
  parts: readonly { readonly start: number; readonly data: Float32Array }[],
  dims: number[],
): Tensor<'float32'> {
  const [only, ...others] = parts;
  if (only !== undefined && others.length === 0) return float32(dims, only.data);
  const whole = float32(dims);
  for (const { start, data } of parts) whole.data.set(data, start);
  return whole;
}
