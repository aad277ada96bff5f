import type { NumberedBy } from '../../../src-contract/numbered-by.ts';
import { rowVerdicts } from '../../../src-contract/row-verdict.ts';

/** Index of a reject file's last column, which says why each row was left out. Undefined for any other table. */
export function reasonPlace(columns: readonly string[]): number | undefined {
  const last = columns.length - 1;
  return last > 0 && columns[last]?.startsWith(reasonColumn) ? last : undefined;
}

/** If the table has a column of that name itself, this one gets a number when read. */
export const reasonColumn = 'reason';

/** Where a row was and why it was left out, as written to a reject file: `Line 3: …`, or `b.xlsx, row 3: …`. */
export function leftOutReason(
  place: { by: NumberedBy; number: number; part: string | number | undefined },
  verdict: string,
): string {
  const { by, number, part } = place;
  return `${part === undefined ? `${by.charAt(0).toUpperCase()}${by.slice(1)}` : `${part}, ${by}`} ${number}: ${verdict}`;
}

/** Whether a cell says so, by matching the text before and after a verdict's placeholders. */
export function tellsLeftOut(cell: string): boolean {
  const [, verdict] = /(?:^Line|^Row|^Item|, line|, row|, item) \d+: (.*)$/s.exec(cell) ?? [];
  return verdict !== undefined && sentences.some(([start, end]) => verdict.startsWith(start) && verdict.endsWith(end));
}

const sentences = Object.values(rowVerdicts).map((sentence) => {
  const words = sentence.split(/\{\w+\}/);
  return [words[0] ?? '', words.at(-1) ?? ''] as const;
});
