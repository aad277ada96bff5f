// 95 % intervals for the mean of marks given to rows. None has zero width: even identical rows do not say everything
// about the rows to come.

import { setImmediate as nextTurn } from 'node:timers/promises';

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** The 97.5th percentile of the normal distribution. */
const z = 1.959964;

/** The mean of marks from 0 to 1, one per row. */
export async function meanInterval(marks: readonly number[], { seed }: { seed: number }): Promise<Interval> {
  const first = marks[0] ?? 0;
  if (marks.every((mark) => mark === 0 || mark === 1)) {
    return shareInterval(marks.filter((mark) => mark === 1).length, marks.length);
  }
  if (marks.every((mark) => mark === first)) return constantInterval(first, marks.length, { least: 0, most: 1 });
  return bootstrapInterval(
    marks.map((value) => ({ value, weight: 1 })),
    { seed },
  );
}

/**
 * The share of rows that are right, of which `right` of `n` were: the score interval of Wilson 1927, which Newcombe
 * 1998 recommends for few rows and for shares near 0 and 1. Without rows it is [0, 1].
 */
export function shareInterval(right: number, n: number): Interval {
  const middle = (right + z ** 2 / 2) / (n + z ** 2);
  const reach = (z / (n + z ** 2)) * Math.sqrt((right * (n - right)) / Math.max(1, n) + z ** 2 / 4);
  return { low: Math.max(0, middle - reach), high: Math.min(1, middle + reach) };
}

/**
 * The difference of two shares on the same `n` rows, of which `better` are right only by the one and `worse` only by
 * the other: Wald's interval with one more row of each (Bonett and Price 2012), recommended by Fagerland et al. 2014,
 * §8.
 */
export function shareDifferenceInterval(better: number, worse: number, n: number): Interval {
  const [won, lost] = [(better + 1) / (n + 2), (worse + 1) / (n + 2)];
  const reach = z * Math.sqrt((won + lost - (won - lost) ** 2) / (n + 2));
  return { low: Math.max(-1, won - lost - reach), high: Math.min(1, won - lost + reach) };
}

/**
 * The mean when each of `n` rows gave the same `value`, within `least` and `most`: the share of rows with another value
 * is between 0 and Wilson's upper bound for none among `n`, and they could have any value.
 */
export function constantInterval(value: number, n: number, { least, most }: { least: number; most: number }): Interval {
  const { high: unseen } = shareInterval(0, n);
  return { low: value - unseen * (value - least), high: value + unseen * (most - value) };
}

/** A row's contribution to Σ value ÷ Σ weight. */
export interface WeighedValue {
  readonly value: number;
  /** 1, or the tokens of a row for a sum over tokens. */
  readonly weight: number;
}

/**
 * Σ value ÷ Σ weight by the percentiles over resamples of the rows with replacement (bootstrap; Efron and Tibshirani
 * 1993, Koehn 2004). The percentiles lie further out the fewer rows there are, like those of Student's t-distribution:
 * the plain ones cover the mean of ten rows only 90 times in 100 ("expanded percentiles", Hesterberg 2015, §4.1).
 */
export async function bootstrapInterval(rows: readonly WeighedValue[], { seed }: { seed: number }): Promise<Interval> {
  const drawn = await drawnMeans(rows, seed);
  const n = rows.length;
  const outside = n < 2 ? 0 : normalShareBelow(-Math.sqrt(n / (n - 1)) * studentPercentile(n - 1));
  return { low: quantile(drawn, outside), high: quantile(drawn, 1 - outside) };
}

export function weighedMean(rows: readonly WeighedValue[]): number {
  const weight = rows.reduce((sum, row) => sum + row.weight, 0);
  return weight === 0 ? 0 : rows.reduce((sum, row) => sum + row.value, 0) / weight;
}

/** Draws in all, so that many rows take a fraction of a second too. */
const mostDraws = 4e6;

/** Draws between two turns of the event loop: a few milliseconds. */
const drawsATurn = 200_000;

/** The means of resamples of the rows, ascending. */
async function drawnMeans(rows: readonly WeighedValue[], seed: number): Promise<Float64Array> {
  const count = Math.round(Math.min(10_000, Math.max(1000, mostDraws / Math.max(1, rows.length))));
  const values = Float64Array.from(rows, (row) => row.value);
  const weights = Float64Array.from(rows, (row) => row.weight);
  const uniform = uniformNumbers(seed);
  const drawn = new Float64Array(count);
  let draws = 0;
  for (let i = 0; i < count; i++) {
    draws += rows.length;
    if (draws > drawsATurn) {
      await nextTurn();
      draws = rows.length;
    }
    let sum = 0;
    let weight = 0;
    for (let k = 0; k < rows.length; k++) {
      const row = Math.floor(uniform() * rows.length);
      sum += values[row] as number;
      weight += weights[row] as number;
    }
    drawn[i] = weight === 0 ? 0 : sum / weight;
  }
  return drawn.sort();
}

function quantile(rising: Float64Array, share: number): number {
  const place = share * (rising.length - 1);
  const [below, above] = [rising[Math.floor(place)] ?? 0, rising[Math.ceil(place)] ?? 0];
  return below + (above - below) * (place - Math.floor(place));
}

/** The 97.5th percentile of Student's t-distribution, to a hundredth from four degrees of freedom on (Wallace 1959). */
function studentPercentile(degrees: number): number {
  const normal = z * ((8 * degrees + 3) / (8 * degrees + 1));
  return Math.sqrt(degrees * Math.expm1(normal ** 2 / degrees));
}

/** The normal distribution function, for negative `x`, to 1e-7 (Abramowitz and Stegun 1964, 26.2.17). */
function normalShareBelow(x: number): number {
  const t = 1 / (1 - 0.2316419 * x);
  const series = [0.31938153, -0.356563782, 1.781477937, -1.821255978, 1.330274429];
  const sum = series.reduceRight((rest, factor) => t * (factor + rest), 0);
  return (Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)) * sum;
}

/** mulberry32. */
function uniformNumbers(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
