import { StudioError } from '../../../src-contract/errors.ts';
import { fileKinds } from '../../../src-contract/file-kind.ts';
import { latinOf } from './file-kind.ts';
import { withEntities } from './html-entities.ts';
import type { TableRecord } from './table.ts';
import {
  type MergedRange,
  mostColumns,
  rangeName,
  type Sheet,
  type SheetMarks,
  topLines,
  type Workbook,
} from './workbook.ts';

interface HtmlSheet extends Sheet {
  readonly records: readonly TableRecord[];
  readonly marks: SheetMarks;
}

/**
 * Whether a file is a web page that is meant to be opened by Excel: many shop and office programs save one under the
 * name of a workbook.
 */
export function isHtmlBook(head: Buffer, name: string): boolean {
  const start = latinOf(head);
  if (!/^\s*<[!?a-z]/i.test(start)) return false;
  // Excel's own XML has neither of these.
  if (/\.xls[xm]?$/i.test(name)) return /<(?:html|t[rdh])\b/i.test(start);
  return /<html\b/i.test(start) && start.includes('urn:schemas-microsoft-com:office:excel');
}

/** The tables of a web page, one after the other; a table within a cell is part of the cell's text. */
export class HtmlBook implements Workbook<HtmlSheet> {
  readonly sheets: readonly HtmlSheet[];

  /** Throws FILE_NOT_A_TABLE if the page has no table. */
  constructor(html: string, file: string) {
    this.sheets = tablesOf(html, file).map((table, place) => ({
      ...{ name: table.caption.trim() || String(place + 1), isHidden: false },
      ...{ records: table.records, marks: table.marks },
    }));
    if (this.sheets.length === 0) throw new StudioError('FILE_NOT_A_TABLE', { file, found: fileKinds.HTML });
  }

  async *rows({ records }: HtmlSheet): AsyncGenerator<TableRecord[], void> {
    for (let from = 0; from < records.length; from += sliceRows) yield records.slice(from, from + sliceRows);
  }

  async marks({ marks }: HtmlSheet): Promise<SheetMarks> {
    return marks;
  }
}

const sliceRows = 1000;

/** Reads once from start to end, whatever is never closed. Throws FILE_NOT_A_TABLE if one has too many columns. */
function tablesOf(html: string, file: string): HtmlTable[] {
  const tables: HtmlTable[] = [];
  const neverEnd = new Set<string>();
  let depth = 0;
  for (let place = 0; place < html.length; ) {
    const found = html.indexOf('<', place);
    const table = depth > 0 ? tables.at(-1) : undefined;
    table?.text(html.slice(place, found < 0 ? html.length : found));
    if (found < 0) break;
    const tag = /^<(\/?)([a-z][a-z0-9:-]*)/i.exec(html.slice(found, found + 40));
    if (tag === null && !/^<[!?/]/.test(html.slice(found, found + 2))) {
      table?.text('&lt;');
      place = found + 1;
      continue;
    }
    const isComment = html.startsWith('<!--', found);
    const close = isComment ? html.indexOf('-->', found) : tagEnd(html, found);
    if (close < 0) break;
    place = close + (isComment ? 3 : 1);
    if (tag === null) continue;
    const [name, isEnd] = [(tag[2] ?? '').toLowerCase(), tag[1] === '/'];
    if (hidden.has(name)) {
      if (isEnd || neverEnd.has(name) || html[close - 1] === '/') continue;
      const end = new RegExp(`</${name}\\b`, 'gi');
      end.lastIndex = place;
      const ends = end.exec(html);
      if (ends === null) neverEnd.add(name);
      else place = ends.index;
    } else if (name === 'table') {
      depth = Math.max(0, depth + (isEnd ? -1 : 1));
      if (!isEnd && depth === 1) tables.push(new HtmlTable(file));
      if (isEnd && depth === 0) table?.end();
    } else if (depth === 1) table?.tag(name, isEnd, html.slice(found + 1, close));
    else if (isBreak.has(name)) table?.text('\n', true);
  }
  tables.at(-1)?.end();
  return tables.filter(({ records }) => records.length > 0);
}

/** Where a tag ends: a bracket in the value of an attribute does not end it. */
function tagEnd(html: string, from: number): number {
  const end = /=\s*(?:"[^"]*"|'[^']*')|>/g;
  end.lastIndex = from;
  for (let found = end.exec(html); found !== null; found = end.exec(html)) if (found[0] === '>') return found.index;
  return -1;
}

const hidden = new Set(['script', 'style', 'title']);
const isBreak = new Set(['br', 'p', 'div', 'li', 'tr']);

