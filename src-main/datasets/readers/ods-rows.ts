import { odsCellText } from './ods-cell.ts';
import type { TableRecord } from './table.ts';
import { type MergedRange, mostBlankRows, mostColumns, rangeName, type SheetMarks, topLines } from './workbook.ts';
import { attribute, longestToken, type XmlToken } from './xml-tokens.ts';

/** A small file can say of a huge table. */
export interface OdsLimits {
  /** Of the characters that the file has once, and says to be there many times. */
  readonly mostRepeated: number;
  tooLong(): Error;
  tooMany(): Error;
}

/** Rows that are alike, one below the other, which the file has once. */
interface Run {
  readonly cells: readonly string[];
  readonly line: number;
  readonly count: number;
}

/** Collects the rows of one table from its elements (OpenDocument 1.3, part 3, §9), and its marks. */
export class OdsRows {
  readonly #limits: OdsLimits;
  readonly #keeps: (row: { place: number; letters: number }) => boolean;
  #filled = 0;
  #isWhole = true;
  #runs: Run[] = [];
  #cells: string[] = [];
  /** Of the current row, and how often it is there. */
  #line = 1;
  #times = 1;
  #isRowHidden = false;
  /** The last row with text. */
  #last = 0;
  #column = 0;
  #letters = 0;
  #repeated = 0;
  #cell: { readonly attributes: string; readonly repeated: number; depth: number } | undefined;
  #paragraphs: string[] = [];
  #paragraph: string | undefined;
  /** How deep in the cell the element is whose text is not the cell's; 0 for none. */
  #aside = 0;
  #merged: MergedRange[] = [];
  #mergedCount = 0;
  #firstMerged = '';
  #hiddenRows = 0;
  #widest = 0;
  readonly #hiddenColumns: { readonly from: number; readonly to: number }[] = [];
  #columns = 0;
  /** Set for a copy of another file's table, which formulas refer to. */
  isExternal = false;

  /** `keeps` tells whether one more row may be kept, and those below it. Throws what the limits say. */
  constructor(limits: OdsLimits, keeps: (row: { place: number; letters: number }) => boolean = () => true) {
    this.#limits = limits;
    this.#keeps = keeps;
  }

