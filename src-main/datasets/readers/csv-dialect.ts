import type { FileReason } from '../../../src-contract/file-reason.ts';
import { isDate, isNumber, typedShare } from './cell-type.ts';
import type { CsvDialect } from './csv-records.ts';
import { fixedColumns, fixedPlaces, oneColumn, runsOfBlanks, textRecords } from './line-records.ts';
import { closingOf, openingQuotes } from './quote-pairs.ts';
import type { TableRecord } from './table.ts';
import { isRule } from './table-breaks.ts';

export interface DialectChoice {
  readonly dialect: CsvDialect;
  /** The records of the sample, blank lines included. */
  readonly records: readonly TableRecord[];
  readonly reasons: readonly FileReason[];
}

/** What a person or the file itself says. */
export interface GivenDialect {
  readonly delimiter?: string;
  readonly quote?: string;
  readonly escape?: 'doubled' | '\\';
}

/**
 * Finds delimiter, quote and escape by evidence: the dialect under which the rows of the sample have the same number of cells,
 * quotes open and close where they should, and (for signs that also stand in prose) the cells read like values. The idea of
 * judging a dialect by the pattern and the types of its cells is that of van den Burg, Nazábal and Sutton, 2019, “Wrangling
 * messy CSV files by detecting row and type patterns”.
 *
 * `whole` says that the sample is the whole file.
 */
export function detectDialect(text: string, whole: boolean, given: GivenDialect, isNamed: boolean): DialectChoice {
  const sample = whole ? text : text.slice(0, quickLetters);
  const best = bestOf(sample, whole, given);
  const isSingle = best.width < 2 && given.delimiter === undefined;
  const dialect = isSingle ? ofOneColumn(sample, whole, best.dialect, given) : best.dialect;
  const chosen = text.length < quickLetters && dialect === best.dialect ? best : judge(text, whole, dialect);
  return { dialect, records: chosen.all, reasons: reasonsFor(chosen, text, given, isNamed) };
}

/** Judging all dialects on the first letters is enough, and quick; the one that won is looked at in the whole sample. */
const quickLetters = 64 * 1024;

/** What parts no cells is read as commas do: with the quote that was found, or with double quotes where these keep more rows whole. */
function ofOneColumn(text: string, whole: boolean, found: CsvDialect, given: GivenDialect): CsvDialect {
  const cutRows = (dialect: CsvDialect) =>
    judge(text, whole, dialect).rows.filter(({ cells }) => cells.length > 1).length;
  const candidates = dialectsOf(text, ',', given).filter(({ quote }) => quote === '"');
  return candidates.reduce((best, dialect) => (cutRows(dialect) < cutRows(best) ? dialect : best), {
    ...found,
    delimiter: ',',
  });
}

const usual = [',', ';', '\t', '|'];
/** Signs that hardly any text has: they are weighed against the usual ones. */
const odd = ['\x1f', '\x1e', '\x1d', '\x1c', '\x01', '\x02', '^', '~', '¦', '§'];
/** Seldom seen, tried where those above explain nothing. The last ones also stand in prose. */
const rare = ['、', '，', '；', '،', '؛', '#', '&', '@', '*', '!', '=', '/', ':', ' ', '\u3000'];

function bestOf(text: string, whole: boolean, given: GivenDialect): Judged {
  const separated = judgeSeparated(text, whole, given);
  if (separated) return separated;
  const ofUsual = given.delimiter === undefined ? usual : [given.delimiter];
  const ofSigns = (delimiters: readonly string[]) =>
    delimiters
      .filter((delimiter) => text.includes(delimiter))
      .map((delimiter) => judgeQuotes(text, whole, delimiter, given).reduce(better));
  const best = ofUsual.flatMap((delimiter) => judgeQuotes(text, whole, delimiter, given)).reduce(better);
  const ofOdd = given.delimiter === undefined ? ofSigns(odd) : [];
  const first = ofOdd.filter((candidate) => isOfOddSigns(candidate, best)).reduce(better, best);
  const wrapped = first.width < 2 ? judgeWrapped(first, text, whole, given) : undefined;
  if (wrapped) return wrapped;
  if (given.delimiter !== undefined) return first;
  // A header of one name above rows of several cells: prose may have cut them.
  const isCutBelow = (first.rows[0]?.cells.length ?? 0) === 1 && first.width > 1;
  if (first.score < 0.3 || isCutBelow) {
    const aligned = judgeAligned(text, whole);
    if (aligned) return aligned;
    const others = ofSigns(rare).filter((candidate) => isTable(candidate, first));
    if (others.length > 0) return withLongerDelimiter(others.reduce(better), text, whole);
    const quote = given.quote ?? (first.dialect.quote || '"');
    const long = longDelimiters(text)
      .map((delimiter) => judge(text, whole, { delimiter, quote, escape: given.escape === '\\' ? '\\' : quote }))
      .filter(({ rows, width, share }) => width > 1 && rows.length > 2 && share === 1);
    if (long.length > 0) return long.reduce(better);
    const blanks = judge(text, whole, { delimiter: runsOfBlanks, quote: '"', escape: '"' });
    if (isBlankTable(blanks, first)) return blanks;
  }
  const aligned = isOfProse(first.dialect.delimiter, text) ? judgeAligned(text, whole) : undefined;
  if (aligned && aligned.width > Math.max(2, first.width) && aligned.share > 0.95) return aligned;
  return withLongerDelimiter(first, text, whole);
}

