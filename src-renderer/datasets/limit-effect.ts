import type { TokenLengths } from '../../src-contract/token-lengths.ts';

/** What a limit of tokens does to the rows that would be trained on. */
interface LimitEffect {
  readonly whole: number;
  /** Rows whose context is shortened. */
  readonly cut: number;
  /** Rows that are left out, since their target would not fit. */
  readonly leftOut: number;
  /** Tokens that are trained with, and those of the targets among them. */
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

/** A histogram of so many bars of equal width from 0 to `end`; what is longer is counted in the last. */
export function barsOf(lengths: readonly { length: number; rows: number }[], end: number, count: number): number[] {
  const bars = Array.from({ length: count }, () => 0);
  for (const { length, rows } of lengths) {
    const bar = Math.min(count - 1, Math.floor((length / Math.max(1, end)) * count));
    bars[bar] = (bars[bar] ?? 0) + rows;
  }
  return bars;
}
