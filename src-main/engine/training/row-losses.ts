import type { RowLoss } from '../engine.ts';

/**
 * The loss of each row of an optimiser step, summed over its micro-batches. Rows are given by index in the token file.
 */
export class RowLosses {
  readonly #places: readonly number[];
  readonly #sums: Float64Array;
  readonly #counts: Int32Array;

  constructor(places: readonly number[]) {
    this.#places = places;
    this.#sums = new Float64Array(places.length);
    this.#counts = new Int32Array(places.length);
  }

  /** Adds log-probabilities of target tokens, each with the index of its row among the step's. */
  add(rows: Int32Array, logProbs: Float32Array): void {
    rows.forEach((row, i) => {
      this.#sums[row] = (this.#sums[row] as number) - (logProbs[i] as number);
      this.#counts[row] = (this.#counts[row] as number) + 1;
    });
  }

  /** The row with the highest mean loss. */
  worst(): RowLoss {
    return this.#losses().reduce((worst, each) => (each.loss > worst.loss ? each : worst));
  }

  /**
   * The rows whose loss is infinite or undefined; all rows if none is, as when only a gradient is. Each once: where two
   * epochs meet, and in a table shorter than a batch, a step reads a row several times.
   */
  undefinedRows(): number[] {
    const broken = this.#losses().filter(({ loss }) => !Number.isFinite(loss));
    return [...new Set((broken.length > 0 ? broken : this.#losses()).map(({ row }) => row))];
  }

  #losses(): RowLoss[] {
    return this.#places.map((row, i) => ({
      row,
      loss: (this.#sums[i] as number) / Math.max(1, this.#counts[i] as number),
    }));
  }
}