/** Commas of prose have a blank behind them, all of them. */
function isOfProse(delimiter: string, text: string): boolean {
  return (delimiter === ',' || delimiter === ';') && !new RegExp(`${delimiter}[^ ]`).test(text);
}

/**
 * Whether an odd sign may be the delimiter in the place of the best of the usual ones. A control sign needs no second row to be
 * believed; the others also stand in formulas, in Korean chat and in laws: where a usual one parts all rows evenly, or the first
 * row as most rows while the odd one is missing from it, they are signs of the text.
 */
function isOfOddSigns({ dialect, rows, width, share }: Judged, best: Judged): boolean {
  if (width < 2 || share <= (width > 2 ? 0.6 : 0.8)) return false;
  if (dialect.delimiter < ' ') return true;
  const isEven = best.rows.length > 1 && best.share === 1 && best.damaged === 0;
  const isMissing = rows[0]?.cells.length === 1 && best.share > 0.5;
  const isPartedByUsual = best.width > 1 && best.rows[0]?.cells.length === best.width && (isEven || isMissing);
  return rows.length > 1 && !isPartedByUsual;
}

/** The separators that ASCII has for cells and records, where both stand in the text. */
function judgeSeparated(text: string, whole: boolean, given: GivenDialect): Judged | undefined {
  if (!text.includes(unitSeparator) || !text.includes(recordSeparator)) return undefined;
  if (given.delimiter !== undefined && given.delimiter !== unitSeparator) return undefined;
  const dialect = { delimiter: unitSeparator, recordEnd: recordSeparator, quote: given.quote ?? '', escape: '' };
  const judged = judge(text, whole, dialect);
  return judged.width > 1 && judged.share > 0.8 ? judged : undefined;
}

const unitSeparator = '\x1f';
const recordSeparator = '\x1e';

/**
 * Rows that are in quotes as a whole, as a program leaves them that took each for one cell: all of them, the header too, and
 * what is in them is cut into as many cells everywhere.
 */
function judgeWrapped(single: Judged, text: string, whole: boolean, given: GivenDialect): Judged | undefined {
  const { rows, damaged, dialect } = single;
  if (dialect.quote !== '"' || dialect.escape !== '"' || damaged > 0 || rows.length < 2) return undefined;
  const lines = text.split(/\r\n|\r|\n/);
  if (!rows.every(({ cells, line }) => cells.length === 1 && lines[line - 1]?.startsWith('"'))) return undefined;
  const candidates = (given.delimiter === undefined ? usual : [given.delimiter])
    .map((delimiter) => judge(text, whole, { delimiter, quote: '"', escape: '"', isWrapped: true }))
    .filter(({ width, share, damaged, rows: [header] }) => {
      return width > 1 && share === 1 && damaged === 0 && header?.cells.length === width;
    });
  return candidates.length > 0 ? candidates.reduce(better) : undefined;
}

/** Columns that are lined up with blanks, where the lines give reason for it. */
function judgeAligned(text: string, whole: boolean): Judged | undefined {
  const fixed = fixedPlaces(whole ? text : text.slice(0, text.lastIndexOf('\n')));
  if (!fixed) return undefined;
  const judged = judge(text, whole, { delimiter: fixedColumns, quote: '', escape: '', fixed });
  return judged.width === fixed.starts.length && judged.share > 0.8 ? judged : undefined;
}

