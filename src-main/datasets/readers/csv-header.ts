import type { FileReason } from '../../../src-contract/file-reason.ts';
import { isKnownColumnName } from '../column-names.ts';
import { isDate, isNumber } from './cell-type.ts';
import type { TableRecord } from './table.ts';
import { isRule } from './table-breaks.ts';

/** Whether the first of these records names the columns, and why. */
export function chooseHeader(
  rows: readonly TableRecord[],
  given: boolean | undefined,
): { header: boolean; reason: FileReason } {
  const because = (header: boolean, code: string, data: FileReason['data'] = {}) => ({
    header,
    reason: { about: 'header' as const, code, data },
  });
  if (given !== undefined) return because(given, 'CHOSEN');
  const first = rows[0]?.cells ?? [];
  const known = first.find(isKnownColumnName);
  if (known !== undefined) return because(true, 'HEADER_KNOWN_NAME', { name: known.trim() });
  const isValue = (cell: string) => isNumber(cell) || isDate(cell);
  const below = (place: number) =>
    rows
      .slice(1, 200)
      .map(({ cells }) => cells[place] ?? '')
      .filter((cell) => cell !== '');
  const numeric = first.findIndex((cell) => cell !== '' && isNumber(cell));
  if (numeric >= 0 && below(numeric).length > 0 && below(numeric).every(isNumber)) {
    return because(false, 'HEADER_NUMBERS', { column: numeric + 1 });
  }
  if (Math.max(0, ...first.map((cell) => cell.length)) > 200) return because(false, 'HEADER_LONG');
  const contrast = contrastAt(first, below, isValue);
  return contrast >= 0 ? because(true, 'HEADER_WORDS', { column: contrast + 1 }) : because(true, 'HEADER_LIKELY');
}

/** A column with words in the first row and values in all others; -1 where there is none. */
function contrastAt(
  first: readonly string[],
  below: (place: number) => string[],
  isValue: (cell: string) => boolean,
): number {
  return first.findIndex((cell, place) => {
    if (cell.trim() === '' || isValue(cell)) return false;
    const cells = below(place);
    return cells.length > 1 && cells.every(isValue);
  });
}

/**
 * How many lines stand above the table's header: a title, a date, a user's name. They have fewer cells than the table, and
 * what follows them must be a header by evidence, or be set apart from them.
 */
export function preambleLines(records: readonly TableRecord[]): number {
  const rows = records.filter(({ cells }) => cells.length > 0);
  const named = namedHeader(rows);
  if (named !== undefined) return named.line - 1;
  const counts = new Map<number, number>();
  for (const { cells } of rows) if (cells.length > 1) counts.set(cells.length, (counts.get(cells.length) ?? 0) + 1);
  const [width = 0] = [...counts].sort((a, b) => b[1] - a[1])[0] ?? [];
  // A spreadsheet gives its title and the line below it as many delimiters as the table has.
  const isPadded = (cells: readonly string[]) => width > 2 && filled(cells) <= Math.min(2, width / 2);
  const start = records.findIndex(({ cells }) => cells.length >= width && !isPadded(cells));
  const header = records[start];
  if (width < 2 || start <= 0 || start > 100 || header?.cells.length !== width) return 0;
  if (records.slice(0, start).every(({ cells }) => isRule(cells))) return header.line - 1;
  const body = records.slice(start).filter(({ cells }) => cells.length > 0);
  const even = body.filter(({ cells }) => cells.length === width).length / body.length;
  if (body.length < 2 || even < 0.8 || header.cells.some((cell) => cell.trim() === '')) return 0;
  const above = records.slice(0, start);
  if (above.every(({ cells }) => cells.length === 0)) return 0;
  const isApart = above.some(({ cells }) => filled(cells) === 0) || above.length > 1;
  const choice = chooseHeader(body, undefined);
  const isHeader = choice.header && choice.reason.code !== 'HEADER_LIKELY';
  return isHeader || (isApart && choice.header) ? header.line - 1 : 0;
}

/** A row of names that are known, two at least and none empty, below lines of which none has as many cells that are filled. */
function namedHeader(rows: readonly TableRecord[]): TableRecord | undefined {
  const place = rows
    .slice(0, 20)
    .findIndex(({ cells }) => cells.filter(isKnownColumnName).length > 1 && cells.every((cell) => cell.trim() !== ''));
  const header = rows[place];
  if (place <= 0 || header === undefined || header.cells.length < 3) return undefined;
  const isAbove = rows
    .slice(0, place)
    .every(({ cells }) => cells.filter((cell) => cell.trim() !== '').length < header.cells.length);
  const isBelow = rows.slice(place + 1).some(({ cells }) => cells.length === header.cells.length);
  return isAbove && isBelow ? header : undefined;
}

/**
 * How many lines at the start are comments behind `#`: those above a line that names columns by evidence, or that is the first of
 * the table's width.
 */
export function commentLines(records: readonly TableRecord[]): number {
  const rows = records.filter(({ cells }) => cells.length > 0);
  const place = rows.findIndex(({ cells }) => !cells[0]?.trimStart().startsWith('#'));
  const first = rows[place];
  if (place <= 0 || first === undefined) return 0;
  const choice = chooseHeader(rows.slice(place), undefined);
  const isNamed = choice.header && choice.reason.code !== 'HEADER_LIKELY';
  const areShort = rows.slice(0, place).every(({ cells }) => cells.length !== first.cells.length);
  return isNamed || areShort ? first.line - 1 : 0;
}

/** How many cells there are up to the last one that is not blank. */
function filled(cells: readonly string[]): number {
  return cells.findLastIndex((cell) => cell.trim() !== '') + 1;
}

/**
 * Blank names are made up, and a name that stands twice gets a number, so that every column can be chosen. Where every row has
 * one cell more than the header, that column gets a name too: the first one where it counts or names the rows, as R writes it.
 */
export function nameColumns(rows: readonly TableRecord[], header: boolean): string[] {
  const first = rows[0]?.cells ?? [];
  const width = header ? first.length : Math.max(0, ...rows.slice(0, 100).map(({ cells }) => cells.length));
  const names = Array.from({ length: width }, (_, place) => (header ? (first[place] ?? '') : ''));
  const below = rows.slice(1, 200).map(({ cells }) => cells);
  const isOneMore = header && width > 1 && below.length > 1 && below.every((cells) => cells.length === width + 1);
  if (!isOneMore || below.every((cells) => cells.at(-1) === '')) return uniqueNames(names);
  const leading = below.map(([cell = '']) => cell);
  const namesRows =
    new Set(leading).size === leading.length && leading.every((cell) => /^[\p{L}\p{N}._-]{1,40}$/u.test(cell));
  return uniqueNames(namesRows ? ['', ...names] : [...names, '']);
}

/** Marks without width, which nobody sees and nobody can type. */
const unseenEnds = /^[\u200b-\u200d\u2060\ufeff]+|[\u200b-\u200d\u2060\ufeff]+$/g;

export function uniqueNames(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((written, place) => {
    const wanted = written.replace(unseenEnds, '').trim() || `column ${place + 1}`;
    let name = wanted;
    // Two ways to write the same letters look alike.
    for (let number = 2; taken.has(name.normalize()); number++) name = `${wanted} ${number}`;
    taken.add(name.normalize());
    return name;
  });
}
