import { expect } from 'vitest';

/**
 * The largest difference of equally many numbers, relative to the largest magnitude in `b`: single values near zero have
 * no relative meaning.
 */
export function worstDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  let [worst, largest] = [0, 1e-12];
  for (let i = 0; i < a.length; i++) {
    worst = Math.max(worst, Math.abs((a[i] as number) - (b[i] as number)));
    largest = Math.max(largest, Math.abs(b[i] as number));
  }
  return worst / largest;
}
