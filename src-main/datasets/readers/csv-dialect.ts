import type { FileReason } from '../../../src-contract/file-reason.ts';
import { isDate, isNumber, typedShare } from './cell-type.ts';
import type { CsvDialect } from './csv-records.ts';
import { fixedColumns, fixedPlaces, oneColumn, runsOfBlanks, textRecords } from './line-records.ts';
import { closingOf, openingQuotes } from './quote-pairs.ts';
import type { TableRecord } from './table.ts';
import { isRule } from './table-breaks.ts';

export interface DialectChoice {
  readonly dialect: CsvDialect;
  /** The records of the sample, including blank lines. */
  readonly records: readonly TableRecord[];
  readonly reasons: readonly FileReason[];
}

/** What a person or the file itself specifies. */
export interface GivenDialect {
  readonly delimiter?: string;
  readonly quote?: string;
  readonly escape?: 'doubled' | '\\';
}

/**
 * Detects delimiter, quote and escape: the dialect under which the rows of the sample have the same number of cells,
 * quotes open and close where they should, and (for characters that also occur in prose) the cells read like values.
 * Judging a dialect by the pattern and types of its cells follows van den Burg, Nazábal and Sutton, 2019, “Wrangling
 * messy CSV files by detecting row and type patterns”.
 *
 * `whole` means that the sample is the whole file.
 */
export function detectDialect(text: string, whole: boolean, given: GivenDialect, isNamed: boolean): DialectChoice {
  const sample = whole ? text : text.slice(0, quickLetters);
  const best = bestOf(sample, whole, given);
  const isSingle = best.width < 2 && given.delimiter === undefined;
  const dialect = isSingle ? ofOneColumn(sample, whole, best.dialect, given) : best.dialect;
  const chosen = text.length < quickLetters && dialect === best.dialect ? best : judge(text, whole, dialect);
  return { dialect, records: chosen.all, reasons: reasonsFor(chosen, text, given, isNamed) };
}

/** Judging all dialects by the beginning is enough, and fast; the winner is then checked on the whole sample. */
const quickLetters = 64 * 1024;

/**
 * A single column is read like comma-separated text: with the detected quote, or with double quotes if those keep more
 * rows whole.
 */
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
/** Characters that hardly occur in text: they compete with the usual ones. */
const odd = ['\x1f', '\x1e', '\x1d', '\x1c', '\x01', '\x02', '^', '~', '¦', '§'];
/** Rarely used, tried only if those above explain nothing. The last ones also occur in prose. */
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
  // A single-cell header above rows of several cells: commas of prose may have split them.
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

/** Commas in prose are always followed by a space. */
function isOfProse(delimiter: string, text: string): boolean {
  return (delimiter === ',' || delimiter === ';') && !new RegExp(`${delimiter}[^ ]`).test(text);
}

/**
 * Whether an odd character may be the delimiter instead of the best of the usual ones. A control character is trusted
 * without a second row. The others also occur in formulas, Korean chat and laws: they are part of the text if a usual
 * delimiter splits all rows evenly, or splits the first row like most rows while the odd one is missing from it.
 */
function isOfOddSigns({ dialect, rows, width, share }: Judged, best: Judged): boolean {
  if (width < 2 || share <= (width > 2 ? 0.6 : 0.8)) return false;
  if (dialect.delimiter < ' ') return true;
  const isEven = best.rows.length > 1 && best.share === 1 && best.damaged === 0;
  const isMissing = rows[0]?.cells.length === 1 && best.share > 0.5;
  const isPartedByUsual = best.width > 1 && best.rows[0]?.cells.length === best.width && (isEven || isMissing);
  return rows.length > 1 && !isPartedByUsual;
}

/** The ASCII unit and record separators, if the text contains both. */
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
 * Rows that are quoted as a whole, written by a program that took each for a single cell: all of them must be,
 * including the header, and their content must split into the same number of cells.
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

/** Columns aligned with blanks, if the lines give reason to think so. */
function judgeAligned(text: string, whole: boolean): Judged | undefined {
  const fixed = fixedPlaces(whole ? text : text.slice(0, text.lastIndexOf('\n')));
  if (!fixed) return undefined;
  const judged = judge(text, whole, { delimiter: fixedColumns, quote: '', escape: '', fixed });
  return judged.width === fixed.starts.length && judged.share > 0.8 ? judged : undefined;
}

/**
 * Prose has blanks too: all lines must have the same number of words, and one column must hold only numbers or dates
 * below its name.
 */
function isBlankTable({ rows, width, share }: Judged, single: Judged): boolean {
  if (width < 2 || width > 100 || rows.length < 3 || share < 1) return false;
  if (single.width < 2 && typedShare(single.rows) > 0.8) return false;
  return hasValues(rows);
}