/** Prose has blanks too: all lines must have as many words, and one column of them nothing but numbers or dates below its name. */
function isBlankTable({ rows, width, share }: Judged, single: Judged): boolean {
  if (width < 2 || width > 100 || rows.length < 3 || share < 1) return false;
  if (single.width < 2 && typedShare(single.rows) > 0.8) return false;
  return hasValues(rows);
}

/** Whether a column holds nothing but numbers or dates below its name. */
function hasValues(rows: readonly TableRecord[]): boolean {
  const isValue = (cell = '') => isNumber(cell) || isDate(cell);
  return rows[0]?.cells.some((_, place) => rows.slice(1).every(({ cells }) => isValue(cells[place]))) === true;
}

function better(a: Judged, b: Judged): Judged {
  return b.score > a.score ? b : a;
}

/** Whether quotes are only signs of the text is asked where they would be damaged otherwise. */
function judgeQuotes(text: string, whole: boolean, delimiter: string, given: GivenDialect): Judged[] {
  const judged = dialectsOf(text, delimiter, given).map((dialect) => judge(text, whole, dialect));
  const [first] = judged;
  if (given.quote !== undefined || !first || first.damaged === 0) return judged;
  const plain = () => judge(text, whole, { delimiter, quote: '', escape: '' });
  // Texts between tabs are seldom wrapped at all: where none is, quotes that open some of them are their own.
  const others = judged.filter(({ dialect }) => dialect.quote !== '"');
  if (delimiter === '\t' && first.opened > 1 && !wrapsCells(first, text)) return [...others, plain()];
  const isDamagedAnyway = judged.every(({ dialect, damaged }) => dialect.quote !== '"' || damaged > 0);
  const unquoted = isDamagedAnyway && isOfText(first, whole) ? plain() : undefined;
  if (unquoted && unquoted.share >= first.share && areSaid(unquoted.rows)) return [...others, unquoted];
  // One quote that was lost is damage of its row; where many are alone, they wrap nothing.
  return first.damaged < Math.max(2, first.rows.length * 0.2) ? judged : [...judged, plain()];
}

/** Whether words follow on every quote that closes, as where a cell begins with what somebody said. */
function isOfText({ rows, opened, damaged }: Judged, whole: boolean): boolean {
  const followed = rows.filter(({ problem }) => problem === 'TEXT_AFTER_QUOTE').length;
  return followed === damaged && followed >= opened && (whole || opened > 2);
}

/** Whether cells that begin with a quote go on as a sentence does behind what somebody said. A letter that follows on it at once is damage. */
function areSaid(rows: readonly TableRecord[]): boolean {
  const isSaid = (cell: string) => /^"[^"]*"(?![\p{Script=Latin}\p{N}])(?:[^"]|"[^"]*")*$/u.test(cell);
  return rows.every(({ cells }) => cells.every((cell) => !cell.startsWith('"') || isSaid(cell)));
}

/** Whether a quote stands at both ends of some cell between tabs, on one line or over several. */
function wrapsCells({ rows }: Judged, text: string): boolean {
  const areSeveralLines = rows.some(({ cells, problem }) => !problem && cells.some((cell) => /[\r\n]/.test(cell)));
  return areSeveralLines || /(?<![^\t\r\n])"[^\t\r\n]*"(?![^\t\r\n])/.test(text);
}

/** The quotes and escapes that the text gives reason to try. */
function dialectsOf(text: string, delimiter: string, given: GivenDialect): CsvDialect[] {
  const quotes =
    given.quote !== undefined
      ? [given.quote]
      : [
          '"',
          ...["'", '`', ...openingQuotes].filter((quote) => opens(text, delimiter, quote) > (quote === "'" ? 0 : 1)),
          ...wrapping(text, delimiter),
        ];
  const fixed = delimiter === fixedColumns ? { fixed: fixedPlaces(text) ?? oneColumn } : {};
  return quotes.flatMap((quote) => {
    const closing = closingOf(quote, delimiter, text);
    const signs = { delimiter, quote, ...(closing !== quote && { closing }), ...fixed };
    if (given.escape !== undefined) return [{ ...signs, escape: given.escape === 'doubled' ? quote : given.escape }];
    const doubled = { ...signs, escape: quote };
    const hasBackslash = [closing, delimiter, '\n', '\r'].some((sign) => sign !== '' && text.includes(`\\${sign}`));
    return hasBackslash ? [doubled, { ...signs, escape: '\\' }] : [doubled];
  });
}

