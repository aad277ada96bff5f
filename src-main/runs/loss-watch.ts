/** Steps over which the usual loss is averaged. */
const recentSteps = 50;
/** With fewer steps than this, nothing is usual yet. */
const fewestSteps = 12;
/**
 * In nats: a correct token at probability 0.6 instead of 1. With everything memorised, even smaller rises stand out.
 */
const leastRise = 0.5;

/** Notices a training loss far above those of the preceding steps. */
export class LossWatch {
  readonly #recent: number[] = [];

  /**
   * The usual loss if this one is a spike, else undefined: more than six standard deviations, half as much again and
   * half a nat above the mean.
   */
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