/** Whether a column holds only numbers or dates below its name. */
function hasValues(rows: readonly TableRecord[]): boolean {
  const isValue = (cell = '') => isNumber(cell) || isDate(cell);
  return rows[0]?.cells.some((_, place) => rows.slice(1).every(({ cells }) => isValue(cells[place]))) === true;
}

function better(a: Judged, b: Judged): Judged {
  return b.score > a.score ? b : a;
}

/** Quotes are considered part of the text only where they would otherwise count as damaged. */
function judgeQuotes(text: string, whole: boolean, delimiter: string, given: GivenDialect): Judged[] {
  const judged = dialectsOf(text, delimiter, given).map((dialect) => judge(text, whole, dialect));
  const [first] = judged;
  if (given.quote !== undefined || !first || first.damaged === 0) return judged;
  const plain = () => judge(text, whole, { delimiter, quote: '', escape: '' });
  // Text between tabs is rarely quoted: if no cell is, quotes that open some cells belong to the text.
  const others = judged.filter(({ dialect }) => dialect.quote !== '"');
  if (delimiter === '\t' && first.opened > 1 && !wrapsCells(first, text)) return [...others, plain()];
  const isDamagedAnyway = judged.every(({ dialect, damaged }) => dialect.quote !== '"' || damaged > 0);
  const unquoted = isDamagedAnyway && isOfText(first, whole) ? plain() : undefined;
  if (unquoted && unquoted.share >= first.share && areSaid(unquoted.rows)) return [...others, unquoted];
  // A single lost quote is damage to its row; many unpaired ones do not quote anything.
  return first.damaged < Math.max(2, first.rows.length * 0.2) ? judged : [...judged, plain()];
}

/** Whether text follows every closing quote, as when cells begin with a quotation. */
function isOfText({ rows, opened, damaged }: Judged, whole: boolean): boolean {
  const followed = rows.filter(({ problem }) => problem === 'TEXT_AFTER_QUOTE').length;
  return followed === damaged && followed >= opened && (whole || opened > 2);
}

/**
 * Whether cells that begin with a quote continue like a sentence after a quotation. A letter directly after the closing
 * quote is damage.
 */
function areSaid(rows: readonly TableRecord[]): boolean {
  const isSaid = (cell: string) => /^"[^"]*"(?![\p{Script=Latin}\p{N}])(?:[^"]|"[^"]*")*$/u.test(cell);
  return rows.every(({ cells }) => cells.every((cell) => !cell.startsWith('"') || isSaid(cell)));
}

/** Whether some cell between tabs has a quote at both ends, on one line or across several. */
function wrapsCells({ rows }: Judged, text: string): boolean {
  const areSeveralLines = rows.some(({ cells, problem }) => !problem && cells.some((cell) => /[\r\n]/.test(cell)));
  return areSeveralLines || /(?<![^\t\r\n])"[^\t\r\n]*"(?![^\t\r\n])/.test(text);
}

/** The quotes and escapes worth trying for this text. */
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

/**
 * Characters with many other uses in text count as a quote only if the first line begins and ends with one and more
 * than two cells open with it.
 */
function wrapping(text: string, delimiter: string): string[] {
  const [line = ''] = text.trimStart().split(/\r\n|\r|\n/, 1);
  const sign = line[0] ?? '';
  const isWrapped = '^~*%#|/$!@&+='.includes(sign) && sign !== delimiter && line.length > 2 && line.endsWith(sign);
  return isWrapped && opens(text, delimiter, sign) > 2 ? [sign] : [];
}

interface Judged {
  readonly dialect: CsvDialect;
  readonly score: number;
  /** The number of cells in most rows, and the share of rows that have it. */
  readonly width: number;
  readonly share: number;
  readonly all: readonly TableRecord[];
  readonly rows: readonly TableRecord[];
  /** Cells that a quote seems to open, cells read as quoted, and records with misplaced quotes. */
  readonly opened: number;
  readonly quoted: number;
  readonly damaged: number;
}

/** How well a dialect explains the sample. */
function judge(text: string, whole: boolean, dialect: CsvDialect): Judged {
  const reader = textRecords(dialect);
  const all = reader.push(text);
  // A file whose first quoted cell is longer than the sample has no complete record in it.
  if (whole || all.length === 0) all.push(...reader.end());
  // Drawn lines say nothing about what separates cells.
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
  // Commas that occur only within numbers are worth less than another delimiter.
  if (dialect.delimiter === ',' && !/(?<!\d),|,(?!\d)/.test(text)) score *= 0.7;
  // Of two that split the rows equally well, prefer the other one.
  if (isOfProse(dialect.delimiter, text)) score *= 0.999;
  return { dialect, score, width, share, all, rows, opened, quoted: reader.quotedCells ?? opened, damaged };
}

/** A column of nothing but a usual delimiter: the characters around it quote the cells rather than separate them. */
function hasSignColumn(rows: readonly TableRecord[]): boolean {
  const [first, second] = rows;
  if (!first || !second) return false;
  return first.cells.some(
    (sign, place) => usual.includes(sign) && rows.every(({ cells }) => (cells[place] ?? sign) === sign),
  );
}