/** Collects the rows of one table; cells that span rows or columns have their text in the first place. */
class HtmlTable {
  readonly records: TableRecord[] = [];
  caption = '';
  readonly #file: string;
  #cells: string[] = [];
  #line = 0;
  #isRow = false;
  /** In each column, of how many of the next rows a cell above takes the place. */
  #spans: number[] = [];
  #open: string | undefined;
  /** How many further columns the last cell takes. */
  #wide = 0;
  /** How many places were left blank behind cells that span them. */
  #blanks = 0;
  #isCaption = false;
  readonly #merged: MergedRange[] = [];
  #mergedCount = 0;
  #firstMerged = '';

  constructor(file: string) {
    this.#file = file;
  }

  get marks(): SheetMarks {
    return {
      ...{ merged: this.#mergedCount, firstMerged: this.#firstMerged, mergedAtTop: this.#merged },
      ...{ hiddenRows: 0, hiddenColumns: 0 },
    };
  }

  /** `isBreak`: a line break that is kept. */
  text(text: string, isBreak = false): void {
    if (this.#isCaption) this.caption += withEntities(text);
    else if (this.#open !== undefined) this.#open += isBreak ? text : withEntities(text.replace(/\s+/g, ' '));
  }

  tag(name: string, isEnd: boolean, inside: string): void {
    if (name === 'caption') this.#isCaption = !isEnd;
    else if (name === 'tr') {
      this.#endRow();
      if (!isEnd) this.#startRow();
    } else if (name === 'td' || name === 'th') {
      this.#endCell();
      if (!isEnd) this.#openCell(inside);
    } else if (isBreak.has(name)) this.text('\n', true);
  }

  end(): void {
    this.#endRow();
  }

  #startRow(): void {
    this.#line++;
    this.#isRow = true;
  }

  #openCell(inside: string): void {
    if (!this.#isRow) this.#startRow();
    this.#leaveBlank(this.#wide);
    while ((this.#spans[this.#cells.length] ?? 0) > 0) this.#passSpan();
    this.#open = '';
    const left = this.#cells.length;
    const [columns, rows] = [spanOf(inside, colspan, mostColumnsSpanned), spanOf(inside, rowspan, mostRowsSpanned)];
    if (left + columns > mostColumns) this.#refuse();
    this.#wide = columns - 1;
    if (rows > 1 || left < this.#spans.length) {
      while (this.#spans.length < left) this.#spans.push(0);
      this.#spans.splice(left, columns, ...Array.from({ length: columns }, () => rows - 1));
    }
    if (columns === 1 && rows === 1) return;
    const range = { top: this.#line, left, bottom: this.#line + rows - 1, right: left + columns - 1 };
    if (this.#mergedCount++ === 0) this.#firstMerged = rangeName(range);
    if (range.top <= topLines) this.#merged.push(range);
  }

  #endCell(): void {
    if (this.#open === undefined) return;
    const lines = this.#open.split('\n').map((line) => line.replace(/[^\S\n]+/g, ' ').trim());
    this.#cells.push(lines.join('\n').trim());
    this.#open = undefined;
  }

  #endRow(): void {
    this.#endCell();
    if (!this.#isRow) return;
    const hasCells = this.#cells.length > 0;
    this.#leaveBlank(this.#wide);
    // Cells above that go on behind the last one.
    while (this.#cells.length < this.#spans.length) this.#passSpan();
    while (this.#cells.at(-1) === '') this.#cells.pop();
    while (this.#spans.at(-1) === 0) this.#spans.pop();
    if (hasCells) this.records.push({ cells: this.#cells, line: this.#line });
    this.#cells = [];
    this.#isRow = false;
  }

  #passSpan(): void {
    const column = this.#cells.length;
    this.#spans[column] = Math.max(0, (this.#spans[column] ?? 0) - 1);
    this.#leaveBlank(1);
  }

  #leaveBlank(columns: number): void {
    this.#blanks += columns;
    if (this.#blanks > mostBlanks) this.#refuse();
    for (let column = 0; column < columns; column++) this.#cells.push('');
    this.#wide = 0;
  }

  #refuse(): never {
    throw new StudioError('FILE_NOT_A_TABLE', { file: this.#file, found: fileKinds.COLUMNS_MANY });
  }
}

const colspan = /\bcolspan\s*=\s*["']?(\d{1,6})/i;
const rowspan = /\browspan\s*=\s*["']?(\d{1,6})/i;
/** Both as the HTML Standard has them (§4.9.11). */
const mostColumnsSpanned = 1000;
const mostRowsSpanned = 65_534;
/** A small page can tell of a huge table. */
const mostBlanks = 20_000_000;

/** Across how many it goes: once if it does not say so. */
function spanOf(inside: string, attribute: RegExp, most: number): number {
  return Math.min(Math.max(1, Number(attribute.exec(inside)?.[1] ?? 1)), most);
}
