import { isDate, isNumber } from './cell-type.ts';
import type { TableRecord } from './table.ts';

/** A drawn line, as programs put under a header or around a table: `----+----`, `|:---|---:|`, `=====`. */
export function isRule(cells: readonly string[]): boolean {
  let signs = 0;
  for (const cell of cells) {
    if (!/^[\s:+=|─━-]*$/.test(cell)) return false;
    signs += cell.replace(/[\s:|]/g, '').length;
  }
  return signs >= 3;
}

/** A row of a table drawn with bars, without the outer bars and the padding of its cells. */
export function withoutFrame(record: TableRecord): TableRecord {
  const cells = record.cells.map((cell) => cell.trim());
  const isFramed = cells.length > 2 && cells[0] === '' && cells.at(-1) === '';
  return { ...record, cells: isFramed ? cells.slice(1, -1) : cells };
}

/**
 * The names of another table that seems to begin with this record, which follows a blank line: a row of names, none of
 * them empty or a value, and not all of them the table's own. If there are as many as the table has columns, they must
 * look like plain identifiers.
 */
export function namesOfSecondTable(cells: readonly string[], columns: readonly string[]): string[] | undefined {
  const names = cells.map((cell) => cell.trim());
  while (names.at(-1) === '') names.pop();
  if (names.length < 2 || names.every((name) => columns.includes(name))) return undefined;
  if (new Set(names.map((name) => name.toLowerCase())).size < names.length) return undefined;
  const areNames = names.every(
    (name) => name.length <= 40 && /^[\p{L}_][\p{L}\p{N}_ .()/-]*$/u.test(name) && !isNumber(name) && !isDate(name),
  );
  if (!areNames) return undefined;
  if (names.length !== columns.length) return names;
  return names.every((name) => /^[\p{L}_][\p{L}\p{N}_]*$/u.test(name)) ? names : undefined;
}

/** Drops blank lines and marks the records after them. `isBlank`: whether a blank line precedes the first record. */
export function withoutBlanks(
  records: readonly TableRecord[],
  isBlank: boolean,
): { kept: TableRecord[]; isBlank: boolean } {
  const kept: TableRecord[] = [];
  let wasBlank = isBlank;
  for (const record of records) {
    if (record.cells.length > 0) kept.push(wasBlank ? { ...record, afterBlank: true } : record);
    wasBlank = record.cells.length === 0;
  }
  return { kept, isBlank: wasBlank };
}

/** Whether a row of a sheet adds up the others: a word for it, and otherwise only numbers. */
export function isSums(cells: readonly string[]): boolean {
  const filled = cells.map((cell) => cell.trim()).filter((cell) => cell !== '');
  const numbers = filled.filter((cell) => amount.test(cell)).length;
  return numbers > 0 && numbers === filled.length - 1 && filled.some((cell) => sum.test(cell));
}

const amount = /^[-+(]?\p{Sc}?\s?\d[\d.,'\s]*(?:[%)]|\s?\p{Sc})?$/u;
const sum = /^(?:(?:grand |sub-?)?totals?|sums?|(?:gesamt|zwischen)?summe|gesamt|합계|총계|총합|소계|계)\s*[:：]?$/i;
