import type { CsvOptions, FileFacts } from '../../../src-contract/dataset.ts';
import { StudioError } from '../../../src-contract/errors.ts';
import { isKnownColumnName } from '../column-names.ts';
import { type CsvRecord, CsvRecords } from './csv-records.ts';
import { chooseEncoding, createDecoder } from './encoding.ts';
import type { FileSurvey } from './file-survey.ts';

/** How a file is to be read, and why. */
export interface CsvFormat {
  readonly encoding: string;
  readonly bomBytes: number;
  readonly delimiter: string;
  readonly quote: string;
  readonly header: boolean;
  /** Records before the header: Excel's `sep=;` line. */
  readonly skippedRecords: number;
  readonly reasons: FileFacts['reasons'];
  /** One name a column, unique and not empty, from the header or made up. */
  readonly columns: readonly string[];
}

/**
 * Finds encoding, delimiter and header by evidence, unless they are given. Throws FILE_EMPTY when there are only blanks,
 * and what `chooseEncoding` throws.
 */
export function detectCsvFormat(survey: FileSurvey, options: CsvOptions = {}): CsvFormat {
  const { encoding, bomBytes, reason } = chooseEncoding(survey, options.encoding);
  if (survey.bytes <= bomBytes) throw new StudioError('FILE_EMPTY', { file: survey.name });
  const text = createDecoder(encoding).write(survey.head.subarray(bomBytes));
  const whole = survey.head.length >= survey.bytes;
  if (whole && text.trim() === '') throw new StudioError('FILE_EMPTY', { file: survey.name });
  const separator = /^sep=(.)(?:\r\n|\r|\n)/i.exec(text);
  const delimiter = chooseDelimiter(text, whole, options.delimiter ?? separator?.[1], separator !== null);
  const skippedRecords = separator ? 1 : 0;
  const records = nonBlankRecords(text, delimiter.delimiter, whole).slice(skippedRecords);
  const header = chooseHeader(records, options.header);
  return {
    ...{ encoding, bomBytes, delimiter: delimiter.delimiter, quote: '"', header: header.header, skippedRecords },
    reasons: [
      { about: 'encoding', sentence: reason },
      { about: 'delimiter', sentence: delimiter.sentence },
      { about: 'header', sentence: header.sentence },
    ],
    columns: nameColumns(records, header.header),
  };
}

/** The records of the sample, without blank lines; the last one only where the sample holds it to its end. */
function nonBlankRecords(text: string, delimiter: string, whole: boolean): CsvRecord[] {
  const reader = new CsvRecords({ delimiter, quote: '"' });
  const records = reader.push(text);
  // A file whose first quoted cell is longer than the sample has no whole record in it.
  if (whole || records.length === 0) records.push(...reader.end());
  return records.filter(({ cells }) => cells.length > 0);
}

const candidates = [
  { delimiter: ',', name: 'a comma' },
  { delimiter: ';', name: 'a semicolon' },
  { delimiter: '\t', name: 'a tab' },
  { delimiter: '|', name: 'a bar' },
] as const;

function chooseDelimiter(
  text: string,
  whole: boolean,
  given: string | undefined,
  fromFile: boolean,
): { delimiter: string; sentence: string } {
  if (given !== undefined) {
    return { delimiter: given, sentence: fromFile ? 'The first line of the file names it.' : 'You chose it.' };
  }
  const scored = candidates.map((candidate) => ({ ...candidate, ...scoreDelimiter(text, candidate.delimiter, whole) }));
  const best = scored.reduce((a, b) => (b.score > a.score ? b : a));
  if (best.score === 0) return { delimiter: ',', sentence: 'There is only one column, so nothing separates cells.' };
  const { name, width, share } = best;
  const sentence =
    share === 1
      ? `Split at ${name}, all rows looked at have ${width} cells.`
      : `Split at ${name}, ${Math.round(share * 100)} % of the rows looked at have ${width} cells, as the first row has.`;
  return { delimiter: best.delimiter, sentence };
}

/** How well a delimiter explains the sample: the share of rows as wide as the first, with a little for more columns. */
function scoreDelimiter(
  text: string,
  delimiter: string,
  whole: boolean,
): { score: number; width: number; share: number } {
  const records = nonBlankRecords(text, delimiter, whole);
  const width = records[0]?.cells.length ?? 0;
  if (width < 2) return { score: 0, width, share: 0 };
  const share = records.filter(({ cells }) => cells.length === width).length / records.length;
  // Squared, so that a delimiter that fits all rows beats one that cuts prose into more, uneven pieces.
  return { score: share * share * (1 - 0.5 ** width), width, share };
}

function chooseHeader(
  records: readonly CsvRecord[],
  given: boolean | undefined,
): { header: boolean; sentence: string } {
  if (given !== undefined) return { header: given, sentence: 'You chose it.' };
  const first = records[0]?.cells ?? [];
  const rest = records.slice(1);
  const known = first.find(isKnownColumnName);
  if (known !== undefined) return { header: true, sentence: `The first row holds a usual column name, “${known}”.` };
  const numeric = first.findIndex((cell) => cell !== '' && isNumber(cell));
  const column = rest.map(({ cells }) => cells[numeric] ?? '').filter((cell) => cell !== '');
  if (numeric >= 0 && column.length > 0 && column.every(isNumber)) {
    return { header: false, sentence: `Column ${numeric + 1} holds a number in the first row as in all others.` };
  }
  const longest = Math.max(0, ...first.map((cell) => cell.length));
  if (longest > 200) return { header: false, sentence: 'The first row holds text that is too long for a column name.' };
  return { header: true, sentence: 'The first row reads like column names.' };
}

function isNumber(cell: string): boolean {
  return /^\s*[-+]?(?:\d+(?:[.,]\d+)*|\.\d+)(?:e[-+]?\d+)?\s*%?\s*$/i.test(cell);
}

/** Blank names are made up, and a name that stands twice gets a number, so that every column can be chosen. */
function nameColumns(records: readonly CsvRecord[], header: boolean): string[] {
  const first = records[0]?.cells ?? [];
  const width = header ? first.length : Math.max(0, ...records.slice(0, 100).map(({ cells }) => cells.length));
  const taken = new Set<string>();
  return Array.from({ length: width }, (_, place) => {
    const wanted = (header ? first[place]?.trim() : '') || `column ${place + 1}`;
    let name = wanted;
    for (let number = 2; taken.has(name); number++) name = `${wanted} ${number}`;
    taken.add(name);
    return name;
  });
}
