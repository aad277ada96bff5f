import { StudioError } from '../../../src-contract/errors.ts';
import { fileKinds } from '../../../src-contract/file-kind.ts';
import { withEntities } from './html-entities.ts';
import type { TableRecord } from './table.ts';
import { type MergedRange, rangeName, type Sheet, type SheetMarks, topLines, type Workbook } from './workbook.ts';

interface HtmlSheet extends Sheet {
  readonly records: readonly TableRecord[];
  readonly marks: SheetMarks;
}

/**
 * Whether a file is a web page that is meant to be opened by Excel: many shop and office programs save one under the
 * name of a workbook.
 */
export function isHtmlBook(head: Buffer, name: string): boolean {
  const start = head.toString('latin1', 0, 2000);
  if (!/^(?:\xef\xbb\xbf)?\s*<(?:!doctype html|!--|html|head|body|meta|style|table|div)\b/i.test(start)) return false;
  return /\.xls[xm]?$/i.test(name) || start.includes('urn:schemas-microsoft-com:office:excel');
}

/** The tables of a web page, one after the other; a table within a cell is part of the cell's text. */
export class HtmlBook implements Workbook<HtmlSheet> {
  readonly sheets: readonly HtmlSheet[];

  /** Throws FILE_NOT_A_TABLE if the page has no table. */
  constructor(html: string, file: string) {
    this.sheets = tablesOf(html).map((table, place) => ({
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

/** Reads once from start to end, whatever is never closed. */
function tablesOf(html: string): HtmlTable[] {
  const tables: HtmlTable[] = [];
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
    const close = html.indexOf(isComment ? '-->' : '>', found);
    if (close < 0) break;
    place = close + (isComment ? 3 : 1);
    if (tag === null) continue;
    const [name, isEnd] = [(tag[2] ?? '').toLowerCase(), tag[1] === '/'];
    if (!isEnd && hidden.has(name)) {
      const end = html.indexOf(`</${tag[2]}`, place);
      if (end < 0) break;
      place = end;
    } else if (name === 'table') {
      depth = Math.max(0, depth + (isEnd ? -1 : 1));
      if (!isEnd && depth === 1) tables.push(new HtmlTable());
      if (isEnd && depth === 0) table?.end();
    } else if (depth === 1) table?.tag(name, isEnd, html.slice(found + 1, close));
    else if (isBreak.has(name)) table?.text('\n', true);
  }
  tables.at(-1)?.end();
  return tables.filter(({ records }) => records.length > 0);
}

const hidden = new Set(['script', 'style', 'title']);
const isBreak = new Set(['br', 'p', 'div', 'li', 'tr']);

/** Collects the rows of one table; cells that span rows or columns have their text in the first place. */
class HtmlTable {
  readonly records: TableRecord[] = [];
  caption = '';
  #cells: string[] = [];
  #line = 0;
  /** In each column, of how many of the next rows a cell above takes the place. */
  #spans: number[] = [];
  #open: string | undefined;
  /** How many further columns the last cell takes. */
  #wide = 0;
  #isCaption = false;
  readonly #merged: MergedRange[] = [];
  #mergedCount = 0;
  #firstMerged = '';

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
      if (!isEnd) this.#line++;
    } else if (name === 'td' || name === 'th') {
      this.#endCell();
      if (!isEnd) this.#openCell(inside);
    } else if (isBreak.has(name)) this.text('\n', true);
  }

  end(): void {
    this.#endRow();
  }

  #openCell(inside: string): void {
    if (this.#line === 0) this.#line = 1;
    this.#open = '';
    for (; this.#wide > 0; this.#wide--) this.#cells.push('');
    this.#passSpans();
    const left = this.#cells.length;
    const [columns, rows] = [spanOf(inside, colspan), spanOf(inside, rowspan)];
    this.#wide = columns - 1;
    for (let column = left; column < left + columns; column++) this.#spans[column] = rows - 1;
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
    this.#wide = 0;
    if (this.#cells.length === 0) return;
    this.#passSpans();
    while (this.#cells.at(-1) === '') this.#cells.pop();
    this.records.push({ cells: this.#cells, line: this.#line });
    this.#cells = [];
  }

  #passSpans(): void {
    for (let left = this.#spans[this.#cells.length] ?? 0; left > 0; left = this.#spans[this.#cells.length] ?? 0) {
      this.#spans[this.#cells.length] = left - 1;
      this.#cells.push('');
    }
  }
}

const colspan = /\bcolspan\s*=\s*["']?(\d{1,5})/i;
const rowspan = /\browspan\s*=\s*["']?(\d{1,5})/i;
/** As the HTML Standard has it for columns (§4.9.11). */
const mostSpanned = 1000;

/** Across how many it goes: once if it does not say so. */
function spanOf(inside: string, attribute: RegExp): number {
  return Math.min(Math.max(1, Number(attribute.exec(inside)?.[1] ?? 1)), mostSpanned);
}
