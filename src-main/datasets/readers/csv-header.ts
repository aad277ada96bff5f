import type { CsvOptions } from '../../../src-contract/dataset.ts';
import type { FileReason } from '../../../src-contract/file-reason.ts';
import { isKnownColumnName } from '../importing/column-names.ts';
import { isDate, isName, isNumber, isSentence } from './cell-type.ts';
import { joinedNames } from './header-names.ts';
import type { TableRecord } from './table.ts';
import { isRule } from './table-breaks.ts';

/** Whether the first of these records names the columns, and why. */
function chooseHeader(
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
  const others = rows.slice(1, 200);
  // A note below the table, or a truncated row, says nothing about the columns.
  const whole = others.filter(({ cells }) => cells.length === first.length);
  const below = (place: number) =>
    (whole.length > others.length / 2 ? whole : others)
      .map(({ cells }) => cells[place] ?? '')
      .filter((cell) => cell !== '');
  const isOneOf = (is: (cell: string) => boolean) => (cell: string, place: number) =>
    is(cell) && below(place).length > 0 && below(place).every(is);
  const numeric = areCounted(first, below) ? -1 : first.findIndex(isOneOf(isNumber));
  // A word above dates names its column, whatever is above the other columns.
  const dated = contrastAt(first, below, isDate) >= 0 ? -1 : first.findIndex(isOneOf(isDate));
  const value = numeric >= 0 ? numeric : dated;
  if (value >= 0) return because(false, 'HEADER_NUMBERS', { column: value + 1 });
  if (first.some((cell) => cell.length > 200)) return because(false, 'HEADER_LONG');
  const contrast = contrastAt(first, below, isValue);
  if (contrast >= 0) return because(true, 'HEADER_WORDS', { column: contrast + 1 });
  const said = first.findIndex((cell, place) => isStatement(cell) && areSentences(below(place)));
  if (said >= 0) return because(false, 'HEADER_SENTENCE', { column: said + 1 });
  const repeated = repeatedAt(first, others);
  return repeated >= 0 ? because(false, 'HEADER_REPEATED', { column: repeated + 1 }) : because(true, 'HEADER_LIKELY');
}

/** A column whose first cell, such as a label, occurs in several rows below; -1 if there is none. */
function repeatedAt(first: readonly string[], below: readonly TableRecord[]): number {
  // The names themselves come again where files were concatenated.
  const rows = below.filter(({ cells }) => cells.join('\n') !== first.join('\n'));
  return first.findIndex((cell, place) => {
    if (cell.trim() === '' || missingWord.test(cell.trim())) return false;
    return rows.filter(({ cells }) => cells[place] === cell).length > 1;
  });
}

