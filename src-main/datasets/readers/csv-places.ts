/**
 * Why locating stopped: end of the text, a record that continues beyond it, or something that only `CsvRecords` can
 * read.
 */
export type PlacesEnd = 'through' | 'more' | 'odd';

/**
 * Records as positions in UTF-8 bytes; both buffers are reused for the next piece. Cells contain no NUL and no U+FFFD.
 */
export interface PlacedPiece {
  readonly bytes: Buffer;
  readonly places: CsvPlaces;
  /** The first of the records in question, and one past the last. */
  readonly from: number;
  readonly end: number;
  readonly bytesRead: number;
  /** Some letters may be stored in pieces. */
  readonly mayBeInPieces: boolean;
}

/**
 * Locates records in UTF-8 (or ASCII) bytes without decoding any cell: does what `CsvRecords` does, for a single-byte
 * delimiter and doubled quote, as long as every quote closes at the end of a cell. Stops at anything else and reports
 * where.
 */
export class CsvPlaces {
  /** Number of records found, not counting blank lines. */
  records = 0;
  /**
   * For each record the line where it starts, from 1, and its first cell; one extra entry marks the end of the last
   * record's cells.
   */
  readonly lines = new Uint32Array(mostRecords);
  readonly firstCells = new Uint32Array(mostRecords + 1);
  /** For each cell its start and end, excluding quotes around it, and whether it contains doubled quotes. */
  readonly starts = new Uint32Array(mostCells);
  readonly ends = new Uint32Array(mostCells);
  readonly doubled = new Uint8Array(mostCells);
  /** For each record, whether a blank line precedes it. */
  readonly afterBlank = new Uint8Array(mostRecords);
  /** Whether a blank line precedes the next record. */
  isBlank = false;
  /** The position after the last record. */
  place = 0;
  /** The line where the next record starts. */
  line = 1;
  readonly #delimiter: number;
  readonly #quote: number;
  /** Positions of the next line feed and carriage return; past the text if there is none. */
  #lineFeed = -1;
  #cr = -1;

  constructor({ delimiter, quote }: { delimiter: string; quote: string }) {
    this.#delimiter = delimiter.charCodeAt(0);
    this.#quote = quote === '' ? -1 : quote.charCodeAt(0);
  }

  /** Reads on from `place` as far as the arrays allow; `isEnd` if nothing follows these bytes. */
  read(bytes: Buffer, isEnd: boolean): PlacesEnd {
    this.#lineFeed = -1;
    this.#cr = -1;
    this.records = 0;
    let cells = 0;
    while (this.place < bytes.length) {
      if (this.records === mostRecords) return 'through';
      this.firstCells[this.records] = cells;
      const found = this.#record(bytes, cells, isEnd);
      if (found === full) {
        // A record with more cells than the arrays hold is for the other reader.
        return this.records > 0 ? 'through' : 'odd';
      }
      if (found === more) return 'more';
      if (found === odd) return 'odd';
      const isBlank = found === cells;
      if (!isBlank) {
        this.afterBlank[this.records] = this.isBlank ? 1 : 0;
        this.lines[this.records++] = this.line;
        cells = found;
        this.firstCells[this.records] = cells;
      }
      this.isBlank = isBlank;
      this.line += this.#lines;
      this.place = this.#end;
    }
    return 'through';
  }

  /** Further results of `#record`. */
  #end = 0;
  #lines = 0;

  /** Returns the index after the record's last cell, which is `first` for a blank line, or why there is no record. */
  #record(bytes: Buffer, first: number, isEnd: boolean): number {
    const { starts, ends, doubled } = this;
    const [delimiter, quote, length] = [this.#delimiter, this.#quote, bytes.length];
    let place = this.place;
    let lines = 0;
    for (let cell = first; ; cell++) {
      if (cell === mostCells) return full;
      let isQuoted = false;
      doubled[cell] = 0;
      if (place < length && bytes[place] === quote) {
        isQuoted = true;
        const start = place + 1;
        let found = this.#indexOf(bytes, quote, start);
        while (found >= 0 && bytes[found + 1] === quote) {
          doubled[cell] = 1;
          found = this.#indexOf(bytes, quote, found + 2);
        }
        if (found < 0 || (found + 1 >= length && !isEnd)) return more;
        starts[cell] = start;
        ends[cell] = found;
        lines += this.#linesWithin(bytes, start, found);
        place = found + 1;
        if (place < length && bytes[place] !== delimiter && bytes[place] !== 10 && bytes[place] !== 13) return odd;
      } else {
        starts[cell] = place;
        place = this.#plainEnd(bytes, place);
        ends[cell] = place;
        if (place >= length && !isEnd) return more;
      }
      if (place < length && bytes[place] === delimiter) {
        place++;
        if (place >= length && !isEnd) return more;
        continue;
      }
      const isBlank = cell === first && !isQuoted && starts[cell] === place;
      if (place < length) {
        lines++;
        // The next piece shows whether a line feed follows.
        if (bytes[place] === 13) {
          if (place + 1 >= length && !isEnd) return more;
          if (bytes[place + 1] === 10) place++;
        }
        place++;
      }
      this.#end = place;
      this.#lines = lines;
      return isBlank ? first : cell + 1;
    }
  }

  /** The next delimiter or line end, or the end of the text. */
  #plainEnd(bytes: Buffer, from: number): number {
    const delimiter = this.#delimiter;
    const near = Math.min(bytes.length, from + nearBytes);
    for (let place = from; place < near; place++) {
      const byte = bytes[place];
      if (byte === delimiter || byte === 10 || byte === 13) return place;
    }
    if (near === bytes.length) return near;
    const end = Math.min(this.#lineFeedFrom(bytes, near), this.#crFrom(bytes, near));
    const found = bytes.indexOf(delimiter, near);
    return found >= 0 && found < end ? found : end;
  }

  /** Like `indexOf`, but faster for nearby bytes, which it finds with a plain loop. */
  #indexOf(bytes: Buffer, byte: number, from: number): number {
    const near = Math.min(bytes.length, from + nearBytes);
    for (let place = from; place < near; place++) if (bytes[place] === byte) return place;
    return near === bytes.length ? -1 : bytes.indexOf(byte, near);
  }

  #linesWithin(bytes: Buffer, start: number, end: number): number {
    if (this.#lineFeedFrom(bytes, start) >= end && this.#crFrom(bytes, start) >= end) return 0;
    let lines = 0;
    for (let place = start; place < end; place++) {
      if (bytes[place] === 10) lines++;
      else if (bytes[place] === 13 && (place + 1 === end || bytes[place + 1] !== 10)) lines++;
    }
    return lines;
  }

  #lineFeedFrom(bytes: Buffer, from: number): number {
    if (this.#lineFeed >= from) return this.#lineFeed;
    const found = bytes.indexOf(10, from);
    this.#lineFeed = found < 0 ? bytes.length : found;
    return this.#lineFeed;
  }

  #crFrom(bytes: Buffer, from: number): number {
    if (this.#cr >= from) return this.#cr;
    const found = bytes.indexOf(13, from);
    this.#cr = found < 0 ? bytes.length : found;
    return this.#cr;
  }
}

const [more, odd, full] = [-1, -2, -3];
const mostRecords = 16 * 1024;
const mostCells = 64 * 1024;
const nearBytes = 32;
