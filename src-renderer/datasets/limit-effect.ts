import type { TokenLengths } from '../../src-contract/token-lengths.ts';

/** What a token limit does to the rows to be trained on. */
interface LimitEffect {
  readonly whole: number;
  /** Rows whose context is truncated. */
  readonly cut: number;
  /** Rows left out because their target would not fit. */
  readonly leftOut: number;
  /** Tokens trained on, and how many of them are in targets. */
  readonly tokens: number;
  readonly targetTokens: number;
}

export function limitEffect({ rows, whole, kept }: TokenLengths, limit: number): LimitEffect {
  const wholeRows = whole.filter(({ length }) => length <= limit);
  const keptRows = kept.filter(({ length }) => length <= limit);
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const fitting = sum(wholeRows.map((bar) => bar.rows));
  const trained = sum(keptRows.map((bar) => bar.rows));
  return {
    whole: fitting,
    cut: trained - fitting,
    leftOut: rows - trained,
    tokens: sum(wholeRows.map((bar) => bar.rows * bar.length)) + (trained - fitting) * limit,
    targetTokens: sum(keptRows.map((bar) => bar.targetTokens)),
  };
}

/** A histogram of equally wide bars from 0 to `end`; longer rows are counted in the last. */
export function barsOf(lengths: readonly { length: number; rows: number }[], end: number, count: number): number[] {
  const bars = Array.from({ length: count }, () => 0);
  for (const { length, rows } of lengths) {
    const bar = Math.min(count - 1, Math.floor((length / Math.max(1, end)) * count));
    bars[bar] = (bars[bar] ?? 0) + rows;
  }
  return bars;
}