/** A table uses double quotes unless the evidence is clear. */
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
  // Slightly more than double quotes that quote nothing: with those, the same rows would keep their apostrophes.
  const isEscaped = opened > 0 && (dialect.escape === '\\' || isWithinWord(quote + quote, text));
  const isOften = opened >= Math.max(2, rows.length * 0.3) && opens(text, delimiter, '"') * 4 <= opened;
  // What occurs within quotes in every row is not a delimiter, even if it would split all rows evenly.
  if (isOften) return opened >= rows.length ? 1.2 : 1.01;
  // A few quoted cells count if they contain what would otherwise split the rows.
  return isEscaped ? 1.005 : 0.97;
}

/**
 * Whether all double quotes within cells are preceded by a backslash. LaTeX writes umlauts this way (`G\"odel`): if
 * only vowels follow, that is no evidence.
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

/** The first row's width, or that of most rows if a few narrower lines are above them. */
function widthOf(rows: readonly TableRecord[]): { width: number; share: number; value: number } {
  const shareOf = (width: number, among: readonly TableRecord[]) =>
    among.length === 0 ? 0 : among.filter(({ cells }) => cells.length === width).length / among.length;
  // Even if nothing splits the rows, the dialects differ in their quotes.
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

/** A rare delimiter must fit all rows, and the cells must read like values: prose is full of colons and blanks. */
function isTable(judged: Judged, single: Judged): boolean {
  const { dialect, rows, width, share } = judged;
  if (width < 2 || rows.length < 2 || share < 0.9) return false;
  const isProseSign = ' :/=!*@&#\u3000'.includes(dialect.delimiter);
  // Times, addresses and dates are values even before they are split.
  if (isProseSign && single.width < 2 && typedShare(single.rows) > 0.8) return false;
  if (isQuotedThroughout(judged) || isBelowNames(judged)) return true;
  if (share < 0.95) return false;
  if (!isProseSign) return true;
  if (rows.length < 3 || width > 100) return false;
  if (dialect.delimiter !== ' ') return typedShare(rows) >= 0.8;
  // Two words per line are usually a name.
  return typedShare(rows) >= 0.95 && (width > 2 || hasValues(rows));
}

/**
 * Quotes in many rows that all close at the end of a cell; in prose they occur mid-sentence. But a blank follows a
 * quotation as well, so between blanks, several cells of each row must be quoted, or a column must hold values.
 */
function isQuotedThroughout({ dialect, rows, opened, damaged }: Judged): boolean {
  const often = /^\s$/.test(dialect.delimiter) && !hasValues(rows) ? 1.5 : 0.3;
  return rows.length > 2 && damaged === 0 && opened >= Math.max(3, rows.length * often);
}

/** At least three names in the first row, one of them above nothing but values; no cell begins with a blank. */
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

/**
 * Symbol sequences, arrows, dashes and pictographs in the first line, with the blanks around each: `::`, ` => `,
 * ` — `.
 */
function longDelimiters(text: string): string[] {
  const [line = ''] = text.trimStart().split(/\r\n|\r|\n/, 1);
  const found = line.match(/ [→⇒—–] | ?[%&+:;<=>@^|~]{2,4} ?| ?\p{Extended_Pictographic} ?/gu) ?? [];
  return [...new Set(found.flatMap((sign) => [sign, sign.trim()]))].filter(
    (sign) => sign.length > 1 && sign.length <= 8,
  );
}

/** `||`, or a comma plus blank if quotes follow that blank. */
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

/** How many cells seem to begin with this quote; the start of a line within a cell counts too. */
function opens(text: string, delimiter: string, quote: string): number {
  if (quote === '' || !text.includes(quote)) return 0;
  let count = text.startsWith(quote) ? 1 : 0;
  for (const before of [delimiter, '\n', '\r']) count += text.split(before + quote).length - 1;
  return count;
}

function reasonsFor(
  { dialect, rows, share, width, opened, quoted }: Judged,
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
    // A cell that is longer than the sample may well be closed behind it.
    const damaged = rows.filter(({ problem }) => problem !== undefined).length;
    return damaged > 0
      ? about('quote', 'QUOTE_SOME_OPEN', { cells: quoted, damaged })
      : about('quote', 'QUOTE_CELLS', { cells: quoted || opened });
  };
  const reasons = [ofDelimiter(), ofQuote()];
  if (given.escape !== undefined) reasons.push(about('escape', 'CHOSEN'));
  else if (dialect.escape === '\\') reasons.push(about('escape', 'ESCAPE_BACKSLASH'));
  else if (quote !== '' && opened > 0 && text.includes(quote + quote)) reasons.push(about('escape', 'ESCAPE_DOUBLED'));
  return reasons;
}
