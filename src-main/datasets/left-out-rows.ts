import { rowVerdicts } from '../../src-contract/row-verdict.ts';

/** Index of a reject file's last column, which says why each row was left out. Undefined for any other table. */
export function reasonPlace(columns: readonly string[]): number | undefined {
  const last = columns.length - 1;
  return last > 0 && columns[last]?.startsWith(reasonColumn) ? last : undefined;
}

/** If the table has a column of that name itself, this one gets a number when read. */
export const reasonColumn = 'reason';

/** Where a row was and why it was left out, as written to a reject file. */
export function leftOutReason(line: number, part: string | undefined, verdict: string): string {
  return `${part === undefined ? 'Line' : `${part}, line`} ${line}: ${verdict}`;
}

/** Whether a cell says so, by matching the text before and after a verdict's placeholders. */
export function tellsLeftOut(cell: string): boolean {
  const [, verdict] = /(?:^L|, l)ine \d+: (.*)$/s.exec(cell) ?? [];
  return verdict !== undefined && sentences.some(([start, end]) => verdict.startsWith(start) && verdict.endsWith(end));
}

const sentences = Object.values(rowVerdicts).map((sentence) => {
  const words = sentence.split(/\{\w+\}/);
  return [words[0] ?? '', words.at(-1) ?? ''] as const;
});
