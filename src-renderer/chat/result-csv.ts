import { spreadsheetCell } from '../../src-contract/spreadsheet-cell.ts';
import type { QueryTable } from './query-results-state.svelte.ts';

/** A table as CSV (RFC 4180). */
export function resultCsv({ columns, rows }: Pick<QueryTable, 'columns' | 'rows'>): string {
  return `${[columns, ...rows].map((row) => row.map(cellCsv).join(',')).join('\r\n')}\r\n`;
}

function cellCsv(cell: string | number | null): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  const text = spreadsheetCell(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
