import { median } from './numbers.ts';

/** How many times longer than another something takes, and the bounds of that. */
export interface PairedRatio {
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
}

/**
 * The median of the rounds' own ratios, with its 95 % interval from the binomial distribution of ranks: this assumes
 * nothing about the distribution of times, and a round in which the machine was busy with something else is just one
 * round, however long it took (Conover 1999, §3.2). Fewer rounds than `fewestRounds` have no such
 * interval: it is without bounds.
 */
export function pairedRatio(times: readonly number[], bases: readonly number[]): PairedRatio {
  const ratios = times.map((time, i) => time / (bases[i] ?? Number.NaN)).sort((a, b) => a - b);
  const outside = ranksOutside(ratios.length);
  return {
    ratio: median(ratios),
    low: ratios[outside - 1] ?? Number.NEGATIVE_INFINITY,
    high: ratios[ratios.length - outside] ?? Number.POSITIVE_INFINITY,
  };
}

/**
 * The largest k for which the k-th smallest and the k-th largest of `count` values enclose the median with at least
 * 95 %: P(X < k) ≤ 2.5 % for X the number of heads in `count` throws of a coin. Logarithms, as 2⁻ⁿ underflows.
 */
function ranksOutside(count: number): number {
  let logTerm = -count * Math.LN2;
  let below = Math.exp(logTerm);
  let k = 0;
  while (below <= 0.025 && k < count) {
    k++;
    logTerm += Math.log((count - k + 1) / k);
    below += Math.exp(logTerm);
  }
  return k;
}

/** The fewest rounds that have an interval. */
export const fewestRounds = 6;

/** Half the interval's width. */
export function uncertainty({ low, high }: PairedRatio): number {
  return (high - low) / 2;
}

/** Half the interval's width under a name: none for too few rounds, since an infinite one cannot be stored. */
export function intervalOf(name: string, paired: PairedRatio): Record<string, number> {
  const width = uncertainty(paired);
  return Number.isFinite(width) ? { [name]: width } : {};
}
