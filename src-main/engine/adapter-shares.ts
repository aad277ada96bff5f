import { type AdaptedRows, type AdapterStack, maskName } from './adapter-stack.ts';
import type { Architecture } from './architectures/architecture.ts';
import type { LoraWeights } from './lora.ts';
import { blocksOf } from './packed-adapters.ts';
import { float32, type Tensor } from './tensor.ts';

/**
 * The adapters of passes whose positions are dealt out in equal shares, each with an A and a B of its own: as many shares as rows
 * where most of them write a token with an adapter of their own, which is an eighth of the products of eight in a stack; else one
 * share, whose A and B are those of all, one below the other. A row's place is written anew only where another adapter comes to it.
 */
export class AdapterShares {
  readonly #architecture: Architecture;
  readonly #stack: AdapterStack;
  /** Whose A and B lie in each row's place. */
  #owners: (LoraWeights | null)[] = [];
  #feeds = new Map<string, Tensor<'float32'>>();
  #layout = '';

  constructor(architecture: Architecture, stack: AdapterStack) {
    this.#architecture = architecture;
    this.#stack = stack;
  }

  /** Whether each row of a pass is a share of its own: measured, where fewer than half of them have an adapter that another one has. */
  areRows({ rows, tokens }: Pick<AdaptedRows, 'rows' | 'tokens'>): boolean {
    const own = new Set(rows.flatMap((row) => (row === null ? [] : [row.weights])));
    return tokens === 1 && own.size > Math.max(1, rows.length / 2);
  }

  /** `stack_A.*` [shares, blocks, ranks of a block, in], `stack_B.*` [shares, ranks, out], `stack_mask.*` [shares, each, ranks]. */
  feeds(pass: AdaptedRows): Map<string, Tensor> {
    if (this.areRows(pass)) return this.#dealt(pass);
    const stacked = this.#stack.feeds(pass);
    return new Map(Array.from(stacked, ([name, tensor]) => [name, { ...tensor, dims: [1, ...tensor.dims] }]));
  }

  #dealt({ rows, targets }: AdaptedRows): Map<string, Tensor> {
    const { packed } = this.#stack;
    const groups = packed.adapted(targets).map((group) => {
      const ranks = rows.map((row) => (row === null ? 0 : packed.ranks(row.weights, group)));
      return { group, ranks: Math.max(1, ...ranks) };
    });
    const layout = [rows.length, ...groups.map(({ group, ranks }) => `${group.name} ${ranks}`)].join();
    if (layout !== this.#layout) {
      this.#layout = layout;
      this.#owners = rows.map(() => null);
      this.#feeds = new Map();
      for (const { group, ranks } of groups) {
        for (let layer = 0; layer < this.#architecture.layers; layer++) {
          const name = `${layer}.${group.name}`;
          this.#feeds.set(`stack_A.${name}`, float32([rows.length, ...blocksOf(ranks, group.inside)]));
          this.#feeds.set(`stack_B.${name}`, float32([rows.length, ranks, group.width]));
        }
      }
    }
    rows.forEach((row, place) => {
      // Of a row that is idle, or the base's, the mask leaves nothing.
      if (row === null || row.weights === this.#owners[place]) return;
      this.#owners[place] = row.weights;
      for (const [name, { dims, data }] of this.#feeds) {
        const size = data.length / (dims[0] as number);
        const own = data.subarray(place * size, (place + 1) * size).fill(0);
        const part = packed.part(row.weights, name.slice('stack_A.'.length));
        if (part !== undefined) own.set((name.startsWith('stack_A.') ? part.a : part.b).data);
      }
    });
    const masks = groups.map(({ group, ranks }) => {
      const mask = float32([rows.length, 1, ranks]);
      rows.forEach((row, place) => {
        const start = place * ranks;
        if (row !== null) mask.data.fill(row.scale, start, start + packed.ranks(row.weights, group));
      });
      return [maskName(group), mask] as const;
    });
    return new Map<string, Tensor>([...this.#feeds, ...masks]);
  }
}
