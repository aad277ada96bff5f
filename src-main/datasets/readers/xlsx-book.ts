import { StudioError } from '../../../src-contract/errors.ts';
import type { TableRecord } from './table.ts';
import { attribute, xmlTokens } from './xml-tokens.ts';
import { readEntry, type ZipEntry } from './zip-archive.ts';

export interface Sheet {
  readonly name: string;
  readonly entry: ZipEntry;
}

/**
 * An Excel workbook (ECMA-376). Cells come as text: numbers as they are stored, dates in ISO form, truth as TRUE and FALSE, a
 * formula as the value that was saved with it, or as its own text where there is none. Sheets are read row by row; only the
 * texts that cells share are held.
 */
export class XlsxBook {
  readonly sheets: readonly Sheet[];
  readonly #file: { path: string; name: string };
  readonly #entries: ReadonlyMap<string, ZipEntry>;
  #texts: readonly string[] | undefined;
  #dateStyles: ReadonlySet<number> = new Set();
  #isFrom1904 = false;

  private constructor(
    file: { path: string; name: string },
    entries: ReadonlyMap<string, ZipEntry>,
    sheets: readonly Sheet[],
    isFrom1904: boolean,
  ) {
    this.#file = file;
    this.#entries = entries;
    this.sheets = sheets;
    this.#isFrom1904 = isFrom1904;
  }

