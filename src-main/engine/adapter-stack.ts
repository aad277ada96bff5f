import type { Target } from '../../src-contract/adapter.ts';
import type { LiveAdapter } from './adaptation.ts';
import type { Architecture } from './architectures/architecture.ts';
import { type LoraWeights, weightDims } from './lora.ts';
import { float32, type Tensor } from './tensor.ts';

/** Matrices of a layer that read the same. */
export interface TargetGroup {
  readonly name: string;
  readonly targets: readonly Target[];
  /** Where the outputs of each begin. */
  readonly starts: ReadonlyMap<Target, number>;
  /** Outputs together. */
  readonly width: number;
  readonly inside: number;
}

/** Queries, keys and values read the same; the others are alone. The same in every layer. */
export function groupsOf(architecture: Architecture): readonly TargetGroup[] {
  const alone = (['o', 'gate', 'up', 'down'] as const).filter((target) => architecture.targets.includes(target));
  return [['q', 'k', 'v'] as const, ...alone.map((target) => [target] as const)].map((targets) => {
    const starts = new Map<Target, number>();
    let width = 0;
    for (const target of targets) {
      starts.set(target, width);
      width += weightDims(architecture, architecture.moduleOf(target, 0))[0];
    }
    const [, inside] = weightDims(architecture, architecture.moduleOf(targets[0], 0));
    return { name: targets.join(''), targets, starts, width, inside };
  });
}

const places = new WeakMap<
  Architecture,
  ReadonlyMap<string, readonly [group: number, layer: number, target: Target]>
>();

/** Where a module belongs. */
export function groupOf(architecture: Architecture, groups: readonly TargetGroup[], module: string) {
  let known = places.get(architecture);
  if (known === undefined) {
    const all = groups.flatMap(({ targets }, group) =>
      targets.flatMap((target) =>
        Array.from(
          { length: architecture.layers },
          (_, layer) => [architecture.moduleOf(target, layer), [group, layer, target]] as const,
        ),
      ),
    );
    known = new Map(all);
    places.set(architecture, known);
  }
  const place = known.get(module);
  if (place === undefined) throw new Error(`${module} belongs to no group`);
  const [group, layer, target] = place;
  return { group: groups[group] as TargetGroup, layer, target };
}

/** The sizes in a decode graph that an adapter with so many ranks in a group gives it. */
export function stackSizes({ name }: Pick<TargetGroup, 'name'>, ranks: number): [name: string, size: number][] {
  const [blocks, block] = blocksOf(inBlocks(ranks), 0) as [number, number, number];
  return [
    [`ranks.${name}`, blocks * block],
    [`rank_blocks.${name}`, blocks],
    [`block_ranks.${name}`, block],
  ];
}

export function maskName({ name }: Pick<TargetGroup, 'name'>): string {
  return `stack_mask.${name}`;
}

/**
 * A's of more ranks are multiplied in blocks of so many. onnxruntime cuts a product into panels whose depth follows from its width,
 * and splits that width between threads where there are few rows (MLAS, sgemm.cpp): of a wider one, what a token gets would
 * depend on how many are read with it. In eight bits that would be other words.
 */
const blockRanks = 16;

/** Whole blocks where there is more than one: the rest is zeros. */
function inBlocks(ranks: number): number {
  return ranks <= blockRanks ? ranks : blockRanks * Math.ceil(ranks / blockRanks);
}

/** A and B of a group in one layer: A [blocks, ranks of a block, in]; B [ranks, out], zero outside of its matrix. */
interface Packed {
  readonly a: Tensor<'float32'>;
  readonly b: Tensor<'float32'>;
}

/** An adapter as passes read it: by `<layer>.<group>`; and its ranks in each group, in blocks. */
interface PackedAdapter {
  readonly parts: ReadonlyMap<string, Packed>;
  readonly ranks: ReadonlyMap<string, number>;
}

/**
 * The adapters of a batch, one below the other. One alone is read where it lies; the numbers of several are laid together when
 * the set of them changes. Adapters are packed once: they are known by their weights, which must not change.
 */
export class AdapterStack {
  readonly #architecture: Architecture;
  readonly #groups: readonly TargetGroup[];
  readonly #packed = new WeakMap<LoraWeights, PackedAdapter>();
  #members: readonly LoraWeights[] = [];
  #feeds = new Map<string, Tensor>();
  #targets = '';

