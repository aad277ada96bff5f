import type { CsvOptions } from '../../../src-contract/dataset.ts';
import { StudioError } from '../../../src-contract/errors.ts';
import type { FileReason } from '../../../src-contract/file-reason.ts';
import { ankiHeader } from './anki-header.ts';
import { detectDialect } from './csv-dialect.ts';
import { chooseHeaderRows, commentLines, preambleLines } from './csv-header.ts';
import { type CsvDialect, CsvRecords } from './csv-records.ts';
import { createDecoder } from './decoder.ts';
import { chooseEncoding } from './encoding.ts';
import type { FileSurvey } from './file-survey.ts';
import { nameColumns, uniqueNames } from './header-names.ts';
import type { TableRecord } from './table.ts';
import { isRule, namesOfSecondTable, withoutBlanks, withoutFrame } from './table-breaks.ts';

/** How to read a file, and why. */
export interface CsvFormat extends CsvDialect {
  readonly encoding: string;
  readonly bomBytes: number;
  /** Number of header rows; 0 if the columns are not named. */
  readonly headerRows: number;
  /** Lines above the table: Excel's `sep=;`, a title, or as given by a person. */
  readonly skippedLines: number;
  /** Those that are not records of the file; a single title line directly above the header is a record. */
  readonly droppedLines: number;
  /** Drawn with bars like a Markdown table: the outer bars are not delimiters, and blanks pad the cells. */
  readonly isDrawn: boolean;
  /** Most rows follow a blank line, as in a file whose line ends were converted twice: it divides nothing. */
  readonly isSpaced: boolean;
  /** Cells have HTML, as Anki says of those that it exports. */
  readonly isHtml: boolean;
  readonly reasons: readonly FileReason[];
  /** One name per column, unique and not empty, from the header or made up. */
  readonly columns: readonly string[];
}

/**
 * Detects encoding, dialect, preamble and header, unless given. Throws FILE_EMPTY if the file is blank (with
 * `keepEmpty`, returns a format for it instead), and whatever `chooseEncoding` throws.
 */
export function detectCsvFormat(
  survey: FileSurvey,
  options: CsvOptions = {},
  { keepEmpty = false }: { keepEmpty?: boolean } = {},
): CsvFormat {
  const { encoding, bomBytes, reason } = chooseEncoding(survey, options.encoding);
  const empty = new StudioError('FILE_EMPTY', { file: survey.name });
  if (survey.bytes <= bomBytes && !keepEmpty) throw empty;
  const whole = survey.head.length >= survey.bytes;
  const decoder = createDecoder(encoding);
  const text = decoder.write(survey.head.subarray(bomBytes)) + (whole ? decoder.end() : '');
  const isAsFound = [options.skipLines, options.header, options.headerRows].every((option) => option === undefined);
  const anki = isAsFound ? ankiHeader(text) : undefined;
  const separator = anki?.delimiter ?? /^\ufeff?sep=(.)(?:\r\n|\r|\n)/i.exec(text)?.[1];
  const given = {
    ...((options.delimiter ?? separator) && { delimiter: options.delimiter ?? separator }),
    ...(options.quote !== undefined && { quote: options.quote }),
    ...(options.escape !== undefined && { escape: options.escape }),
  };
  const isNamed = separator !== undefined && options.delimiter === undefined;
  const skip = options.skipLines ?? anki?.lines ?? (separator === undefined ? 0 : 1);
  const body = withoutLines(text, skip);
  if (whole && body.trim() === '' && !keepEmpty) throw empty;
  let choice = detectDialect(body, whole, given, isNamed);
  const isFree = options.skipLines === undefined && options.header !== false && anki === undefined;
  const comments = isFree ? commentLines(choice.records) : 0;
  const again = isFree ? namesToComeAgain(choice.records) : undefined;
  const drawn = isFree && options.delimiter === undefined ? linesAboveDrawn(body) : 0;
  let preamble = drawn || comments || (isFree && !again ? preambleLines(choice.records) : 0);
  // Lines as wide as the table are records of the file all the same.
  const isPadded = choice.records.some(({ cells, line }) => line <= preamble && cells.length > 2);
  // Without its preamble the table is clearer; if that reveals another delimiter, the preamble may have to be found
  // again.
  if (preamble > 0) {
    const { dialect } = choice;
    choice = detectDialect(withoutLines(body, preamble), whole, given, isNamed);
    if (drawn === 0 && comments === 0 && choice.dialect.delimiter !== dialect.delimiter) {
      const { delimiter, quote } = choice.dialect;
      preamble = preambleLines(detectDialect(body, whole, { ...given, delimiter, quote }, isNamed).records);
      choice = detectDialect(withoutLines(body, preamble), whole, given, isNamed);
    }
  }
  const below = choice.records.filter(({ cells }) => cells.length > 0 && !isRule(cells));
  const apart = options.header === false ? undefined : (again ?? headerApart(below));
  const isDrawn = choice.dialect.delimiter === '|' && choice.records.slice(0, 5).some(({ cells }) => isRule(cells));
  const rows = apart
    ? [{ cells: apart.names, line: below[0]?.line ?? 1 }, ...below.slice(1)]
    : isDrawn
      ? below.map(withoutFrame)
      : below;
  const header = anki ? ankiNames : chooseHeaderRows(rows, options);
  const skippedReason = (): FileReason => {
    if (options.skipLines !== undefined) return { about: 'skipped', code: 'CHOSEN', data: {} };
    if (drawn === 0 && comments > 0) return { about: 'skipped', code: 'SKIPPED_COMMENTS', data: { lines: comments } };
    if (preamble > 0) return { about: 'skipped', code: 'SKIPPED_PREAMBLE', data: { lines: preamble } };
    if (anki) return { about: 'skipped', code: 'SKIPPED_ANKI', data: { lines: anki.lines } };
    return { about: 'skipped', code: separator === undefined ? 'SKIPPED_NONE' : 'SKIPPED_SEPARATOR', data: {} };
  };
  const { columns: named, reasons: ofNames } = nameColumns(rows, header.headerRows, choice.dialect.delimiter);
  const columns = anki ? uniqueNames(anki.namesOf(named.length)) : named;
  const { kept } = withoutBlanks(choice.records, false);
  const isSpaced = kept.filter(({ afterBlank }) => afterBlank).length > kept.length / 2;
  const second = kept.find(
    ({ cells, afterBlank, line }) =>
      afterBlank && !isSpaced && line > 1 && cells !== below[0]?.cells && namesOfSecondTable(cells, columns),
  );
  const secondLine = second && second.line + skip + Math.max(0, preamble);
  return {
    ...{ encoding, bomBytes, ...choice.dialect, headerRows: header.headerRows, skippedLines: skip + preamble },
    isDrawn,
    isSpaced,
    isHtml: anki?.isHtml ?? false,
    droppedLines: preamble > 1 && !isPadded ? skip + preamble : skip,
    reasons: [
      { ...reason },
      ...choice.reasons,
      ...(isDrawn ? [{ about: 'delimiter' as const, code: 'DELIMITER_DRAWN', data: {} }] : []),
      header.reason,
      ...(apart ? [{ about: 'header' as const, code: 'HEADER_DELIMITER', data: { delimiter: apart.delimiter } }] : []),
      ...ofNames,
      skippedReason(),
      ...(secondLine === undefined ? [] : [secondTable(secondLine)]),
    ],
    columns,
  };
}

