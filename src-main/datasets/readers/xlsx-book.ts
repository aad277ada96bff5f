import { posix } from 'node:path';
import { StudioError } from '../../../src-contract/errors.ts';
import { because } from '../../../src-contract/failure-reason.ts';
import { fileKinds } from '../../../src-contract/file-kind.ts';
import { type CodeFormat, codeFormat, codeText } from './code-format.ts';
import { withoutHalves } from './half-letters.ts';
import type { TableRecord } from './table.ts';
import {
  type MergedRange,
  mostBlankRows,
  mostColumns,
  plainNumber,
  type Sheet,
  type SheetMarks,
  topLines,
  type Workbook,
} from './workbook.ts';
import { elements, tokensOf, tooLong } from './workbook-xml.ts';
import { attribute, longestToken } from './xml-tokens.ts';
import { readEntry, type ZipEntry } from './zip-archive.ts';

interface XlsxSheet extends Sheet {
  readonly entry: ZipEntry;
}

/** Where the workbook is within an archive, according to `_rels/.rels`; undefined if the archive is not a workbook. */
export async function workbookPath(
  file: { path: string; name: string },
  list: readonly ZipEntry[],
  signal?: AbortSignal,
): Promise<string | undefined> {
  const entries = partsOf(list);
  for (const { type, target } of (await relationships(file, { entries, part: '' }, signal)).values()) {
    if (type === 'officeDocument' && /\.xml$/.test(target) && /(?:^|\/)xl\//.test(target) && entries.has(target))
      return target;
  }
  return entries.has('xl/workbook.xml') ? 'xl/workbook.xml' : undefined;
}

/** By name; writers use either case and either slash. */
function partsOf(list: readonly ZipEntry[]): ReadonlyMap<string, ZipEntry> {
  return new Map(list.map((entry) => [partName(entry.name), entry]));
}

function partName(name: string): string {
  return posix
    .normalize(name.replaceAll('\\', '/'))
    .replace(/^(?:\.*\/)+/, '')
    .toLowerCase();
}

/**
 * The parts that a part refers to by id: the last word of the relation's type, and the path, resolved against the
 * part's own folder.
 */
async function relationships(
  file: { path: string; name: string },
  { entries, part }: { entries: ReadonlyMap<string, ZipEntry>; part: string },
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, { type: string; target: string }>> {
  const found = new Map<string, { type: string; target: string }>();
  const folder = posix.dirname(part);
  const list = entries.get(partName(`${folder}/_rels/${posix.basename(part)}.rels`));
  for await (const { name, attributes } of elements(file, list, signal)) {
    if (name !== 'Relationship') continue;
    const target = (attribute(attributes, 'Target') ?? '').replaceAll('\\', '/');
    found.set(attribute(attributes, 'Id') ?? '', {
      type: posix.basename(attribute(attributes, 'Type') ?? ''),
      target: partName(target.startsWith('/') ? target : `${folder}/${target}`),
    });
  }
  return found;
}

/**
 * An Excel workbook (ECMA-376). Cells are returned as text: numbers as stored, dates in ISO form, booleans as TRUE and
 * FALSE, a formula as its saved value, or as its own text if it has none. Sheets are read row by row; only the shared
 * strings are held in memory.
 */
export class XlsxBook implements Workbook<XlsxSheet> {
  readonly sheets: readonly XlsxSheet[];
  readonly #file: { path: string; name: string };
  readonly #texts: ZipEntry | undefined;
  readonly #styles: ZipEntry | undefined;
  readonly #isFrom1904: boolean;
  #known: { readonly texts: readonly string[]; readonly styles: ReadonlyMap<number, CellStyle> } | undefined;

  private constructor(
    file: { path: string; name: string },
    parts: {
      sheets: readonly XlsxSheet[];
      texts: ZipEntry | undefined;
      styles: ZipEntry | undefined;
      isFrom1904: boolean;
    },
  ) {
    this.#file = file;
    this.sheets = parts.sheets;
    this.#texts = parts.texts;
    this.#styles = parts.styles;
    this.#isFrom1904 = parts.isFrom1904;
  }

  /**
   * `workbook` is the result of `workbookPath`. Throws FILE_NOT_A_TABLE if there is no sheet, ARCHIVE_UNSAFE if its
   * parts are too large to hold in memory.
   */
  static async open(
    file: { path: string; name: string },
    { entries: list, workbook }: { entries: readonly ZipEntry[]; workbook: string },
    signal?: AbortSignal,
  ): Promise<XlsxBook> {
    const entries = partsOf(list);
    const related = await relationships(file, { entries, part: workbook }, signal);
    const partOf = (kind: string, usual: string) => {
      const named = [...related.values()].find(({ type }) => type === kind)?.target;
      return entries.get(named ?? '') ?? entries.get(usual);
    };
    const texts = partOf('sharedStrings', 'xl/sharedstrings.xml');
    if (texts && texts.bytes > largestTexts) {
      throw new StudioError('ARCHIVE_UNSAFE', {
        file: file.name,
        ...because('XLSX_TEXTS_TOO_LARGE'),
      });
    }
    const sheets: XlsxSheet[] = [];
    let isFrom1904 = false;
    for await (const { name, attributes, isOpen } of elements(file, entries.get(workbook), signal)) {
      if (name === 'workbookPr' && isOpen) isFrom1904 = ['1', 'true'].includes(attribute(attributes, 'date1904') ?? '');
      if (name !== 'sheet') continue;
      const { type, target = '' } = related.get(attribute(attributes, 'id') ?? '') ?? {};
      const entry = type === 'chartsheet' || type === 'dialogsheet' ? undefined : entries.get(target);
      const isHidden = (attribute(attributes, 'state') ?? 'visible') !== 'visible';
      if (entry) sheets.push({ name: attribute(attributes, 'name') ?? '', entry, isHidden });
    }
    if (sheets.length === 0)
      throw new StudioError('FILE_NOT_A_TABLE', { file: file.name, found: fileKinds.XLSX_EMPTY });
    return new XlsxBook(file, { sheets, texts, styles: partOf('styles', 'xl/styles.xml'), isFrom1904 });
  }

  async *rows(sheet: XlsxSheet, signal?: AbortSignal): AsyncGenerator<TableRecord[], void> {
    const { texts, styles } = await this.#load(signal);
    const state = new RowReader(
      (cell) => this.#textOf(cell, texts, styles),
      () => tooLong(this.#file, sheet.entry),
    );
    for await (const tokens of tokensOf(this.#file, sheet.entry, signal)) {
      for (const token of tokens) {
        if (token.kind === 'open') state.open(token.name, token.attributes, token.isEmpty);
        else if (token.kind === 'close') state.close(token.name);
        else state.text(token.text);
      }
      const records = state.take();
      if (records.length > 0) yield records;
    }
  }

  async marks(sheet: XlsxSheet, signal?: AbortSignal): Promise<SheetMarks> {
    let [merged, firstMerged, hiddenRows, hiddenColumns, rest] = [0, '', 0, 0, ''];
    const mergedAtTop: MergedRange[] = [];
    // These are in tags or row attributes that can be found without parsing.
    for await (const chunk of readEntry(this.#file.path, this.#file.name, sheet.entry, signal)) {
      const text = rest + chunk.toString('latin1');
      const tags = text.includes('mergeCell ') ? [...text.matchAll(/mergeCell ref="([A-Z]+\d+:[A-Z]+\d+)"/g)] : [];
      if (merged === 0) firstMerged = tags[0]?.[1] ?? '';
      merged += tags.length;
      const ranges = tags.map(([, range = '']) => mergedRange(range));
      mergedAtTop.push(...ranges.filter(({ top }) => top <= topLines));
      for (const [tag, name] of text.includes(' hidden="') ? text.matchAll(hiddenTag) : []) {
        if (name === 'row') hiddenRows++;
        else hiddenColumns += Math.max(1, Number(attribute(tag, 'max')) - Number(attribute(tag, 'min')) + 1);
      }
      const open = text.lastIndexOf('<');
      const isCut = open > text.lastIndexOf('>') && text.length - open < longestMarkTag;
      rest = isCut ? text.slice(open) : '';
    }
    return { merged, firstMerged, mergedAtTop, hiddenRows, hiddenColumns };
  }

  #textOf(
    { type, style, value, formula, inline }: RawCell,
    texts: readonly string[],
    styles: ReadonlyMap<number, CellStyle>,
  ): string {
    if (type === 's') return texts[Number(value)] ?? '';
    if (type === 'inlineStr') return withControls(inline);
    if (value === '') return formula === '' ? '' : `=${formula}`;
    if (type === 'b') return value === '1' ? 'TRUE' : 'FALSE';
    if (type === 'str') return withControls(value);
    if (type === 'e' || type === 'd') return value;
    const shown = styles.get(style);
    const days = Number(value);
    if (shown === undefined || !(days >= 0)) return plainNumber(value);
    if (shown === 'elapsed') return elapsed(days);
    return shown === 'date' ? isoDate(days, this.#isFrom1904) : (codeText(days, shown) ?? plainNumber(value));
  }

  async #load(
    signal?: AbortSignal,
  ): Promise<{ readonly texts: readonly string[]; readonly styles: ReadonlyMap<number, CellStyle> }> {
    if (this.#known) return this.#known;
    const texts: string[] = [];
    let text: string | undefined;
    let isText = false;
    let isReading = false;
    if (this.#texts) {
      for await (const tokens of tokensOf(this.#file, this.#texts, signal)) {
        for (const token of tokens) {
          if (token.kind === 'text') {
            if (isText && !isReading) text = (text ?? '') + token.text;
          } else if (token.name === 'si') {
            if (token.kind === 'open') text = '';
            if (token.kind === 'close' || token.isEmpty) texts.push(withControls(text ?? ''));
          } else if (token.name === 't') isText = token.kind === 'open' && !token.isEmpty;
          // Phonetic readings of Chinese or Japanese words are not part of the cell.
          else if (token.name === 'rPh') isReading = token.kind === 'open' && !token.isEmpty;
        }
      }
    }
    const custom = new Map<number, string>();
    const styles = new Map<number, CellStyle>();
    let isCellStyles = false;
    let style = 0;
    for await (const { name, attributes, isOpen } of elements(this.#file, this.#styles, signal)) {
      if (name === 'numFmt' && isOpen)
        custom.set(Number(attribute(attributes, 'numFmtId')), attribute(attributes, 'formatCode') ?? '');
      if (name === 'cellXfs') isCellStyles = isOpen;
      if (name === 'xf' && isOpen && isCellStyles) {
        const format = Number(attribute(attributes, 'numFmtId') ?? 0);
        const shown = styleOf(format, custom.get(format));
        if (shown) styles.set(style, shown);
        style++;
      }
    }
    this.#known = { texts, styles };
    return this.#known;
  }
}

/** `A2:C2`, as it stands in the file. */
function mergedRange(range: string): MergedRange {
  const [first = '', last = ''] = range.split(':');
  const line = (cell: string) => Number(cell.replace(/^[A-Z]+/, ''));
  return { top: line(first), left: columnOf(first) ?? 0, bottom: line(last), right: columnOf(last) ?? 0 };
}

/** In bytes; those of rows, columns and merged cells are far shorter. */
const longestMarkTag = 4096;

const hiddenTag = /<(?:\w+:)?(row|col) [^<>]*\bhidden="(?:1|true)"[^<>]*>/g;

/**
 * How a number is displayed: as a date, a time of day or both, as a duration, or as a code of at least so many digits,
 * such as `000` or `000-0000`.
 */
type CellStyle = 'date' | 'elapsed' | CodeFormat;

/**
 * Control characters, which XML does not allow, are written as `_x000D_`, and an underscore that would start such a
 * code as `_x005F_`. Lone surrogates stay as written.
 */
function withControls(text: string): string {
  if (!text.includes('_x')) return text;
  return withoutHalves((isMeant) =>
    text.replace(/_x([\dA-Fa-f]{4})_/g, (whole, hex: string) => {
      const code = Number.parseInt(hex, 16);
      return isMeant(code) ? String.fromCharCode(code) : whole;
    }),
  );
}

const largestTexts = 256 * 1024 * 1024;

interface RawCell {
  readonly type: string;
  readonly style: number;
  readonly value: string;
  readonly formula: string;
  readonly inline: string;
}

/** Collects the cells of a sheet's rows from its elements. */
class RowReader {
  readonly #textOf: (cell: RawCell) => string;
  #done: TableRecord[] = [];
  #cells: string[] = [];
  #line = 0;
  #column = 0;
  #isTwice = false;
  #cell = { type: 'n', style: 0, value: '', formula: '', inline: '' };
  #part: 'value' | 'formula' | 'inline' | undefined;
  #isReading = false;
  readonly #tooLong: () => Error;
  /** Characters in the current row. */
  #letters = 0;

  /** Throws `tooLong` for a row beyond the maximum size. */
  constructor(textOf: (cell: RawCell) => string, tooLong: () => Error) {
    this.#textOf = textOf;
    this.#tooLong = tooLong;
  }

  open(name: string, attributes: string, isEmpty: boolean): void {
    if (name === 'row') {
      const line = Number(attribute(attributes, 'r') ?? this.#line + 1);
      if (line - this.#line <= mostBlankRows)
        for (let blank = this.#line + 1; blank < line; blank++) this.#done.push({ cells: [], line: blank });
      this.#line = line;
      this.#cells = [];
      this.#letters = 0;
      this.#column = 0;
      this.#isTwice = false;
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
      else if (name === 't' && !this.#isReading) this.#part = 'inline';
      else if (name === 'rPh') this.#isReading = true;
    }
  }

  text(text: string): void {
    if (!this.#part) return;
    this.#letters += text.length;
    if (this.#letters > longestToken) throw this.#tooLong();
    this.#cell[this.#part] += text;
  }

  close(name: string): void {
    if (name === 'c') {
      while (this.#cells.length < this.#column) this.#cells.push('');
      const text = this.#textOf(this.#cell);
      const before = this.#cells[this.#column] ?? '';
      this.#isTwice ||= before !== '' && before !== text;
      this.#cells[this.#column++] = text;
    } else if (name === 'row') {
      while (this.#cells.at(-1) === '') this.#cells.pop();
      this.#done.push({ cells: this.#cells, line: this.#line, ...(this.#isTwice && { problem: 'CELL_TWICE' }) });
    } else {
      this.#part = undefined;
      if (name === 'rPh') this.#isReading = false;
    }
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

/**
 * The built-in date formats (ECMA-376 part 1, §18.8.30), and custom ones that contain day, month, year, hour or second,
 * or show a code: a whole number with leading zeros, such as that of a postal area.
 */
function styleOf(id: number, code: string | undefined): CellStyle | undefined {
  if (code === undefined) {
    if (id === 46) return 'elapsed';
    return (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) || (id >= 50 && id <= 58)
      ? 'date'
      : undefined;
  }
  if (code.length > longestFormat) return undefined;
  const shown = codeFormat(code);
  if (shown !== undefined) return shown;
  // Literals, colours, conditions, and the character after an escape, fill or pad sign say nothing about the number.
  const plain = code.replace(/"[^"]*"|\[(?!(?:h+|m+|s+)\])[^\]]*\]|[\\_*]./gi, '');
  if (/\[(?:h+|m+|s+)\]/i.test(plain)) return 'elapsed';
  return /[dmyhs]/i.test(plain) && !/general/i.test(plain) ? 'date' : undefined;
}

/** In characters; Excel allows 255. */
const longestFormat = 1000;

/** Days since the end of 1899 (with Lotus's 29 February 1900), or since 1904; below one, just the time of day. */
function isoDate(days: number, isFrom1904: boolean): string {
  const seconds = Math.round(days * 86_400);
  if (seconds < 86_400 && !(isFrom1904 && Number.isInteger(days))) return clock(seconds);
  if (!isFrom1904 && Math.floor(days) === 60)
    return `1900-02-29${seconds % 86_400 ? `T${clock(seconds % 86_400)}` : ''}`;
  const start = isFrom1904 ? Date.UTC(1904, 0, 1) : Date.UTC(1899, 11, days < 60 ? 31 : 30);
  const date = new Date(start + seconds * 1000);
  if (Number.isNaN(date.getTime())) return String(days);
  const text = date.toISOString();
  return seconds % 86_400 === 0 ? text.slice(0, 10) : text.slice(0, 19);
}

function elapsed(days: number): string {
  return clock(Math.round(days * 86_400));
}

function clock(seconds: number): string {
  const two = (number: number) => String(Math.floor(number)).padStart(2, '0');
  return `${two(seconds / 3600)}:${two((seconds / 60) % 60)}:${two(seconds % 60)}`;
}
