/** Steps that tell what is usual. */
const recentSteps = 50;
/** Before so many steps nothing is usual yet. */
const fewestSteps = 12;
/** In nats: a right token that has a chance of 0.6 instead of 1. Once all is learnt by heart, less stands far above the usual. */
const leastRise = 0.5;

/** Notices a training loss that stands far above those of the steps before it. */
export class LossWatch {
  readonly #recent: number[] = [];

  /** The usual loss when this one is a spike, else undefined: more than six deviations, half as much again and half a nat above the mean. */
  spikeOver(loss: number): number | undefined {
    const n = this.#recent.length;
    const mean = this.#recent.reduce((sum, each) => sum + each, 0) / Math.max(1, n);
    const variance = this.#recent.reduce((sum, each) => sum + (each - mean) ** 2, 0) / Math.max(1, n - 1);
    const isFar = loss > mean + 6 * Math.sqrt(variance) && loss > 1.5 * mean && loss > mean + leastRise;
    const isSpike = n >= fewestSteps && isFar;
    this.#recent.push(loss);
    if (this.#recent.length > recentSteps) this.#recent.shift();
    return isSpike ? mean : undefined;
  }
}