  /** Throws FILE_NOT_A_TABLE when there is no sheet, ARCHIVE_UNSAFE when its parts are larger than can be held. */
  static async open(file: { path: string; name: string }, list: readonly ZipEntry[]): Promise<XlsxBook> {
    const entries = new Map(list.map((entry) => [entry.name.replace(/^\//, ''), entry]));
    const shared = entries.get('xl/sharedStrings.xml');
    if (shared && shared.bytes > largestTexts) {
      throw new StudioError('ARCHIVE_UNSAFE', {
        file: file.name,
        reason: 'its texts take more than 256 MB; save the sheet as CSV',
      });
    }
    const targets = new Map<string, string>();
    await each(file, entries.get('xl/_rels/workbook.xml.rels'), (name, attributes) => {
      if (name !== 'Relationship') return;
      const target = attribute(attributes, 'Target') ?? '';
      targets.set(attribute(attributes, 'Id') ?? '', target.startsWith('/') ? target.slice(1) : `xl/${target}`);
    });
    const sheets: Sheet[] = [];
    let isFrom1904 = false;
    await each(file, entries.get('xl/workbook.xml'), (name, attributes) => {
      if (name === 'workbookPr') isFrom1904 = ['1', 'true'].includes(attribute(attributes, 'date1904') ?? '');
      if (name !== 'sheet') return;
      const entry = entries.get(targets.get(attribute(attributes, 'id') ?? '') ?? '');
      if (entry) sheets.push({ name: attribute(attributes, 'name') ?? '', entry });
    });
    if (sheets.length === 0)
      throw new StudioError('FILE_NOT_A_TABLE', { file: file.name, found: 'an Excel workbook without a sheet' });
    return new XlsxBook(file, entries, sheets, isFrom1904);
  }

  /** The rows of a sheet, piece by piece; a row that the file leaves out is a blank one. */
  async *rows(sheet: Sheet, signal?: AbortSignal): AsyncGenerator<TableRecord[], void> {
    await this.#load(signal);
    const state = new RowReader((cell) => this.#textOf(cell));
    for await (const tokens of xmlTokens(readEntry(this.#file.path, this.#file.name, sheet.entry, signal))) {
      for (const token of tokens) {
        if (token.kind === 'open') state.open(token.name, token.attributes, token.isEmpty);
        else if (token.kind === 'close') state.close(token.name);
        else state.text(token.text);
      }
      const records = state.take();
      if (records.length > 0) yield records;
    }
  }

  #textOf({ type, style, value, formula, inline }: RawCell): string {
    if (type === 's') return this.#texts?.[Number(value)] ?? '';
    if (type === 'inlineStr') return inline;
    if (value === '') return formula === '' ? '' : `=${formula}`;
    if (type === 'b') return value === '1' ? 'TRUE' : 'FALSE';
    if (type === 'str' || type === 'e' || type === 'd') return value;
    return this.#dateStyles.has(style) ? isoDate(Number(value), this.#isFrom1904) : plainNumber(value);
  }

  async #load(signal?: AbortSignal): Promise<void> {
    if (this.#texts) return;
    const texts: string[] = [];
    let text: string | undefined;
    let isText = false;
    let isReading = false;
    const shared = this.#entries.get('xl/sharedStrings.xml');
    if (shared) {
      for await (const tokens of xmlTokens(readEntry(this.#file.path, this.#file.name, shared, signal))) {
        for (const token of tokens) {
          if (token.kind === 'text') {
            if (isText && !isReading) text = (text ?? '') + token.text;
          } else if (token.name === 'si') {
            if (token.kind === 'open') text = '';
            if (token.kind === 'close' || token.isEmpty) texts.push(text ?? '');
          } else if (token.name === 't') isText = token.kind === 'open' && !token.isEmpty;
          // How a Chinese or Japanese word is read aloud stands beside it, and is no part of the cell.
          else if (token.name === 'rPh') isReading = token.kind === 'open' && !token.isEmpty;
        }
      }
    }
    const custom = new Map<number, string>();
    const dates = new Set<number>();
    let isCellStyles = false;
    let style = 0;
    await each(this.#file, this.#entries.get('xl/styles.xml'), (name, attributes, isOpen) => {
      if (name === 'numFmt' && isOpen)
        custom.set(Number(attribute(attributes, 'numFmtId')), attribute(attributes, 'formatCode') ?? '');
      if (name === 'cellXfs') isCellStyles = isOpen;
      if (name === 'xf' && isOpen && isCellStyles) {
        const format = Number(attribute(attributes, 'numFmtId') ?? 0);
        if (isDateFormat(format, custom.get(format))) dates.add(style);
        style++;
      }
    });
    this.#dateStyles = dates;
    this.#texts = texts;
  }
}

const largestTexts = 256 * 1024 * 1024;
const mostColumns = 16_384;

interface RawCell {
  readonly type: string;
  readonly style: number;
  readonly value: string;
  readonly formula: string;
  readonly inline: string;
}

/** Gathers the cells of a sheet's rows from its elements. */
class RowReader {
  readonly #textOf: (cell: RawCell) => string;
  #done: TableRecord[] = [];
  #cells: string[] = [];
  #line = 0;
  #column = 0;
  #cell = { type: 'n', style: 0, value: '', formula: '', inline: '' };
  #part: 'value' | 'formula' | 'inline' | undefined;

  constructor(textOf: (cell: RawCell) => string) {
    this.#textOf = textOf;
  }

  open(name: string, attributes: string, isEmpty: boolean): void {
    if (name === 'row') {
      const line = Number(attribute(attributes, 'r') ?? this.#line + 1);
      // Far jumps are the bomb of a sheet: blank rows are told one by one only where they are few.
      if (line - this.#line <= 1000)
        for (let blank = this.#line + 1; blank < line; blank++) this.#done.push({ cells: [], line: blank });
      this.#line = line;
      this.#cells = [];
      this.#column = 0;
      if (isEmpty) this.close('row');
    } else if (name === 'c') {
      const place = columnOf(attribute(attributes, 'r'));
      if (place !== undefined && place < mostColumns) this.#column = place;
      this.#cell = {
        type: attribute(attributes, 't') ?? 'n',
        style: Number(attribute(attributes, 's') ?? 0),
        value: '',
        formula: '',
        inline: '',
      };
      if (isEmpty) this.close('c');
    } else if (!isEmpty) {
      if (name === 'v') this.#part = 'value';
      else if (name === 'f') this.#part = 'formula';
      else if (name === 't') this.#part = 'inline';
    }
  }

  text(text: string): void {
    if (this.#part) this.#cell[this.#part] += text;
  }

  close(name: string): void {
    if (name === 'c') {
      while (this.#cells.length < this.#column) this.#cells.push('');
      this.#cells[this.#column++] = this.#textOf(this.#cell);
    } else if (name === 'row') {
      while (this.#cells.at(-1) === '') this.#cells.pop();
      this.#done.push({ cells: this.#cells, line: this.#line });
    } else this.#part = undefined;
  }

  take(): TableRecord[] {
    const done = this.#done;
    this.#done = [];
    return done;
  }
}

/** `AB12` is in column 27, counted from 0. */
function columnOf(reference: string | undefined): number | undefined {
  const letters = /^[A-Z]{1,3}/.exec(reference ?? '')?.[0];
  if (!letters) return undefined;
  let column = 0;
  for (const letter of letters) column = column * 26 + letter.charCodeAt(0) - 64;
  return column - 1;
}

/** The built-in date formats (ECMA-376 part 1, §18.8.30), and own ones that hold day, month, year, hour or second. */
function isDateFormat(id: number, code: string | undefined): boolean {
  if (code === undefined)
    return (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) || (id >= 50 && id <= 58);
  return /[dmyhs]/i.test(code.replace(/"[^"]*"|\[[^\]]*\]|\\./g, '')) && !/general/i.test(code);
}

/** Days since the end of 1899 (with Lotus's 29 February 1900), or since 1904. */
function isoDate(days: number, isFrom1904: boolean): string {
  if (!Number.isFinite(days)) return '';
  const start = isFrom1904 ? Date.UTC(1904, 0, 1) : Date.UTC(1899, 11, days < 60 ? 31 : 30);
  const date = new Date(start + Math.round(days * 86_400) * 1000);
  if (Number.isNaN(date.getTime())) return String(days);
  const text = date.toISOString();
  if (days < 1) return text.slice(11, 19);
  return Number.isInteger(days) ? text.slice(0, 10) : text.slice(0, 19);
}

/** 0.1 + 0.2 is stored as 0.30000000000000004; people see fifteen digits. */
function plainNumber(value: string): string {
  const number = Number(value);
  return value.length > 15 && Number.isFinite(number) ? String(Number(number.toPrecision(15))) : value;
}

async function each(
  file: { path: string; name: string },
  entry: ZipEntry | undefined,
  use: (name: string, attributes: string, isOpen: boolean) => void,
): Promise<void> {
  if (!entry) return;
  for await (const tokens of xmlTokens(readEntry(file.path, file.name, entry))) {
    for (const token of tokens) {
      if (token.kind === 'open') use(token.name, token.attributes, true);
      else if (token.kind === 'close') use(token.name, '', false);
    }
  }
}
