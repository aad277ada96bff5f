import type { FileReason } from '../../../src-contract/file-reason.ts';
import { foldColumnName, isKnownColumnName } from '../importing/column-names.ts';
import { NamesApart } from './names-apart.ts';
import type { TableRecord } from './table.ts';

/**
 * The names given by the header rows, joined from top to bottom if there are several (a group's name is above the first
 * of its columns) unless the lowest suffice, and how they were changed. If every row has one cell more than the header, that column gets a name
 * too: the first one if it numbers or names the rows, as R writes it. But no column is added if decimal commas may have
 * split numbers, which is only possible if commas separate the cells; the rows are then reported as too long.
 */
export function nameColumns(
  rows: readonly TableRecord[],
  headerRows: number,
  delimiter?: string,
): { columns: string[]; reasons: FileReason[] } {
  const below = rows.slice(headerRows, headerRows + 200).map(({ cells }) => cells);
  if (headerRows === 0) {
    const width = Math.max(0, ...below.slice(0, 100).map(({ length }) => length));
    return { columns: uniqueNames(Array.from({ length: width }, () => '')), reasons: [] };
  }
  const header = rows.slice(0, headerRows).map(({ cells }) => cells);
  const names = (headerRows > 1 ? lowestNames(header) : undefined) ?? joinedNames(header);
  const isOneMore = names.length > 1 && below.length > 1 && below.every((cells) => cells.length === names.length + 1);
  const mayBeCut = delimiter === ',' && haveDecimalCommas(names, below);
  if (isOneMore && below.some((cells) => cells.at(-1) !== '') && !mayBeCut) {
    const leading = below.map(([cell = '']) => cell);
    const namesRows =
      new Set(leading).size === leading.length && leading.every((cell) => /^[\p{L}\p{N}._-]{1,40}$/u.test(cell));
    if (namesRows) names.unshift('');
    else names.push('');
  }
  const columns = uniqueNames(names);
  return { columns, reasons: nameReasons(names, columns) };
}

/**
 * Whether two adjacent columns look like halves of numbers with decimal commas, with no decimal points and no numbering
 * first column to contradict that.
 */
function haveDecimalCommas(names: readonly string[], below: readonly (readonly string[])[]): boolean {
  const isWhole = (cell = '') => /^\d+$/.test(cell);
  if (below.some((cells) => cells.some((cell) => /^[-+]?\d*\.\d+$/.test(cell)))) return false;
  const isCounted = below.every(
    ([cell], row) => isWhole(cell) && (row === 0 || Number(cell) > Number(below[row - 1]?.[0])),
  );
  const isId = foldColumnName(names[0] ?? '') === 'id';
  if (isCounted && !isId) return false;
  return names.some(
    (_, place) =>
      (place > 0 || !isCounted) &&
      below.every((cells) => isWhole(cells[place]?.replace(/^[-+]/, '')) && isWhole(cells[place + 1])),
  );
}

/** Each column's lowest name, if these differ and some are those that a task looks for; undefined otherwise. */
function lowestNames(header: readonly (readonly string[])[]): string[] | undefined {
  const width = Math.max(...header.map(({ length }) => length));
  const names = Array.from(
    { length: width },
    (_, place) => header.map((cells) => cells[place]?.trim() ?? '').findLast((cell) => cell !== '') ?? '',
  );
  const given = names.filter((name) => name !== '');
  return given.some(isKnownColumnName) && new Set(given).size === given.length ? names : undefined;
}

/** Each column's names from top to bottom; a group's name extends to the right until the next name in its row. */
export function joinedNames(header: readonly (readonly string[])[]): string[] {
  const [first = []] = header;
  if (header.length === 1) return [...first];
  const width = Math.max(...header.map(({ length }) => length));
  const lines = header.map((cells, row) => {
    let group = '';
    return Array.from({ length: width }, (_, place) => {
      const cell = (cells[place] ?? '').trim();
      if (row === header.length - 1) return cell;
      // A name with nothing below it is the column's own.
      if (cell !== '') group = header[row + 1]?.[place]?.trim() ? cell : '';
      return cell || group;
    });
  });
  return Array.from({ length: width }, (_, place) => {
    const parts = lines.map((line) => line[place] ?? '').filter((part) => part !== '');
    return parts.filter((part, at) => part !== parts[at - 1]).join(' ');
  });
}

/** Zero-width characters, which nobody sees and nobody can type. */
const unseenEnds = /^[\u200b-\u200d\u2060\ufeff]+|(?<![\u200b-\u200d\u2060\ufeff])[\u200b-\u200d\u2060\ufeff]+$/g;

/** Unique column names: missing ones are made up, and duplicates get a number, so that every column can be chosen. */
export function uniqueNames(names: readonly string[]): string[] {
  // Different encodings of the same letters look alike.
  const apart = new NamesApart((name) => name.normalize());
  return names.map((written, place) => apart.add(seen(written) || `column ${place + 1}`));
}

/** Which names were made up or numbered; `written` are the names in the file, in the same order. */
export function nameReasons(written: readonly string[], columns: readonly string[]): FileReason[] {
  const made = columns.filter((_, place) => seen(written[place] ?? '') === '');
  const numbered = columns.filter((name, place) => ![name, ''].includes(seen(written[place] ?? '')));
  return [...namedTwice(numbered), ...listed('NAMES_MISSING', made)];
}

/** `names` are those that got a number. */
export function namedTwice(names: readonly string[]): FileReason[] {
  return listed('NAMES_TWICE', names);
}

function listed(code: string, names: readonly string[]): FileReason[] {
  if (names.length === 0) return [];
  const first = names.slice(0, 5).join(', ');
  const shown = first.length > 120 ? `${first.slice(0, 120)} …` : `${first}${names.length > 5 ? ' …' : ''}`;
  return [{ about: 'header', code, data: { names: shown } }];
}

function seen(name: string): string {
  return name.replace(unseenEnds, '').trim();
}
