/** Comparing and formatting the numbers of a result. */

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Sample standard deviation; 0 for a single value. */
export function spread(values: readonly number[]): number {
  if (values.length < 2) return 0;
  const middle = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1));
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? (sorted[half] ?? 0) : ((sorted[half - 1] ?? 0) + (sorted[half] ?? 0)) / 2;
}

/** Three significant figures: 0.0323, 2.90, 21.7, 1,034. */
export function significant(value: number, digits = 3): string {
  if (value === 0 || !Number.isFinite(value)) return value === 0 ? '0' : '–';
  if (Math.abs(value) >= 10 ** digits) return Math.round(value).toLocaleString('en-GB');
  const figures = { minimumSignificantDigits: digits, maximumSignificantDigits: digits };
  return value.toLocaleString('en-GB', figures);
}

export function percent(share: number, digits = 1): string {
  if (!Number.isFinite(share)) return '–';
  const rounded = (share * 100).toFixed(digits);
  return `${Number(rounded) === 0 ? rounded.replace('-', '') : rounded.replace('-', '−')} %`;
}

/** As a change: signed, unless it rounds to zero. */
export function signedPercent(share: number): string {
  const text = percent(share);
  return share > 0 && text !== percent(0) ? `+${text}` : text;
}

/** A share with its margin as a percentage, or without one if there is none. */
export function withMargin(text: string, margin: number, digits = 1): string {
  return Number.isFinite(margin) ? `${text} ± ${percent(margin, digits)}` : text;
}

export function bytes(value: number): string {
  if (value < 1e6) return `${significant(value / 1e3)} KB`;
  if (value < 1e9) return `${significant(value / 1e6)} MB`;
  return `${significant(value / 1e9)} GB`;
}

/** Below a tenth of a millisecond, repeats do not agree on more than two figures. */
export function milliseconds(value: number): string {
  return `${significant(value, value < 0.1 ? 2 : 3)} ms`;
}