const ankiNames = { headerRows: 0, reason: { about: 'header', code: 'HEADER_ANKI', data: {} } } as const;

interface NamesApart {
  readonly names: readonly string[];
  readonly delimiter: string;
}

/** The names of a single-cell first row that another delimiter splits into as many cells as the rows below have. */
function headerApart(rows: readonly TableRecord[]): NamesApart | undefined {
  const [first, ...others] = rows;
  const width = others[0]?.cells.length ?? 0;
  const isEven = others.filter(({ cells }) => cells.length === width).length > others.length * 0.9;
  return first && others.length > 1 && isEven ? splitOtherwise(first, width) : undefined;
}

function splitOtherwise({ cells: [first = '', ...others] }: TableRecord, width: number): NamesApart | undefined {
  if (others.length > 0 || width < 2) return undefined;
  for (const delimiter of [',', ';', '\t', '|']) {
    const records = new CsvRecords({ delimiter, quote: '"', escape: '"' });
    const [names] = [...records.push(first), ...records.end()];
    if (names?.cells.length === width) return { names: names.cells, delimiter };
  }
  return undefined;
}

/**
 * The names of a first row that occur again further down, split at the detected delimiter: concatenated files with the
 * same columns. The lines in between are not a preamble, but rows that do not fit.
 */
function namesToComeAgain(records: readonly TableRecord[]): NamesApart | undefined {
  const rows = records.filter(({ cells }) => cells.length > 0).slice(0, 1000);
  const again = rows.find(({ cells }) => cells.length > 1);
  const apart = rows[0] && again && splitOtherwise(rows[0], again.cells.length);
  return apart && apart.names.join('\n') === again?.cells.join('\n') ? apart : undefined;
}

function secondTable(line: number): FileReason {
  return { about: 'skipped', code: 'SECOND_TABLE', data: { line } };
}

/**
 * How many lines of a Markdown text are above its table, if most of the text is that table: titles and sentences, which
 * have no bars.
 */
function linesAboveDrawn(text: string): number {
  const isDrawn = (line: string) => line.includes('|');
  const above = text.split(lineEnd, 100);
  const rule = above.findIndex((line) => drawnRule.test(line.trim()));
  if (rule < 2 || above.findIndex(isDrawn) !== rule - 1) return 0;
  const written = text.split(lineEnd).filter((line) => line.trim() !== '');
  return written.filter(isDrawn).length * 3 >= written.length * 2 ? rule - 1 : 0;
}

/** Blanks are between two signs in one place only, or a long line of them would be split in too many ways. */
const drawnRule = /^\|?\s*(?::?-+:?\s*\|\s*)+(?::?-+:?)?$/;

const lineEnd = /\r\n|\r|\n/;

/** The text after its first lines. */
function withoutLines(text: string, lines: number): string {
  let place = 0;
  for (let left = lines; left > 0 && place < text.length; left--) {
    const end = /\r\n|\r|\n/g;
    end.lastIndex = place;
    place = end.exec(text) ? end.lastIndex : text.length;
  }
  return text.slice(place);
}
