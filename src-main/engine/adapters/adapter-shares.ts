import type { Architecture } from '../architectures/architecture.ts';
import { float32, type Tensor, type TensorParts } from '../tensor.ts';
import { type AdaptedRows, type AdapterFeeds, type AdapterStack, maskName } from './adapter-stack.ts';
import { blockDims } from './packed-adapters.ts';
import type { TargetGroup } from './target-groups.ts';

/** Stands in for a row's matrices where it has no adapter, or its adapter changes nothing. */
const none = new Float32Array();

/** The feed that is there where the positions of shares take turns. */
export const inTurnsName = 'in_turns';

/**
 * The adapters of passes whose positions are divided into equal shares, each with its own A and B: a share per row,
 * an eighth of the products that a stack of eight takes, or a single share, with all A's and B's stacked vertically.
 */
export class AdapterShares {
  readonly #architecture: Architecture;
  readonly #stack: AdapterStack;
  /** The matrices of a stack, as one share. */
  #one: { readonly of: object; readonly shared: ReadonlyMap<string, Tensor> } | undefined;
  /** The matrices of the rows last read in turns, and what they were made of. */
  #inTurns: { readonly of: readonly unknown[]; readonly matrices: ReadonlyMap<string, Tensor> } | undefined;

  constructor(architecture: Architecture, stack: AdapterStack) {
    this.#architecture = architecture;
    this.#stack = stack;
  }

  /**
   * `stack_A.*` [shares, blocks, ranks per block, in], `stack_B.*` [shares, ranks, out] and `stack_mask.*`
   * [shares, each, ranks], with one share for all rows.
   */
  ofAll(pass: AdaptedRows): AdapterFeeds {
    const matrices = this.#stack.matrices(pass);
    if (this.#one?.of !== matrices) this.#one = { of: matrices, shared: asOneShare(matrices) };
    return { matrices: this.#one.shared, masks: asOneShare(this.#stack.masks(pass)) };
  }

  /** The same with a share per row, whose matrices are placed part by part. */
  ofRows({ rows, tokens, targets }: AdaptedRows): AdapterFeeds<TensorParts> {
    const { packed } = this.#stack;
    const matrices = new Map<string, TensorParts>();
    const masks = new Map<string, Tensor>();
    for (const group of packed.adapted(targets)) {
      const ranks = Math.max(1, ...rows.map((row) => (row === null ? 0 : packed.ranks(row.weights, group))));
      const mask = float32([rows.length, tokens, ranks]);
      // The mask excludes idle rows, the base's rows, and ranks that only other adapters have.
      for (let position = 0; position < rows.length * tokens; position++) {
        const row = rows[position % rows.length];
        if (row == null) continue;
        const start = position * ranks;
        mask.data.fill(row.scale, start, start + packed.ranks(row.weights, group));
      }
      masks.set(maskName(group), mask);
      for (let layer = 0; layer < this.#architecture.layers; layer++)
        for (const [name, part] of this.#partsOf(rows, { group, layer, ranks })) matrices.set(name, part);
    }
    return { matrices, masks };
  }

  /** The same where a row has several positions, and those of all rows take turns; also `in_turns`. */
  ofRowsInTurns(pass: AdaptedRows): AdapterFeeds {
    const { matrices, masks } = this.ofRows(pass);
    const of = [...pass.targets, ...pass.rows.map((row) => row?.weights)];
    let known = this.#inTurns;
    if (known?.of.length !== of.length || known.of.some((each, place) => each !== of[place])) {
      known = { of, matrices: new Map(Array.from(matrices, ([name, parts]) => [name, wholeOf(parts)])) };
      this.#inTurns = known;
    }
    return { matrices: known.matrices, masks: new Map([...masks, [inTurnsName, float32([1])]]) };
  }

  #partsOf(
    rows: AdaptedRows['rows'],
    { group, layer, ranks }: { group: TargetGroup; layer: number; ranks: number },
  ): [name: string, parts: TensorParts][] {
    const name = `${layer}.${group.name}`;
    const own = rows.map((row) => (row === null ? undefined : this.#stack.packed.part(row.weights, name)));
    const of = (which: 'a' | 'b') => own.map((part) => part?.[which].data ?? none);
    const { inFeatures, width } = group;
    return [
      [`stack_A.${name}`, { type: 'float32', dims: [rows.length, ...blockDims(ranks, inFeatures)], parts: of('a') }],
      [`stack_B.${name}`, { type: 'float32', dims: [rows.length, ranks, width], parts: of('b') }],
    ];
  }

  /** Releases what passes were fed. */
  forget(): void {
    this.#one = undefined;
    this.#inTurns = undefined;
  }
}

function asOneShare(stacked: ReadonlyMap<string, Tensor>): ReadonlyMap<string, Tensor> {
  return new Map(Array.from(stacked, ([name, tensor]) => [name, { ...tensor, dims: [1, ...tensor.dims] }]));
}

/** The parts one after another, each filled up with zeros. */
function wholeOf({ dims, parts }: TensorParts): Tensor<'float32'> {
  const whole = float32(dims);
  const each = whole.data.length / parts.length;
  parts.forEach((part, place) => {
    whole.data.set(part, place * each);
  });
  return whole;
}
