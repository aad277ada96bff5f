import { median } from '../../src-main/lab/numbers.ts';

/** A summary of measurements; out of a hundred, p99 is the second largest. */
export function timesOf(times: readonly number[]): { middle: number; p99: number; worst: number; count: number } {
  const sorted = times.toSorted((a, b) => a - b);
  return {
    middle: median(sorted),
    p99: sorted[Math.max(0, Math.ceil(0.99 * sorted.length) - 1)] ?? Number.NaN,
    worst: sorted.at(-1) ?? Number.NaN,
    count: sorted.length,
  };
}