  constructor(architecture: Architecture) {
    this.#architecture = architecture;
    this.#groups = groupsOf(architecture);
  }

  /** Packs an adapter, so that its first token need not wait for it. */
  prepare(weights: LoraWeights): void {
    this.#pack(weights);
  }

  /**
   * The feeds of a pass whose rows have these adapters (null is the base), each for all of its positions; `rowOf` names the
   * row of a position. `targets`: what the graph can change.
   */
  feeds(
    rows: readonly (LiveAdapter<LoraWeights> | null)[],
    {
      positions,
      rowOf,
      targets,
    }: { positions: number; rowOf: (position: number) => number; targets: ReadonlySet<Target> },
  ): Map<string, Tensor> {
    const members = [...new Set(rows.flatMap((row) => (row === null ? [] : [row.weights])))];
    this.#stack(members, targets);
    const feeds = new Map(this.#feeds);
    for (const group of this.#adapted(targets)) {
      const total = this.#total(members, group);
      const mask = float32([positions, total]);
      for (let position = 0; position < positions; position++) {
        const adapter = rows[rowOf(position)];
        if (adapter == null) continue;
        let start = position * total;
        for (const member of members) {
          const rank = this.#ranks(member, group);
          if (member === adapter.weights) mask.data.fill(adapter.scale, start, start + rank);
          start += rank;
        }
      }
      feeds.set(maskName(group), mask);
    }
    return feeds;
  }

  /** One where no adapter changes the group, so that no product is empty. */
  #total(members: readonly LoraWeights[], group: TargetGroup): number {
    return inBlocks(
      Math.max(
        1,
        members.reduce((sum, member) => sum + this.#ranks(member, group), 0),
      ),
    );
  }

  #ranks(member: LoraWeights, { name }: TargetGroup): number {
    return this.#pack(member).ranks.get(name) ?? 0;
  }

  #adapted(targets: ReadonlySet<Target>): TargetGroup[] {
    return this.#groups.filter((group) => group.targets.some((target) => targets.has(target)));
  }

  #stack(members: readonly LoraWeights[], targets: ReadonlySet<Target>): void {
    const key = [...targets].join(',');
    const isKnown =
      key === this.#targets &&
      members.length === this.#members.length &&
      members.every((member, i) => member === this.#members[i]);
    if (isKnown) return;
    const feeds = new Map<string, Tensor>();
    for (const group of this.#adapted(targets)) {
      const total = this.#total(members, group);
      for (let layer = 0; layer < this.#architecture.layers; layer++) {
        const name = `${layer}.${group.name}`;
        const parts = members.flatMap((member) => this.#pack(member).parts.get(name) ?? []);
        feeds.set(
          `stack_A.${name}`,
          stacked(
            parts.map(({ a }) => a),
            blocksOf(total, group.inside),
          ),
        );
        feeds.set(
          `stack_B.${name}`,
          stacked(
            parts.map(({ b }) => b),
            [total, group.width],
          ),
        );
      }
    }
    this.#feeds = feeds;
    this.#members = members;
    this.#targets = key;
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
    const packed = { parts, ranks };
    this.#packed.set(weights, packed);
    return packed;
  }

  #packGroup(
    { rank, tensors }: LoraWeights,
    { group, targets, layer }: { group: TargetGroup; targets: readonly Target[]; layer: number },
  ): Packed {
    const { width, inside, starts } = group;
    const ranks = inBlocks(targets.length * rank);
    const a = float32(blocksOf(ranks, inside));
    const b = float32([ranks, width]);
    targets.forEach((target, t) => {
      const module = this.#architecture.moduleOf(target, layer);
      const [down, up] = ['A', 'B'].map((part) => tensors.get(`${module}.lora_${part}`)?.data as Float32Array);
      a.data.set(down as Float32Array, t * rank * inside);
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

/** [blocks, ranks of a block, width] */
function blocksOf(ranks: number, width: number): number[] {
  const block = Math.min(ranks, blockRanks);
  return [ranks / block, block, width];
}

/** One below the other; zeros where there are none. */
function stacked(parts: readonly Tensor<'float32'>[], dims: number[]): Tensor<'float32'> {
  const [only, ...others] = parts;
  if (only !== undefined && others.length === 0) return only;
  const whole = float32(dims);
  let start = 0;
  for (const { data } of parts) {
    whole.data.set(data, start);
    start += data.length;
  }
  return whole;
}
