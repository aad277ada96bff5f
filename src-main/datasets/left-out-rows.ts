import { rowVerdicts } from '../../src-contract/row-verdict.ts';

/** The column of a reject file that tells why each row was left out: the last one. Undefined in a table that has none. */
export function reasonPlace(columns: readonly string[]): number | undefined {
  const last = columns.length - 1;
  return last > 0 && columns[last]?.startsWith(reasonColumn) ? last : undefined;
}

/** Where the table has a column of that name itself, this one gets a number when it is read. */
export const reasonColumn = 'reason';

/** Where a row stood and why it was left out, as a reject file has it. */
export function leftOutReason(line: number, part: string | undefined, verdict: string): string {
  return `${part === undefined ? 'Line' : `${part}, line`} ${line}: ${verdict}`;
}

/** Whether a cell says so: in the words of some verdict, up to what it fills in and behind that. */
export function tellsLeftOut(cell: string): boolean {
  const [, verdict] = /(?:^L|, l)ine \d+: (.*)$/s.exec(cell) ?? [];
  return verdict !== undefined && sentences.some(([start, end]) => verdict.startsWith(start) && verdict.endsWith(end));
}

const sentences = Object.values(rowVerdicts).map((sentence) => {
  const words = sentence.split(/\{\w+\}/);
  return [words[0] ?? '', words.at(-1) ?? ''] as const;
});
