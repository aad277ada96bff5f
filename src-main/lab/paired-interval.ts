import { mean, spread } from './numbers.ts';

/** With fewer than this, nothing is called clear: two agree by chance half of the time, whatever is compared. */
export const fewestPairs = 3;

/** Below this share of the value itself, a difference between single measurements does not count. */
const singleMargin = 0.01;

export interface PairedInterval {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/**
 * The mean of paired differences with its 95 % interval by Student's t. The pairs are losses of two settings for each
 * seed: both have the same rows in the same order, so what a seed does to both cancels. The interval is then about other
 * seeds on the same rows, not about other rows. Or they are two measures for each matrix of an adapter. `chosenFrom`:
 * among how many the better one was picked after seeing them, by which the interval is widened (Bonferroni). Fewer than
 * three pairs have no interval worth the name: one per cent of `level` takes its place, and whoever words the result must
 * claim less.
 */
export function pairedInterval(
  differences: readonly number[],
  { level, chosenFrom = 1 }: { level: number; chosenFrom?: number },
): PairedInterval {
  const middle = mean(differences);
  const n = differences.length;
  const reach =
    n < fewestPairs
      ? singleMargin * Math.abs(level)
      : (studentReach(n - 1, 1 - 0.05 / chosenFrom) * spread(differences)) / Math.sqrt(n);
  return { mean: middle, low: middle - reach, high: middle + reach };
}

/** Whether a training took enough off the base's loss to say anything about what it learned. */
export function hasLearned(base: number, loss: number): boolean {
  return base - loss > singleMargin * base;
}

/** The t that |T| exceeds with probability 1 − `within`, for `freedom` degrees, by bisection. */
function studentReach(freedom: number, within: number): number {
  let [low, high] = [0, 1e6];
  while (high - low > 1e-9 * high) {
    const middle = (low + high) / 2;
    if (studentWithin(middle, freedom) < within) low = middle;
    else high = middle;
  }
  return high;
}

/** P(|T| ≤ t). Source: Abramowitz and Stegun 1964, 26.7.3 and 26.7.4. */
function studentWithin(t: number, freedom: number): number {
  const angle = Math.atan(t / Math.sqrt(freedom));
  const isOdd = freedom % 2 === 1;
  let term = isOdd ? Math.cos(angle) : 1;
  let sum = 0;
  for (let k = isOdd ? 3 : 2; k <= freedom; k += 2) {
    sum += term;
    term *= (Math.cos(angle) ** 2 * (k - 1)) / k;
  }
  return isOdd ? (2 / Math.PI) * (angle + Math.sin(angle) * sum) : Math.sin(angle) * sum;
}
