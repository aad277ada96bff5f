/** What one row says: how much better the one does than the other, and how much the row weighs. */
export interface PairedRow {
  readonly difference: number;
  /** 1, or the tokens of a row where a sum over tokens is compared. */
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
  readonly sure: boolean;
}

/**
 * How sure a difference is that was measured on the same rows: the rows are drawn anew, with replacement, and the middle
 * 95 % of the differences so found make the interval (percentile bootstrap; Efron and Tibshirani 1993, Koehn 2004). With
 * fewer than twenty rows an exact sign test must agree, for the bootstrap knows no row that it hasn't seen.
 */
export function comparePaired(rows: readonly PairedRow[], { seed }: { seed: number }): PairedComparison {
  const better = rows.filter(({ difference }) => difference > 0).length;
  const worse = rows.filter(({ difference }) => difference < 0).length;
  const difference = ratio(rows);
  const drawn = bootstrap(rows, seed);
  const low = quantile(drawn, 0.025);
  const high = quantile(drawn, 0.975);
  const agrees = rows.length >= 20 || signTest(better, worse) < 0.05;
  return {
    ...{ difference, low, high, better, worse, same: rows.length - better - worse },
    sure: (low > 0 || high < 0) && agrees,
  };
}

/** Draws in all, so that many rows don't hold up whoever waits: a fraction of a second. */
const mostDraws = 4e6;

/** The differences of new draws of the rows, rising. */
function bootstrap(rows: readonly PairedRow[], seed: number): Float64Array {
  const count = Math.round(Math.min(10_000, Math.max(1000, mostDraws / Math.max(1, rows.length))));
  const differences = Float64Array.from(rows, (row) => row.difference);
  const weights = Float64Array.from(rows, (row) => row.weight);
  const uniform = uniformNumbers(seed);
  const drawn = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    let sum = 0;
    let weight = 0;
    for (let k = 0; k < rows.length; k++) {
      const row = Math.floor(uniform() * rows.length);
      sum += differences[row] as number;
      weight += weights[row] as number;
    }
    drawn[i] = weight === 0 ? 0 : sum / weight;
  }
  return drawn.sort();
}

function ratio(rows: readonly PairedRow[]): number {
  const weight = rows.reduce((sum, row) => sum + row.weight, 0);
  return weight === 0 ? 0 : rows.reduce((sum, row) => sum + row.difference, 0) / weight;
}

function quantile(rising: Float64Array, share: number): number {
  const place = share * (rising.length - 1);
  const [below, above] = [rising[Math.floor(place)] ?? 0, rising[Math.ceil(place)] ?? 0];
  return below + (above - below) * (place - Math.floor(place));
}

/** Two-sided probability of a split at least as uneven, were either side as likely; rows that don't differ say nothing. */
function signTest(better: number, worse: number): number {
  const n = better + worse;
  let tail = 0;
  for (let k = 0; k <= Math.min(better, worse); k++) tail += choose(n, k);
  return Math.min(1, (2 * tail) / 2 ** n);
}

function choose(n: number, k: number): number {
  let result = 1;
  for (let i = 0; i < k; i++) result = (result * (n - i)) / (i + 1);
  return result;
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
