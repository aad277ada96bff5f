/** One record of a table: its cells as written, and the line of the file (from 1) on which it starts. A blank line has no cells. */
export interface CsvRecord {
  readonly cells: readonly string[];
  readonly line: number;
}

/**
 * Cuts text into records, piece by piece: RFC 4180 with any one-letter delimiter; lines end with CR, LF or CRLF, mixed as
 * they come. A quote opens a quoted cell only at the cell's start; what follows a closing quote is kept, as spreadsheet
 * programs and Python do. Nothing is trimmed.
 */
export class CsvRecords {
  readonly #delimiter: string;
  readonly #quote: string;
  readonly #cellEnd: RegExp;
  #cells: string[] = [];
  #cell = '';
  #state: 'start' | 'plain' | 'quoted' | 'after quote' = 'start';
  #line = 1;
  #recordLine = 1;
  #quoteLine = 1;
  #sawCr = false;
  /** The cell being read, or just read, began with a quote: an empty one is then a cell and not a blank line. */
  #wasQuoted = false;

  constructor({ delimiter, quote }: { delimiter: string; quote: string }) {
    this.#delimiter = delimiter;
    this.#quote = quote;
    this.#cellEnd = new RegExp(`[${delimiter.replace(/[\\\]^-]/g, '\\$&')}\r\n]`, 'g');
  }

  /** The line being read, from 1. */
  get line(): number {
    return this.#line;
  }

  /** The line on which a quoted cell starts that has not ended yet, and how long it is so far. */
  get openQuote(): { readonly line: number; readonly length: number } | undefined {
    return this.#state === 'quoted' ? { line: this.#quoteLine, length: this.#cell.length } : undefined;
  }

  /** The records that end within this piece of text. */
  push(text: string): CsvRecord[] {
    const records: CsvRecord[] = [];
    let place = 0;
    while (place < text.length) {
      const sign = text[place];
      // The second half of CRLF ends no further line, wherever the text was cut.
      if (this.#sawCr && sign === '\n' && this.#state !== 'quoted') {
        this.#sawCr = false;
        place++;
        continue;
      }
      switch (this.#state) {
        case 'start':
          if (sign === this.#quote) {
            this.#state = 'quoted';
            this.#wasQuoted = true;
            this.#quoteLine = this.#line;
            this.#sawCr = false;
            place++;
            break;
          }
          this.#state = 'plain';
          place = this.#readPlain(text, place, records);
          break;
        case 'plain':
          place = this.#readPlain(text, place, records);
          break;
        case 'quoted':
          place = this.#readQuoted(text, place);
          break;
        case 'after quote':
          if (sign === this.#quote) {
            this.#cell += this.#quote;
            this.#state = 'quoted';
            place++;
          } else {
            this.#state = 'plain';
            place = this.#readPlain(text, place, records);
          }
          break;
      }
    }
    return records;
  }

  /** The last record, when the text did not end with a line end. An open quote is the caller's to judge. */
  end(): CsvRecord[] {
    const records: CsvRecord[] = [];
    if (this.#state !== 'start' || this.#cells.length > 0) this.#endRecord(records);
    return records;
  }

  #readPlain(text: string, from: number, records: CsvRecord[]): number {
    this.#cellEnd.lastIndex = from;
    const found = this.#cellEnd.exec(text);
    const end = found ? found.index : text.length;
    if (end > from) {
      this.#sawCr = false;
      this.#cell += text.slice(from, end);
    }
    if (!found) return end;
    if (found[0] === this.#delimiter) {
      this.#sawCr = false;
      this.#cells.push(this.#cell);
      this.#cell = '';
      this.#state = 'start';
      this.#wasQuoted = false;
    } else {
      this.#endRecord(records);
      this.#sawCr = found[0] === '\r';
      this.#line++;
      this.#recordLine = this.#line;
    }
    return end + 1;
  }

  #readQuoted(text: string, from: number): number {
    const found = text.indexOf(this.#quote, from);
    const end = found < 0 ? text.length : found;
    for (let place = from; place < end; place++) {
      const code = text.charCodeAt(place);
      if (code === 10) {
        if (!this.#sawCr) this.#line++;
        this.#sawCr = false;
      } else {
        this.#sawCr = code === 13;
        if (this.#sawCr) this.#line++;
      }
    }
    this.#cell += text.slice(from, end);
    if (found < 0) return end;
    this.#sawCr = false;
    this.#state = 'after quote';
    return end + 1;
  }

  #endRecord(records: CsvRecord[]): void {
    const blank = this.#cells.length === 0 && this.#cell === '' && !this.#wasQuoted;
    if (!blank) this.#cells.push(this.#cell);
    records.push({ cells: this.#cells, line: this.#recordLine });
    this.#cells = [];
    this.#cell = '';
    this.#state = 'start';
    this.#wasQuoted = false;
  }
}
