import { bootstrapInterval, constantInterval, shareDifferenceInterval, weighedMean } from './interval.ts';

/** What one row says: how much better the first does than the second, and how much the row weighs. */
export interface PairedRow {
  readonly difference: number;
  /** 1, or the tokens of a row when a sum over tokens is compared. */
  readonly weight: number;
}

export interface PairedComparison {
  /** Σ difference ÷ Σ weight. */
  readonly difference: number;
  /** Ends of the 95 % interval. */
  readonly low: number;
  readonly high: number;
  readonly better: number;
  readonly worse: number;
  readonly same: number;
  /** The interval excludes zero. */
  readonly sure: boolean;
}

/**
 * How certain a difference measured on the same rows is, by a bootstrap over them. A bootstrap knows no row that it
 * hasn't seen, so with fewer than twenty rows that differ an exact sign test (McNemar's, if rows are right or wrong)
 * must agree; if it doesn't, the interval is extended to zero. Shares then get an interval made for few rows. `bounded`
 * says that no row can differ by more than 1: true of all marks but a loss.
 */
export async function comparePaired(
  rows: readonly PairedRow[],
  { seed, bounded }: { seed: number; bounded: boolean },
): Promise<PairedComparison> {
  const better = rows.filter(({ difference }) => difference > 0).length;
  const worse = rows.filter(({ difference }) => difference < 0).length;
  const few = better + worse < 20;
  const values = rows.map(({ difference: value, weight }) => ({ value, weight }));
  const first = rows[0]?.difference ?? 0;
  const interval =
    bounded && rows.every(({ difference }) => difference === first)
      ? constantInterval(first, rows.length, { least: -1, most: 1 })
      : bounded && few && rows.every(({ difference }) => Number.isInteger(difference))
        ? shareDifferenceInterval(better, worse, rows.length)
        : await bootstrapInterval(values, { seed });
  const reachesZero = few && signTest(better, worse) >= 0.05;
  const low = reachesZero ? Math.min(0, interval.low) : interval.low;
  const high = reachesZero ? Math.max(0, interval.high) : interval.high;
  return {
    difference: weighedMean(values),
    ...{ low, high, better, worse, same: rows.length - better - worse },
    sure: low > 0 || high < 0,
  };
}

/**
 * Two-sided probability of a split at least as uneven if both sides were equally likely; equal rows say nothing. The
 * terms are relative to the middle one, as 2 to the power of a thousand rows is no number.
 */
export function signTest(better: number, worse: number): number {
  const n = better + worse;
  let [term, tail, all] = [1, 0, 0];
  for (let k = Math.floor(n / 2); k >= 0; k--) {
    if (k <= Math.min(better, worse)) tail += term;
    all += 2 * k === n ? term : 2 * term;
    term *= k / (n - k + 1);
  }
  return Math.min(1, (2 * tail) / all);
}
