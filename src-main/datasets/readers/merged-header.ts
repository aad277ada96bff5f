import { isKnownColumnName } from '../importing/column-names.ts';
import { isName } from './cell-type.ts';
import type { TableRecord } from './table.ts';
import type { MergedRange } from './workbook.ts';

/**
 * How many lines of a sheet are a title according to its merged cells: a text across several columns, and what else
 * stands alone in its row, above the first row of several cells.
 */
export function titleLines(records: readonly TableRecord[], merged: readonly MergedRange[]): number {
  const filled = records.filter(({ cells }) => cells.some((cell) => cell.trim() !== ''));
  const place = filled.findIndex(({ cells }) => cells.filter((cell) => cell.trim() !== '').length > 1);
  const [title] = filled;
  const first = filled[place];
  if (place <= 0 || title === undefined || first === undefined) return 0;
  const column = title.cells.findIndex((cell) => cell.trim() !== '');
  const isAcross = merged.some(({ top, left, right }) => top === title.line && left === column && right > left);
  return isAcross ? first.line - 1 : 0;
}

/**
 * How many rows of a sheet name its columns according to its merged cells: the first has names across several columns,
 * the rows below it one for each of these. There must be other names with nothing below them, or a first column with no
 * name at all, as pandas writes row numbers, or common names in the rows below. Undefined if it is not so.
 */
export function headerLines(rows: readonly TableRecord[], merged: readonly MergedRange[]): number | undefined {
  const [first] = rows;
  const inFirst = merged.filter(({ top }) => top === first?.line);
  const groups = inFirst.filter(({ top, left, bottom, right }) => bottom === top && right > left);
  if (first === undefined || groups.length === 0) return undefined;
  const lines = Math.max(2, ...inFirst.map(({ top, bottom }) => bottom - top + 1));
  const header = rows.slice(0, lines);
  const below = header.slice(1);
  const isWhole = rows.length > lines && header.at(-1)?.line === first.line + lines - 1;
  const areNames = header.every(({ cells }) => cells.every((cell) => cell.trim() === '' || isName(cell)));
  const areNamed = groups.every(({ left, right }) =>
    below.some(({ cells }) => cells.slice(left, right + 1).filter(isName).length > 1),
  );
  // Without one of these, the second row may as well be the first of the data.
  const others = first.cells.flatMap((cell, column) =>
    cell.trim() === '' || groups.some(({ left, right }) => left <= column && column <= right) ? [] : [column],
  );
  const reachDown = others.every((column) => below.every(({ cells }) => (cells[column] ?? '').trim() === ''));
  const isUnnamed = header.every(({ cells: [cell = ''] }) => cell.trim() === '');
  const areKnown = below.some(({ cells }) => cells.some(isKnownColumnName));
  const isTold = (others.length > 0 && reachDown) || isUnnamed || areKnown;
  const isHeader = isWhole && areNames && areNamed && isTold;
  return isHeader && lines <= mostLines ? lines : undefined;
}

const mostLines = 3;
