import type { MicroBatch } from './micro-batches.ts';
import type { Passed } from './passes.ts';
import { RowLosses } from './row-losses.ts';

/**
 * The accumulated results of an optimiser step's micro-batches, or of a validation's, which have no gradients.
 * Gradients are already divided by the target tokens of the whole step, so summing is all it takes.
 */
export class StepSums {
  readonly rowLosses: RowLosses;
  readonly #gradients = new Map<string, Float32Array>();
  #logProbs = 0;
  #targetTokens = 0;

  /** For rows with these indices in the token file. */
  constructor(places: readonly number[]) {
    this.rowLosses = new RowLosses(places);
  }

  get gradients(): ReadonlyMap<string, Float32Array> {
    return this.#gradients;
  }

  get targetTokens(): number {
    return this.#targetTokens;
  }

  /** The mean over the target tokens. */
  get loss(): number {
    return -this.#logProbs / this.#targetTokens;
  }

  add(batch: MicroBatch, { logProbs, gradients }: Passed): void {
    this.#logProbs += sumOf(logProbs);
    this.#targetTokens += batch.targetTokens;
    this.rowLosses.add(batch.targetRows, logProbs);
    addGradients(this.#gradients, gradients);
  }
}

/** The first ones become the sums: they are not copied. */
export function addGradients(sums: Map<string, Float32Array>, gradients: ReadonlyMap<string, Float32Array>): void {
  for (const [name, part] of gradients) {
    const sum = sums.get(name);
    if (sum === undefined) sums.set(name, part);
    else for (let k = 0; k < sum.length; k++) sum[k] = (sum[k] as number) + (part[k] as number);
  }
}

function sumOf(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}