/** A full sentence ending in a period; questions do not count, because surveys use them as column names. */
function isStatement(cell: string): boolean {
  return /^(?:\S+\s+){3,}\S*\p{L}[.。]["'”’»」』)]*$|^\S{8,}。[”」』]*$/u.test(cell.trim());
}

/** Whether most end like sentences: agreement and numbers below a statement are answers to it, as in a survey. */
function areSentences(cells: readonly string[]): boolean {
  return cells.filter(isSentence).length > cells.length / 2;
}

/**
 * Whether consecutive numbers name the columns: years, or the columns' own numbers above something other than numbers.
 */
function areCounted(first: readonly string[], below: (place: number) => string[]): boolean {
  const numbers = first.filter(isNumber).map(Number);
  const [start = 0] = numbers;
  if (numbers.length < 3 || numbers.some((number, at) => number !== start + at)) return false;
  const isYear = (cell: string) => Number(cell) >= 1800 && Number(cell) < 2100;
  // Years above years are just another row.
  if (isYear(`${start}`)) return first.some((cell, place) => isNumber(cell) && !below(place).every(isYear));
  const isAlone = numbers.length === first.length && (start === 0 || start === 1);
  return isAlone && first.some((_, place) => !below(place).every(isNumber));
}

/**
 * How many rows name the columns, and why: none, one, or several if there are names above the values of at least two
 * columns, or groups of columns have a name.
 */
export function chooseHeaderRows(
  rows: readonly TableRecord[],
  { header: given, headerRows: givenRows }: Pick<CsvOptions, 'header' | 'headerRows'>,
): { headerRows: number; reason: FileReason } {
  if (givenRows !== undefined && given !== false) {
    return { headerRows: givenRows, reason: { about: 'header', code: 'CHOSEN', data: {} } };
  }
  const { header, reason } = chooseHeader(rows, given);
  if (!header) return { headerRows: 0, reason };
  if (given === undefined) {
    const several = rowsOfNames(rows);
    const headerRows = withRowNames(rows, several ?? 2);
    if (several !== undefined)
      return { headerRows, reason: { about: 'header', code: 'HEADER_ROWS', data: { rows: headerRows } } };
    if (areGroups(rows)) return { headerRows, reason: { about: 'header', code: 'HEADER_GROUPS', data: {} } };
  }
  return { headerRows: 1, reason };
}

/** Whether the first row repeats a group's name above each of its columns, and the second has common column names. */
function areGroups(rows: readonly TableRecord[]): boolean {
  const [first = [], second = []] = rows.slice(0, 2).map(({ cells }) => cells.map((cell) => cell.trim()));
  const isGrouped = (cell: string, place: number) =>
    cell !== '' && (cell === first[place - 1] || cell === first[place + 1]);
  const named = second.filter((_, place) => isGrouped(first[place] ?? '', place));
  const names = joinedNames([first, second]).filter((name) => name !== '');
  const comesAgain = rows
    .slice(2, 200)
    .some(({ cells }) => cells.some((cell, at) => cell !== '' && cell === second[at]));
  return (
    rows.length > 2 &&
    first.length === second.length &&
    named.some(isKnownColumnName) &&
    !named.includes('') &&
    [...first, ...second].every((cell) => cell === '' || isName(cell)) &&
    new Set(names).size === names.length &&
    !comesAgain
  );
}

/**
 * How many rows the header has with the row below it in which only columns without a name have one: pandas writes the
 * names of a table's row numbers there.
 */
export function withRowNames(rows: readonly TableRecord[], headerRows: number): number {
  const next = rows[headerRows]?.cells ?? [];
  const isUnnamed = (place: number) =>
    rows.slice(0, headerRows).every(({ cells }) => (cells[place] ?? '').trim() === '');
  const areNames = next.every((cell, place) => cell.trim() === '' || (isUnnamed(place) && isName(cell)));
  return areNames && next.some((cell) => cell.trim() !== '') ? headerRows + 1 : headerRows;
}

/**
 * Header of several rows, at most three. At least two columns below must hold only numbers or dates, in three rows or
 * more, with words above. The header rows after the first name the members of a group above them, repeat it, or give
 * units: a row with words of its own under every name belongs to the data.
 */
function rowsOfNames(rows: readonly TableRecord[]): number | undefined {
  const isValue = (cell: string) => isNumber(cell) || isDate(cell);
  const mayName = (cell: string) => isName(cell) && !missingWord.test(cell);
  return [3, 2].find((count) => {
    if (rows.length < count + 3) return false;
    const header = rows.slice(0, count).map(({ cells }) => cells.map((cell) => cell.trim()));
    const [first = []] = header;
    const last = header.at(-1) ?? [];
    const below = (place: number) => rows.slice(count, count + 200).map(({ cells }) => (cells[place] ?? '').trim());
    const places = last.flatMap((cell, place) => {
      const cells = below(place).filter((each) => each !== '');
      return mayName(cell) && cells.length >= 3 && cells.every(isValue) ? [place] : [];
    });
    if (places.length < 2) return false;
    const above = places.map((place) => first[place] ?? '');
    const isGrouped = above.includes('') || new Set(above).size < above.length;
    const areNames = header.every((cells, row) =>
      cells.every((cell) => cell === '' || mayName(cell) || (isGrouped && row < count - 1 && cell.length <= 60)),
    );
    const saysMore = (cell: string, place: number) =>
      !places.includes(place) && cell !== '' && cell !== first[place] && !/^[([].*[)\]]$/.test(cell);
    const isRow = !isGrouped && header.slice(1).some((cells) => cells.some(saysMore));
    const names = joinedNames(header);
    // A cell that occurs again below is data, not a name.
    const isAlone = last.every((cell, place) => cell === '' || !below(place).includes(cell));
    const areTold = new Set(names).size >= new Set(first).size;
    return areNames && !isRow && isAlone && areTold && above.some((cell) => cell !== '');
  });
}

const missingWord = /^(?:n\.?[/.]?a\.?|nan|null|nil|none|missing|unknown|tbd|pending|-+|\?+)$/i;

/** A column with a word in the first row and values in all others; -1 if there is none. */
function contrastAt(
  first: readonly string[],
  below: (place: number) => string[],
  isValue: (cell: string) => boolean,
): number {
  return first.findIndex((cell, place) => {
    if (cell.trim() === '' || isValue(cell) || missingWord.test(cell.trim())) return false;
    const cells = below(place);
    return cells.length > 1 && cells.every(isValue);
  });
}

/**
 * How many lines precede the table's header: a title, a date, a user's name. They have fewer cells than the table, and
 * the record after them must be a clear header or be set apart from them. Empty columns on the left do not count: many
 * sheets begin in column B.
 */
export function preambleLines(records: readonly TableRecord[]): number {
  const indents = records
    .map(({ cells }) => cells.findIndex((cell) => cell.trim() !== ''))
    .filter((place) => place >= 0);
  const indent = indents.length > 0 ? Math.min(...indents) : 0;
  return linesAbove(indent > 0 ? records.map((each) => ({ ...each, cells: each.cells.slice(indent) })) : records);
}

function linesAbove(records: readonly TableRecord[]): number {
  const rows = records.filter(({ cells }) => cells.length > 0);
  // Rows of nothing but delimiters at the very top, above names; above other rows they are a header without names.
  const begin = records.findIndex(({ cells }) => filled(cells) > 0);
  if (begin > 0 && records.slice(0, begin).some(({ cells }) => cells.length > 1)) {
    const below = records.slice(begin);
    const { header, reason } = chooseHeader(below, undefined);
    const isNamed = header && reason.code !== 'HEADER_LIKELY';
    return linesAbove(below) || (isNamed ? (records[begin]?.line ?? 1) - 1 : 0);
  }
  const named = namedHeader(rows);
  if (named !== undefined) return named.line - 1;
  const counts = new Map<number, number>();
  for (const { cells } of rows) if (cells.length > 1) counts.set(cells.length, (counts.get(cells.length) ?? 0) + 1);
  const [width = 0] = [...counts].sort((a, b) => b[1] - a[1])[0] ?? [];
  // Spreadsheets give a title and the line below it as many delimiters as the table has.
  const isPadded = (cells: readonly string[]) => filled(cells) <= Math.min(2, width / 2);
  const start = records.findIndex(({ cells }) => cells.length >= width && !isPadded(cells));
  const header = records[start];
  if (width < 2 || start <= 0 || start > 100 || header?.cells.length !== width) return 0;
  if (records.slice(0, start).every(({ cells }) => isRule(cells))) return header.line - 1;
  const body = records.slice(start).filter(({ cells }) => cells.length > 0);
  const even = body.filter(({ cells }) => cells.length === width).length / body.length;
  // The title may be in column A of a sheet whose table begins further right.
  const indent = header.cells.findIndex((cell) => cell.trim() !== '');
  const isIndented = body.every(({ cells }) => cells.slice(0, indent).every((cell) => cell.trim() === ''));
  const names = isIndented ? header.cells.slice(indent) : header.cells;
  if (body.length < 2 || even < 0.8 || names.some((cell) => cell.trim() === '')) return 0;
  const above = records.slice(0, start);
  if (above.every(({ cells }) => cells.length === 0)) return 0;
  // In a table of two columns, lines with an empty second cell may be rows without a target.
  const mayBeRows = width === 2 && above.some(({ cells }) => cells.length === 2);
  const isApart = above.some(({ cells }) => filled(cells) === 0) || (above.length > 1 && !mayBeRows);
  const choice = chooseHeader(body, undefined);
  const isHeader = choice.header && choice.reason.code !== 'HEADER_LIKELY';
  const areTitled = even === 1 && body.length > 3 && width > 2 && areNames(header.cells);
  // A single word may be the remains of a row.
  const isTitle = areTitled && above[0]?.cells.length === 1 && /\S\s+\S/.test(above[0].cells[0] ?? '');
  return isHeader || ((isApart || isTitle) && choice.header) ? header.line - 1 : 0;
}

/** Short words without sentence punctuation, all different. */
function areNames(cells: readonly string[]): boolean {
  const isName = (cell: string) => cell.length <= 40 && /^\p{L}/u.test(cell) && !/[.?!。,;]$/.test(cell);
  return cells.every(isName) && new Set(cells).size === cells.length;
}

/** A row with at least two known names and no empty cells, below lines that all have fewer filled cells. */
function namedHeader(rows: readonly TableRecord[]): TableRecord | undefined {
  const place = rows
    .slice(0, 20)
    .findIndex(({ cells }) => cells.filter(isKnownColumnName).length > 1 && cells.every((cell) => cell.trim() !== ''));
  const header = rows[place];
  if (place <= 0 || header === undefined) return undefined;
  const isAbove = rows
    .slice(0, place)
    .every(({ cells }) => cells.filter((cell) => cell.trim() !== '').length < header.cells.length);
  const isBelow = rows.slice(place + 1).some(({ cells }) => cells.length === header.cells.length);
  return isAbove && isBelow ? header : undefined;
}

/**
 * How many lines at the start are `#` comments: those above a line that clearly names columns, or that is the first
 * with the table's width.
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

/** The number of cells up to the last non-blank one. */
function filled(cells: readonly string[]): number {
  return cells.findLastIndex((cell) => cell.trim() !== '') + 1;
}
