/** Why the reading of places stopped: the text is through, a record goes on behind it, or `CsvRecords` must have a look. */
export type PlacesEnd = 'through' | 'more' | 'odd';

/** Records as places in bytes of UTF-8; both are used again for the next piece. Cells hold no NUL and no U+FFFD. */
export interface PlacedPiece {
  readonly bytes: Buffer;
  readonly places: CsvPlaces;
  /** The first of the records that are meant, and the one behind the last. */
  readonly from: number;
  readonly end: number;
  readonly bytesRead: number;
}

/**
 * Finds records in bytes of UTF-8 (or ASCII) without making a text of any cell: what `CsvRecords` does, for a delimiter and a
 * doubled quote of one byte each, and as long as every quote closes where a cell ends. At anything else it stops, and says at
 * which place.
 */
export class CsvPlaces {
  /** How many records were found. Blank lines are not among them. */
  records = 0;
  /** For each record the line it starts on, from 1, and its first cell; one more tells where the last one's cells end. */
  readonly lines = new Uint32Array(mostRecords);
  readonly firstCells = new Uint32Array(mostRecords + 1);
  /** For each cell where its text starts and ends, the quotes around it not counted, and whether quotes in it are doubled. */
  readonly starts = new Uint32Array(mostCells);
  readonly ends = new Uint32Array(mostCells);
  readonly doubled = new Uint8Array(mostCells);
  /** For each record whether a blank line stands before it. */
  readonly afterBlank = new Uint8Array(mostRecords);
  /** Whether a blank line stands before the next record. */
  isBlank = false;
  /** The place behind the last record. */
  place = 0;
  /** The line on which the next record starts. */
  line = 1;
  readonly #delimiter: number;
  readonly #quote: number;
  /** Where the next line feed and carriage return stand; behind the text where there is none. */
  #lineFeed = -1;
  #cr = -1;

  constructor({ delimiter, quote }: { delimiter: string; quote: string }) {
    this.#delimiter = delimiter.charCodeAt(0);
    this.#quote = quote === '' ? -1 : quote.charCodeAt(0);
  }

  /** Reads on from `place`, as far as the lists hold; `isEnd` when nothing comes behind these bytes. */
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
        // A record of more cells than the lists hold is for the other reader.
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

  /** What `#record` tells of the record it found. */
  #end = 0;
  #lines = 0;

  /** Gives the place in the lists behind the record's last cell, the same as `first` for a blank line, or why there is none. */
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
        // Whether a line feed follows is seen in the next piece.
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

  /** The next delimiter or line end, or the text's end. */
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

  /** As `indexOf`; what stands near is found sooner by looking than by asking. */
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
