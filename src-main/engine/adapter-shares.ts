import { type AdaptedRows, type AdapterFeeds, type AdapterStack, maskName, membersOf } from './adapter-stack.ts';
import type { Architecture } from './architectures/architecture.ts';
import type { LoraWeights } from './lora.ts';
import { blockDims } from './packed-adapters.ts';
import type { TargetGroup } from './target-groups.ts';
import { float32, type Tensor } from './tensor.ts';

/** The A's and B's of all rows, for a group in each layer: A [rows, blocks, ranks of a block, in], B [rows, ranks, out]. */
interface Places {
  readonly group: TargetGroup;
  readonly ranks: number;
  readonly layers: readonly { a: Tensor<'float32'>; b: Tensor<'float32'> }[];
}

/**
 * The adapters of passes whose positions are dealt out in equal shares, each with an A and a B of its own: as many shares as rows
 * where most of them write a token with an adapter of their own, which is an eighth of the products of eight in a stack; else one
 * share, whose A and B are those of all, one below the other. A row's place is written anew where another adapter comes to it, and
 * all are where there are other rows or more ranks.
 */
export class AdapterShares {
  readonly #architecture: Architecture;
  readonly #stack: AdapterStack;
  #places: readonly Places[] = [];
  /** Whose A and B lie in each row's place. */
  #owners: (LoraWeights | null)[] = [];
  /** What lies in the places, by the names of inputs. */
  #matrices: ReadonlyMap<string, Tensor> | undefined;
  /** The matrices of a stack, as one share. */
  #one: { readonly of: object; readonly shared: ReadonlyMap<string, Tensor> } | undefined;

  constructor(architecture: Architecture, stack: AdapterStack) {
    this.#architecture = architecture;
    this.#stack = stack;
  }

  /**
   * Whether each row of a pass is a share of its own: where that is less than twice the ranks of a stack. Measured for 4, 8 and 16
   * rows: with as many adapters of one rank 0.9 to 0.95 of the time, with half as many no difference, with a quarter 1.05.
   */
  areRows({ rows, tokens }: Pick<AdaptedRows, 'rows' | 'tokens'>): boolean {
    const ranks = membersOf(rows).map(({ rank }) => rank);
    const stacked = ranks.reduce((sum, rank) => sum + rank, 0);
    return tokens === 1 && ranks.length > 1 && rows.length * Math.max(...ranks) < 2 * stacked;
  }

  /**
   * `stack_A.*` [shares, blocks, ranks of a block, in] and `stack_B.*` [shares, ranks, out], `stack_mask.*` [shares, each, ranks],
   * where each row is a share or all are one.
   */
  feeds(pass: AdaptedRows, shares: 'rows' | 'one'): AdapterFeeds {
    if (shares === 'rows') return { matrices: this.#matricesOfRows(pass), masks: this.#masksOfRows(pass) };
    const matrices = this.#stack.matrices(pass);
    if (this.#one?.of !== matrices) this.#one = { of: matrices, shared: asOneShare(matrices) };
    return { matrices: this.#one.shared, masks: asOneShare(this.#stack.masks(pass)) };
  }

  /** Lets go of what passes were fed. */
  forget(): void {
    this.#places = [];
    this.#owners = [];
    this.#matrices = undefined;
    this.#one = undefined;
  }

  #matricesOfRows(pass: AdaptedRows): ReadonlyMap<string, Tensor> {
    this.#makePlaces(pass);
    pass.rows.forEach((row, place) => {
      // Of a row that is idle, or the base's, the mask leaves nothing.
      if (row !== null && row.weights !== this.#owners[place]) this.#write(place, row.weights);
    });
    this.#matrices ??= new Map(
      this.#places.flatMap(({ group, layers }) =>
        layers.flatMap(({ a, b }, layer) => [
          [`stack_A.${layer}.${group.name}`, a] as const,
          [`stack_B.${layer}.${group.name}`, b] as const,
        ]),
      ),
    );
    return this.#matrices;
  }

  #masksOfRows({ rows }: AdaptedRows): ReadonlyMap<string, Tensor> {
    const { packed } = this.#stack;
    return new Map(
      this.#places.map(({ group, ranks }) => {
        const mask = float32([rows.length, 1, ranks]);
        rows.forEach((row, place) => {
          const start = place * ranks;
          if (row !== null) mask.data.fill(row.scale, start, start + packed.ranks(row.weights, group));
        });
        return [maskName(group), mask];
      }),
    );
  }

  /** Those that are there serve fewer ranks too: what lies behind an adapter's own is masked. */
  #makePlaces({ rows, targets }: AdaptedRows): void {
    const { packed } = this.#stack;
    const needed = packed.adapted(targets).map((group) => {
      const ranks = rows.map((row) => (row === null ? 0 : packed.ranks(row.weights, group)));
      return { group, ranks: Math.max(1, ...ranks) };
    });
    const isThere =
      this.#owners.length === rows.length &&
      this.#places.length === needed.length &&
      needed.every(({ group, ranks }, i) => this.#places[i]?.group === group && this.#places[i].ranks >= ranks);
    if (isThere) return;
    this.#matrices = undefined;
    this.#owners = rows.map(() => null);
    this.#places = needed.map(({ group, ranks }) => ({
      ...{ group, ranks },
      layers: Array.from({ length: this.#architecture.layers }, () => ({
        a: float32([rows.length, ...blockDims(ranks, group.inFeatures)]),
        b: float32([rows.length, ranks, group.width]),
      })),
    }));
  }

  /** Into tensors that earlier passes were fed: sound because one pass runs at a time. */
  #write(place: number, weights: LoraWeights): void {
    this.#owners[place] = weights;
    this.#matrices = undefined;
    for (const { group, layers } of this.#places) {
      for (const [layer, parts] of layers.entries()) {
        // Known by another array where other numbers lie: what copies them copies them again.
        parts.a = { ...parts.a, data: parts.a.data.subarray() };
        parts.b = { ...parts.b, data: parts.b.data.subarray() };
        const { a, b } = parts;
        const part = this.#stack.packed.part(weights, `${layer}.${group.name}`);
        for (const [{ data }, own] of [
          [a, part?.a],
          [b, part?.b],
        ] as const) {
          const size = data.length / this.#owners.length;
          const there = data.subarray(place * size, (place + 1) * size).fill(0);
          if (own !== undefined) there.set(own.data);
        }
      }
    }
  }
}

function asOneShare(stacked: ReadonlyMap<string, Tensor>): ReadonlyMap<string, Tensor> {
  return new Map(Array.from(stacked, ([name, tensor]) => [name, { ...tensor, dims: [1, ...tensor.dims] }]));
}
