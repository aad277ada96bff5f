import type { StoredRows } from './formats/weight-source.ts';
import { float32, type Tensor } from './tensor.ts';

/**
 * The embedding [vocabulary, hidden] as it is stored: half of what floats take, or a quarter, and a pass needs few of its rows. What wants the whole of it,
 * as training does, has floats made of it, which are kept in its place.
 */
export class WordTable {
  readonly #dims: readonly [vocabulary: number, hidden: number];
  #stored: StoredRows | undefined;
  #whole: Tensor<'float32'> | undefined;

  constructor(dims: readonly [vocabulary: number, hidden: number], stored: StoredRows) {
    this.#dims = dims;
    this.#stored = stored;
  }

  /** Of some words, [ids, hidden]. */
  rows(ids: Int32Array): Tensor<'float32'> {
    const [, hidden] = this.#dims;
    const rows = float32([ids.length, hidden]);
    ids.forEach((id, i) => {
      rows.data.set(this.#between(id, id + 1), i * hidden);
    });
    return rows;
  }

  whole(): Tensor<'float32'> {
    this.#whole ??= float32(this.#dims, this.#between(0, this.#dims[0]));
    this.#stored = undefined;
    return this.#whole;
  }

  #between(from: number, to: number): Float32Array {
    const [, hidden] = this.#dims;
    return (
      this.#stored?.unpack(from, to) ?? (this.#whole as Tensor<'float32'>).data.subarray(from * hidden, to * hidden)
    );
  }
}