/** Signs that stand in texts for much else: as a quote where the first line begins and ends with it, and more cells than two do. */
function wrapping(text: string, delimiter: string): string[] {
  const [line = ''] = text.trimStart().split(/\r\n|\r|\n/, 1);
  const sign = line[0] ?? '';
  const isWrapped = '^~*%#|/$!@&+='.includes(sign) && sign !== delimiter && line.length > 2 && line.endsWith(sign);
  return isWrapped && opens(text, delimiter, sign) > 2 ? [sign] : [];
}

interface Judged {
  readonly dialect: CsvDialect;
  readonly score: number;
  /** How many cells most rows have, and the share of rows that have them. */
  readonly width: number;
  readonly share: number;
  readonly all: readonly TableRecord[];
  readonly rows: readonly TableRecord[];
  /** Cells that a quote seems to open, those that are read as quoted, and the records in which quotes are not as they should be. */
  readonly opened: number;
  readonly quoted: number;
  readonly damaged: number;
}

/** How well a dialect explains the sample. */
function judge(text: string, whole: boolean, dialect: CsvDialect): Judged {
  const reader = textRecords(dialect);
  const all = reader.push(text);
  // A file whose first quoted cell is longer than the sample has no whole record in it.
  if (whole || all.length === 0) all.push(...reader.end());
  // Lines that are drawn say nothing of what separates cells.
  const rows = all.filter(({ cells }) => cells.length > 0 && !isRule(cells));
  const damaged =
    rows.filter(({ problem }) => problem !== undefined).length +
    (!whole && reader.waitingLetters > text.length / 2 ? 1 : 0);
  const { width, share, value } = widthOf(rows);
  const opened = dialect.quote === '' ? 0 : opens(text, dialect.delimiter, dialect.quote);
  let score = value;
  if (damaged > 0) score *= 1 - Math.min(0.9, (damaged / rows.length) * 0.9);
  score *= quoteTrust(dialect, { opened, damaged, rows, text });
  if (hasSignColumn(rows)) score *= 0.5;
  // Commas that stand in numbers alone are worth less than what else parts the rows.
  if (dialect.delimiter === ',' && !/(?<!\d),|,(?!\d)/.test(text)) score *= 0.7;
  // Of two that part the rows alike, the other one is meant.
  if (isOfProse(dialect.delimiter, text)) score *= 0.999;
  return { dialect, score, width, share, all, rows, opened, quoted: reader.quotedCells ?? opened, damaged };
}

/** A column of nothing but one delimiter: what stands around it wraps the cells and does not part them. */
function hasSignColumn(rows: readonly TableRecord[]): boolean {
  const [first, second] = rows;
  if (!first || !second) return false;
  return first.cells.some(
    (sign, place) => usual.includes(sign) && rows.every(({ cells }) => (cells[place] ?? sign) === sign),
  );
}

/** Double quotes are what a table has unless the evidence is clear. */
function quoteTrust(
  dialect: CsvDialect,
  found: { opened: number; damaged: number; rows: readonly TableRecord[]; text: string },
): number {
  const { quote, delimiter } = dialect;
  const { opened, damaged, rows, text } = found;
  if (quote === '"' && dialect.escape === quote) return 1;
  if (quote === '"' && damaged > 0) return 0.5;
  if (quote === '"') return areEscaped(text, delimiter) ? 1.001 : 0.999;
  if (quote === '') {
    const wrapped = rows.some(({ cells }) =>
      cells.some((cell) => cell.length > 1 && cell.startsWith('"') && cell.endsWith('"')),
    );
    return wrapped ? 0 : 0.98;
  }
  if (damaged > 0) return dialect.escape === '\\' ? 0.5 : 0;
  // A little more than double quotes that quote nothing: under them, the same rows would keep their apostrophes.
  const isEscaped = opened > 0 && (dialect.escape === '\\' || isWithinWord(quote + quote, text));
  const isOften = opened >= Math.max(2, rows.length * 0.3) && opens(text, delimiter, '"') * 4 <= opened;
  // What every row has in them parts no cells, also where it would part all of them alike.
  if (isOften) return opened >= rows.length ? 1.2 : 1.01;
  // A few cells in them count where they hold what would part the rows otherwise.
  return isEscaped ? 1.005 : 0.97;
}

/**
 * Whether the double quotes within cells stand behind a backslash, all of them. LaTeX writes its umlauts so (`G\"odel`): where
 * vowels alone follow on them, they are no evidence.
 */
