import type { StoredRows } from '../formats/stored-matrix.ts';
import { float32, type Tensor } from '../tensor.ts';

/**
 * The embedding [vocabulary, hidden] as stored: half or a quarter of the size of floats, and a pass needs few of its
 * rows. Where all of it is needed, as in training, it is converted to floats, which replace it.
 */
export class WordTable {
  readonly #dims: readonly [vocabulary: number, hidden: number];
  #stored: StoredRows | undefined;
  #whole: Tensor<'float32'> | undefined;

  constructor(dims: readonly [vocabulary: number, hidden: number], stored: StoredRows) {
    this.#dims = dims;
    this.#stored = stored;
  }

  /** The rows of some words, [ids, hidden]. */
  rows(ids: Int32Array): Tensor<'float32'> {
    const [, hidden] = this.#dims;
    const rows = float32([ids.length, hidden]);
    ids.forEach((id, i) => {
      this.#write(id, id + 1, rows.data.subarray(i * hidden, (i + 1) * hidden));
    });
    return rows;
  }

  whole(): Tensor<'float32'> {
    if (this.#whole !== undefined) return this.#whole;
    const whole = float32(this.#dims);
    this.#write(0, this.#dims[0], whole.data);
    this.#whole = whole;
    this.#stored = undefined;
    return whole;
  }

  #write(from: number, to: number, into: Float32Array): void {
    const [, hidden] = this.#dims;
    if (this.#stored !== undefined) this.#stored.unpack(from, to, into);
    else into.set((this.#whole as Tensor<'float32'>).data.subarray(from * hidden, to * hidden));
  }
}
