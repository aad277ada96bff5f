import type { Target } from '../../../src-contract/adapter.ts';
import type { Architecture } from '../architectures/architecture.ts';
import { allFinite } from '../formats/float-types.ts';
import { float32, type Tensor } from '../tensor.ts';
import type { LoraWeights } from './lora.ts';
import { groupsOf, type TargetGroup } from './target-groups.ts';

/**
 * A's with more ranks are multiplied in blocks of this many. onnxruntime cuts a product into panels whose depth depends
 * on its width, and splits that width between threads where there are few rows (MLAS, sgemm.cpp): with a wider one, a
 * token's result would depend on how many are read with it. In eight bits that would mean other words.
 */
const blockRanks = 16;

/** Rounded up to whole blocks where there is more than one: the rest is zeros. */
export function inBlocks(ranks: number): number {
  return ranks <= blockRanks ? ranks : blockRanks * Math.ceil(ranks / blockRanks);
}

/** A and B of a group in one layer: A [blocks, ranks per block, in]; B [ranks, out], zero outside its matrix. */
export interface Packed {
  readonly a: Tensor<'float32'>;
  readonly b: Tensor<'float32'>;
}

/** An adapter as passes use it, by `<layer>.<group>`; and its ranks in each group, in blocks. */
interface PackedAdapter {
  readonly parts: ReadonlyMap<string, Packed>;
  readonly ranks: ReadonlyMap<string, number>;
  /** See `PackedAdapters.isBounded`. */
  readonly isBounded: boolean;
}

/** [blocks, ranks of a block, width] */
export function blockDims(ranks: number, width: number): number[] {
  const block = Math.min(ranks, blockRanks);
  return [ranks / block, block, width];
}

/** Far above the sums of any trained adapter; 10⁸ times as much still fits into a float32. */
const largestSum = 1e30;

/** Whether any row times A stays finite, and so zero times B stays zero. */
function isBounded({ tensors }: LoraWeights): boolean {
  return [...tensors].every(([name, { dims, data }]) => {
    if (!allFinite(data)) return false;
    return name.endsWith('.lora_B') || largestOf(data) * (dims[1] as number) <= largestSum;
  });
}

function largestOf(data: Float32Array): number {
  let largest = 0;
  for (let i = 0; i < data.length; i++) largest = Math.max(largest, Math.abs(data[i] as number));
  return largest;
}

/** Adapters as decode passes use them. Each is packed once, keyed by its weights, which must not change. */
export class PackedAdapters {
  readonly #groups: readonly TargetGroup[];
  readonly #architecture: Architecture;
  readonly #packed = new WeakMap<LoraWeights, PackedAdapter>();

  constructor(architecture: Architecture) {
    this.#architecture = architecture;
    this.#groups = groupsOf(architecture);
  }

  /** Packs an adapter ahead of time, so that its first token need not wait. */
  prepare(weights: LoraWeights): void {
    this.#pack(weights);
  }

  /** Whether an adapter adds exactly nothing, rather than NaN, to a row whose mask is zero. */
  isBounded(weights: LoraWeights): boolean {
    return this.#pack(weights).isBounded;
  }

  /** The groups that a graph can change: all adapter feeds belong to these. */
  adapted(targets: ReadonlySet<Target>): TargetGroup[] {
    return this.#groups.filter((group) => group.targets.some((target) => targets.has(target)));
  }

  /** An adapter's A and B of a group in a layer; undefined if it changes none of the group's matrices. */
  part(weights: LoraWeights, name: string): Packed | undefined {
    return this.#pack(weights).parts.get(name);
  }

  /** In whole blocks; 0 if the adapter changes none of the group's matrices. */
  ranks(weights: LoraWeights, { name }: TargetGroup): number {
    return this.#pack(weights).ranks.get(name) ?? 0;
  }

  #pack(weights: LoraWeights): PackedAdapter {
    const known = this.#packed.get(weights);
    if (known !== undefined) return known;
    const parts = new Map<string, Packed>();
    const ranks = new Map<string, number>();
    for (const group of this.#groups) {
      const targets = group.targets.filter((target) => weights.targets.includes(target));
      if (targets.length === 0) continue;
      ranks.set(group.name, inBlocks(targets.length * weights.rank));
      for (let layer = 0; layer < this.#architecture.layers; layer++)
        parts.set(`${layer}.${group.name}`, this.#packGroup(weights, { group, targets, layer }));
    }
    const packed = { parts, ranks, isBounded: isBounded(weights) };
    this.#packed.set(weights, packed);
    return packed;
  }

  #packGroup(
    { rank, tensors }: LoraWeights,
    { group, targets, layer }: { group: TargetGroup; targets: readonly Target[]; layer: number },
  ): Packed {
    const { width, inFeatures, starts } = group;
    const ranks = inBlocks(targets.length * rank);
    const a = float32(blockDims(ranks, inFeatures));
    const b = float32([ranks, width]);
    targets.forEach((target, t) => {
      const module = this.#architecture.moduleOf(target, layer);
      const [down, up] = ['A', 'B'].map((part) => tensors.get(`${module}.lora_${part}`)?.data as Float32Array);
      a.data.set(down as Float32Array, t * rank * inFeatures);
      const start = starts.get(target) as number;
      const out = (up as Float32Array).length / rank;
      for (let k = 0; k < rank; k++) {
        const row = (t * rank + k) * width + start;
        for (let i = 0; i < out; i++) b.data[row + i] = (up as Float32Array)[i * rank + k] as number;
      }
    });
    return { a, b };
  }
}
