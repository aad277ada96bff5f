import type { FileReason } from '../../../src-contract/file-reason.ts';
import { freeName } from '../../free-name.ts';
import { foldColumnName } from '../column-names.ts';
import type { TableRecord } from './table.ts';

/**
 * The names that the first rows give, one below the other where there are several (a name of a group stands above the first of its
 * columns), and what was made of them. Where every row has one cell more than the header, that column gets a name too: the
 * first one where it counts or names the rows, as R writes it. Where a decimal comma may have cut a number in two, which it can only
 * where commas part the cells, no column gets one, and the rows are told to have too many cells.
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
  const names = joinedNames(rows.slice(0, headerRows).map(({ cells }) => cells));
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
 * Whether two columns side by side read like the halves of numbers with decimal commas, and neither a decimal point nor a first
 * column that counts the rows speaks against it.
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

/** Of each column the names above each other; what names a group holds on to the right, until the next name in its row. */
export function joinedNames(header: readonly (readonly string[])[]): string[] {
  const [first = []] = header;
  if (header.length === 1) return [...first];
  const width = Math.max(...header.map(({ length }) => length));
  const lines = header.map((cells, row) => {
    let group = '';
    return Array.from({ length: width }, (_, place) => {
      const cell = (cells[place] ?? '').trim();
      if (row === header.length - 1) return cell;
      // One with nothing below it is the name of its own column.
      if (cell !== '') group = header[row + 1]?.[place]?.trim() ? cell : '';
      return cell || group;
    });
  });
  return Array.from({ length: width }, (_, place) => {
    const parts = lines.map((line) => line[place] ?? '').filter((part) => part !== '');
    return parts.filter((part, at) => part !== parts[at - 1]).join(' ');
  });
}

/** Marks without width, which nobody sees and nobody can type. */
const unseenEnds = /^[\u200b-\u200d\u2060\ufeff]+|(?<![\u200b-\u200d\u2060\ufeff])[\u200b-\u200d\u2060\ufeff]+$/g;

/** The names of columns: blank ones are made up, and a name that stands twice gets a number, so that every column can be chosen. */
export function uniqueNames(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((written, place) => {
    // Two ways to write the same letters look alike.
    const name = freeName(seen(written) || `column ${place + 1}`, (wanted) => taken.has(wanted.normalize()));
    taken.add(name.normalize());
    return name;
  });
}

/** Which names were made up or got a number; `written` are the names as they stand in the file, in the same order. */
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