function areEscaped(text: string, delimiter: string): boolean {
  const isEdge = (sign: string | undefined) =>
    sign === undefined || sign === '\n' || sign === '\r' || delimiter.includes(sign);
  let escaped = 0;
  for (let found = text.indexOf('"'); found >= 0; found = text.indexOf('"', found + 1)) {
    const after = text[found + 1];
    if (text[found - 1] === '\\') escaped += /^[aeiouy{\\]/i.test(after ?? '') ? 0 : 1;
    else if (!isEdge(text[found - 1]) && !isEdge(after)) return false;
  }
  return escaped > 0;
}

function isWithinWord(sign: string, text: string): boolean {
  for (let found = text.indexOf(sign); found >= 0; found = text.indexOf(sign, found + 1)) {
    if (/^\p{L}$/u.test(text[found - 1] ?? '') && /^\p{L}$/u.test(text[found + sign.length] ?? '')) return true;
  }
  return false;
}

/** The first row's width, or that of most rows where a few narrower lines stand above them. */
function widthOf(rows: readonly TableRecord[]): { width: number; share: number; value: number } {
  const shareOf = (width: number, among: readonly TableRecord[]) =>
    among.length === 0 ? 0 : among.filter(({ cells }) => cells.length === width).length / among.length;
  // Where nothing parts the rows, the dialects still differ in their quotes.
  const value = (width: number, share: number) => (width < 2 ? 0.001 : share * share * (1 - 0.5 ** width));
  const first = rows[0]?.cells.length ?? 0;
  const firstShare = shareOf(first, rows);
  const counts = new Map<number, number>();
  for (const { cells } of rows) counts.set(cells.length, (counts.get(cells.length) ?? 0) + 1);
  const [most = 0] = [...counts].filter(([width]) => width > 1).sort((a, b) => b[1] - a[1])[0] ?? [];
  const from = rows.findIndex(({ cells }) => cells.length === most);
  const below = rows.slice(Math.max(0, from));
  const isPreamble = from > 0 && below.length > 1 && rows.slice(0, from).every(({ cells }) => cells.length < most);
  const mostShare = shareOf(most, isPreamble ? below : rows);
  const ofFirst = value(first, firstShare);
  const isClear = isPreamble ? mostShare > 0.7 : mostShare >= 0.5 && rows.length > 3;
  const ofMost = isClear ? value(most, mostShare) * (isPreamble ? 0.7 : 0.5) : 0;
  return ofMost > ofFirst
    ? { width: most, share: mostShare, value: ofMost }
    : { width: first, share: firstShare, value: ofFirst };
}

/** A rare delimiter must fit all rows, and what stands between must read like values: prose is full of colons and blanks. */
function isTable(judged: Judged, single: Judged): boolean {
  const { dialect, rows, width, share } = judged;
  if (width < 2 || rows.length < 2 || share < 0.9) return false;
  const isProseSign = ' :/=!*@&#\u3000'.includes(dialect.delimiter);
  // Times, addresses and dates are values already before they are cut.
  if (isProseSign && single.width < 2 && typedShare(single.rows) > 0.8) return false;
  if (isQuotedThroughout(judged) || isBelowNames(judged)) return true;
  if (share < 0.95) return false;
  if (!isProseSign) return true;
  if (rows.length < 3 || width > 100) return false;
  if (dialect.delimiter !== ' ') return typedShare(rows) >= 0.8;
  // Two words on each line are a name, as a rule.
  return typedShare(rows) >= 0.95 && (width > 2 || hasValues(rows));
}

/**
 * Quotes in many rows that all close where a cell ends: in prose they stand in the midst of sentences. Behind what somebody said
 * comes a blank as well: between blanks it takes several cells of each row, or a column of values.
 */
function isQuotedThroughout({ dialect, rows, opened, damaged }: Judged): boolean {
  const often = /^\s$/.test(dialect.delimiter) && !hasValues(rows) ? 1.5 : 0.3;
  return rows.length > 2 && damaged === 0 && opened >= Math.max(3, rows.length * often);
}

/** Names in the first row, three at least, and one of them above values alone; no cell begins with a blank. */
function isBelowNames({ dialect, rows, width }: Judged): boolean {
  const [first, ...below] = rows;
  if (width < 3 || first?.cells.length !== width) return false;
  const areNames = first.cells.every((cell) => /^[\p{L}_][\p{L}\p{M}\p{N}_ .-]{0,39}$/u.test(cell));
  const isSpaced = dialect.delimiter !== ' ' && below.some(({ cells }) => cells.some((cell) => /^\s/.test(cell)));
  const isOfValues = (place: number) => {
    const cells = below.map((row) => row.cells[place] ?? '').filter((cell) => cell !== '');
    return cells.length > 1 && cells.filter((cell) => isNumber(cell) || isDate(cell)).length > cells.length * 0.9;
  };
  return areNames && !isSpaced && first.cells.some((_, place) => isOfValues(place));
}

/** Signs side by side in the first line, and symbols, each with the blanks around it: `::`, ` => `, ` — `. */
function longDelimiters(text: string): string[] {
  const [line = ''] = text.trimStart().split(/\r\n|\r|\n/, 1);
  const found = line.match(/ [→⇒—–] | ?[%&+:;<=>@^|~]{2,4} ?| ?\p{Extended_Pictographic} ?/gu) ?? [];
  return [...new Set(found.flatMap((sign) => [sign, sign.trim()]))].filter(
    (sign) => sign.length > 1 && sign.length <= 8,
  );
}

/** `||`, or a comma with a blank behind it where quotes stand behind that blank. */
function withLongerDelimiter(found: Judged, text: string, whole: boolean): Judged {
  const { rows, dialect, width } = found;
  if (rows.length < 2 || width < 2) return found;
  const isDoubled =
    width >= 3 &&
    rows.every(
      ({ cells }) => cells.length % 2 === 1 && cells.every((cell, place) => (place % 2 === 0) === (cell !== '')),
    );
  if (isDoubled) return judge(text, whole, { ...dialect, delimiter: dialect.delimiter.repeat(2) });
  const blank = [' ', '\t'].find(
    (sign) =>
      rows.some(({ cells }) => cells.some((cell) => cell.startsWith(`${sign}"`))) &&
      rows.every(({ cells }) => cells.slice(1).every((cell) => cell.startsWith(sign))),
  );
  if (blank === undefined) return found;
  const spaced = judge(text, whole, { ...dialect, delimiter: dialect.delimiter + blank });
  return spaced.damaged === 0 && spaced.share >= found.share ? spaced : found;
}

/** How many cells seem to begin with this quote: at the start of a line within a cell, it counts too. */
function opens(text: string, delimiter: string, quote: string): number {
  if (quote === '' || !text.includes(quote)) return 0;
  let count = text.startsWith(quote) ? 1 : 0;
  for (const before of [delimiter, '\n', '\r']) count += text.split(before + quote).length - 1;
  return count;
}

function reasonsFor(
  { dialect, share, width, opened, quoted, damaged }: Judged,
  text: string,
  given: GivenDialect,
  isNamed: boolean,
): FileReason[] {
  const { delimiter, quote } = dialect;
  const about = (part: FileReason['about'], code: string, data: FileReason['data'] = {}): FileReason => ({
    about: part,
    code,
    data,
  });
  const ofDelimiter = (): FileReason => {
    if (given.delimiter !== undefined) return about('delimiter', isNamed ? 'DELIMITER_NAMED' : 'CHOSEN');
    if (width < 2) return about('delimiter', 'DELIMITER_NONE');
    if (delimiter === fixedColumns) {
      const places = (dialect.fixed?.starts ?? []).map((start) => start + 1).join(', ');
      return about('delimiter', 'DELIMITER_FIXED', {
        places: places.length > 120 ? `${places.slice(0, 120)} …` : places,
      });
    }
    if (delimiter === runsOfBlanks) return about('delimiter', 'DELIMITER_BLANKS', { cells: width });
    if (share === 1) return about('delimiter', 'DELIMITER_ALL', { delimiter, cells: width });
    return about('delimiter', 'DELIMITER_SHARE', { delimiter, percent: Math.round(share * 100), cells: width });
  };
  const ofQuote = (): FileReason => {
    if (given.quote !== undefined) return about('quote', 'CHOSEN');
    if (dialect.isWrapped) return about('quote', 'QUOTE_ROWS');
    if (quote === '') return about('quote', 'QUOTE_PLAIN');
    if (opened === 0) return about('quote', 'QUOTE_UNUSED');
    return damaged > 0
      ? about('quote', 'QUOTE_SOME_OPEN', { cells: quoted, damaged })
      : about('quote', 'QUOTE_CELLS', { cells: quoted });
  };
  const reasons = [ofDelimiter(), ofQuote()];
  if (given.escape !== undefined) reasons.push(about('escape', 'CHOSEN'));
  else if (dialect.escape === '\\') reasons.push(about('escape', 'ESCAPE_BACKSLASH'));
  else if (quote !== '' && opened > 0 && text.includes(quote + quote)) reasons.push(about('escape', 'ESCAPE_DOUBLED'));
  return reasons;
}
