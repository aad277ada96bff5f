export interface PairedDifference {
  readonly mean: number;
  /** Ends of the 95 % interval of the mean. */
  readonly low: number;
  readonly high: number;
}

/** 97.5 % point of the normal distribution. */
const Z = 1.959964;
/** With fewer rows a normal interval promises more than it knows. */
const FEWEST_ROWS = 20;

/**
 * How much better `ours` scores than `theirs` on the same rows, with a 95 % interval. Comparing row by row takes the
 * difficulty of the rows out, so the interval is narrower than that of two shares.
 * Undefined with fewer than 20 rows, or when no row differs: then nothing can be said of the spread.
 */
export function pairedDifference(ours: readonly number[], theirs: readonly number[]): PairedDifference | undefined {
  const differences = ours.map((score, row) => score - (theirs[row] ?? Number.NaN));
  const n = differences.length;
  if (n < FEWEST_ROWS || n !== theirs.length) return undefined;
  const mean = differences.reduce((sum, difference) => sum + difference, 0) / n;
  const variance = differences.reduce((sum, difference) => sum + (difference - mean) ** 2, 0) / (n - 1);
  if (variance === 0) return undefined;
  const reach = Z * Math.sqrt(variance / n);
  return { mean, low: Math.max(-1, mean - reach), high: Math.min(1, mean + reach) };
}