  read(token: XmlToken): void {
    if (token.kind === 'text') this.#text(token.text);
    else if (token.kind === 'close') this.#close(token.name);
    else {
      this.#open(token.name, token.attributes, token.isEmpty);
      if (token.isEmpty && this.#cell === undefined && token.name === 'table-row') this.#endRow();
    }
  }

  /** The rows that have been read since, in slices. */
  *take(): Generator<TableRecord[], void> {
    const runs = this.#runs;
    this.#runs = [];
    let slice: TableRecord[] = [];
    for (const { cells, line, count } of runs) {
      if (line - this.#last <= mostBlankRows)
        for (let blank = this.#last + 1; blank < line; blank++) slice.push({ cells: [], line: blank });
      for (let row = 0; row < count; row++) {
        slice.push({ cells, line: line + row });
        if (slice.length < sliceRows) continue;
        yield slice;
        slice = [];
      }
      this.#last = line + count - 1;
    }
    if (slice.length > 0) yield slice;
  }

  /** Whether no row has been left out. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  /** Complete once all of the table has been read. */
  get marks(): SheetMarks {
    const shown = this.#hiddenColumns.map(({ from, to }) => Math.max(0, Math.min(to, this.#widest) - from));
    return {
      ...{ merged: this.#mergedCount, firstMerged: this.#firstMerged, mergedAtTop: this.#merged },
      ...{ hiddenRows: this.#hiddenRows, hiddenColumns: shown.reduce((sum, count) => sum + count, 0) },
    };
  }

  #open(name: string, attributes: string, isEmpty: boolean): void {
    if (this.#cell !== undefined) this.#openWithin(this.#cell, name, attributes, isEmpty);
    else if (name === 'table-source') this.isExternal = true;
    else if (name === 'table-column') {
      const to = this.#columns + numberOf(attributes, 'number-columns-repeated');
      if (isHidden(attributes)) this.#hiddenColumns.push({ from: this.#columns, to });
      this.#columns = to;
    } else if (name === 'table-row') {
      this.#times = numberOf(attributes, 'number-rows-repeated');
      this.#isRowHidden = isHidden(attributes);
      [this.#cells, this.#column, this.#letters] = [[], 0, 0];
    } else if (name === 'table-cell' || name === 'covered-table-cell') {
      this.#cell = { attributes, repeated: numberOf(attributes, 'number-columns-repeated'), depth: 0 };
      this.#paragraphs = [];
      this.#markMerged(attributes);
      if (isEmpty) this.#endCell(this.#cell);
    }
  }

  #openWithin(cell: { depth: number }, name: string, attributes: string, isEmpty: boolean): void {
    const isText = this.#paragraph !== undefined && this.#aside === 0;
    if (name === 'p' && cell.depth === 0) {
      if (isEmpty) this.#paragraphs.push('');
      else this.#paragraph = '';
    } else if (isText && name === 's') this.#add(' ', numberOf(attributes, 'c'));
    else if (isText && name === 'tab') this.#add('\t', 1);
    else if (isText && name === 'line-break') this.#add('\n', 1);
    if (isEmpty) return;
    cell.depth++;
    // How a word is pronounced, and remarks on it.
    if (isText && (name === 'ruby-text' || name === 'note' || name === 'annotation')) this.#aside = cell.depth;
  }

  /** Several blanks are kept, as LibreOffice writes and reads them; a line end is the file's own layout. */
  #text(text: string): void {
    if (this.#paragraph === undefined || this.#aside !== 0) return;
    this.#add(text.replace(/[\r\n]+[ \t\r\n]*/g, ' '), 1);
  }

  #add(text: string, times: number): void {
    this.#letters += text.length * times;
    if (this.#letters > longestToken) throw this.#limits.tooLong();
    this.#repeat(text.length * (times - 1));
    this.#paragraph += text.repeat(times);
  }

  #close(name: string): void {
    const cell = this.#cell;
    if (cell === undefined) {
      if (name === 'table-row') this.#endRow();
      return;
    }
    if (cell.depth === 0) {
      this.#endCell(cell);
      return;
    }
    if (this.#aside === cell.depth) this.#aside = 0;
    cell.depth--;
    if (cell.depth > 0 || this.#paragraph === undefined) return;
    this.#paragraphs.push(this.#paragraph);
    [this.#paragraph, this.#aside] = [undefined, 0];
  }

  #endCell({ attributes, repeated }: { readonly attributes: string; readonly repeated: number }): void {
    this.#cell = undefined;
    const text = odsCellText(attributes, this.#paragraphs.join('\n'));
    const end = Math.min(mostColumns, this.#column + repeated);
    if (text !== '') {
      this.#letters += text.length * (end - this.#column);
      if (this.#letters > longestToken) throw this.#limits.tooLong();
      this.#repeat((end - this.#column - 1) * (text.length + 1));
      while (this.#cells.length < this.#column) this.#cells.push('');
      while (this.#cells.length < end) this.#cells.push(text);
    }
    this.#column = end;
  }

  #endRow(): void {
    const count = this.#times;
    if (this.#cells.length > 0) {
      this.#repeat((count - 1) * (this.#letters + this.#cells.length));
      const letters = this.#letters + this.#cells.length;
      this.#isWhole &&= this.#keeps({ place: this.#filled, letters });
      if (this.#isWhole) this.#runs.push({ cells: this.#cells, line: this.#line, count });
      this.#filled += count;
      if (this.#isRowHidden) this.#hiddenRows += count;
      this.#widest = Math.max(this.#widest, this.#cells.length);
    }
    this.#line += count;
  }

  #repeat(letters: number): void {
    this.#repeated += letters;
    if (this.#repeated > this.#limits.mostRepeated) throw this.#limits.tooMany();
  }

  #markMerged(attributes: string): void {
    if (!attributes.includes('-spanned')) return;
    const right = this.#column + numberOf(attributes, 'number-columns-spanned') - 1;
    const bottom = this.#line + numberOf(attributes, 'number-rows-spanned') - 1;
    if (right === this.#column && bottom === this.#line) return;
    const range = { top: this.#line, left: this.#column, bottom, right };
    if (this.#mergedCount++ === 0) this.#firstMerged = rangeName(range);
    if (range.top <= topLines) this.#merged.push(range);
  }
}

const sliceRows = 1000;

/** How often, or across how many, an element is there: once if it does not say so. */
function numberOf(attributes: string, name: string): number {
  const number = Number(attribute(attributes, name) ?? 1);
  return number >= 1 ? Math.min(Math.trunc(number), mostTimes) : 1;
}

/** Beyond any sheet, and still exact when added up. */
const mostTimes = 2 ** 31;

function isHidden(attributes: string): boolean {
  return ['collapse', 'filter'].includes(attribute(attributes, 'visibility') ?? '');
}
