import { literally } from '../../../src-contract/regexp-literally.ts';
import { RecordSkipper, type Skipping } from './record-skipper.ts';
import type { RecordProblem, TableRecord } from './table.ts';
import { TextRecords } from './text-records.ts';

/** How cells and records are delimited. */
export interface CsvDialect {
  /** One character or more, or one of the special values of `line-records.ts`. */
  readonly delimiter: string;
  /**
   * Where the cells of a line begin if they do so at fixed positions, counted in characters; an East Asian one counts
   * as `wide`, one or two.
   */
  readonly fixed?: { readonly starts: readonly number[]; readonly wide: 1 | 2 };
  /** What ends a record, if not line ends, which are then part of cells. */
  readonly recordEnd?: string;
  /** Every record is quoted as a whole, as a single cell, whose content is split once more. */
  readonly isWrapped?: true;
  /** Empty if cells are never quoted. */
  readonly quote: string;
  /** The closing quote, if different. */
  readonly closing?: string;
  /**
   * What precedes a quote that belongs to the cell: the quote itself, or a backslash, which then also escapes
   * delimiters. A doubled quote stands for one in that case too, as nothing else can be meant.
   */
  readonly escape: string;
}

/**
 * Splits text into records, piece by piece: RFC 4180 with any delimiter, quote and escape; lines end with CR, LF or
 * CRLF, in any mix. A quote opens a quoted cell only at the cell's start; text after a closing quote is kept, as
 * spreadsheet programs and Python do. Nothing is trimmed.
 *
 * A quoted cell has lost its closing quote if it never ends, or if it ends in the middle of a later line with text
 * directly after the quote while its own first line is as wide as the table. That line then becomes a record of its
 * own, reported as `QUOTE_OPEN`, and reading continues after it, so that a stray quote costs one row and not the rest
 * of the file. A record beyond the maximum length is reported as `TOO_LONG`, with the cells of its first line, and
 * skipped: to its end, or only to that of its first line if the lines below it are rows of the table.
 */
export class CsvRecords extends TextRecords {
  readonly #delimiter: string;
  readonly #quote: string;
  readonly #closing: string;
  readonly #backslash: boolean;
  readonly #width: number | undefined;
  readonly #cellEnd: RegExp;
  /** Text of records that have not ended yet. */
  #rest = '';
  #waiting: string[] = [];
  #waitingLetters = 0;
  /** Do not retry before there are this many characters: a long cell must not be read again for each piece. */
  #enough = 0;
  #line: number;
  #hasMore = false;
  #quotedCells = 0;
  readonly #skipper: RecordSkipper;
  #skipping: Skipping | undefined;
  #unended: Unended | undefined;

  /**
   * `width` is the number of cells in the table's records, if known; `line` is the first line's number. The text may
   * begin within a record that was reported as too long.
   */
  constructor(dialect: CsvDialect, options: { width?: number; line?: number; skipping?: Skipping | undefined } = {}) {
    super();
    this.#delimiter = dialect.delimiter;
    this.#quote = dialect.quote;
    this.#closing = dialect.closing ?? dialect.quote;
    this.#backslash = dialect.escape === '\\';
    this.#width = options.width;
    this.#line = options.line ?? 1;
    this.#skipper = new RecordSkipper(dialect);
    this.#skipping = options.skipping;
    const signs = [dialect.delimiter, ...(this.#backslash ? ['\\'] : [])].map(literally);
    this.#cellEnd = new RegExp(`${signs.join('|')}|[\r\n]`, 'g');
  }

  /** The line on which the next record starts, from 1. */
  get line(): number {
    return this.#line;
  }

  /** The text of the incomplete record; only valid between two pieces. */
  get rest(): string {
    return this.#rest;
  }

  /** Where in a record that was reported as too long the text so far ends, if in one. */
  get skipping(): Skipping | undefined {
    return this.#skipping;
  }

  get waitingLetters(): number {
    return this.#waitingLetters;
  }

  /** Includes quotes that are never closed. */
  override get quotedCells(): number {
    return this.#quotedCells;
  }

  *pieces(text: string, { isEnd = false }: { isEnd?: boolean } = {}): Generator<TableRecord[], void> {
    this.#waiting.push(text);
    this.#waitingLetters += text.length;
    if (this.#waitingLetters < this.#enough && !isEnd) return;
    // What did not end so far may end now.
    if (this.#unended?.isToEnd) this.#unended = undefined;
    do yield this.#read(isEnd);
    while (this.#hasMore);
  }

  #read(isEnd: boolean): TableRecord[] {
    const text = this.#waiting.length === 1 ? (this.#waiting[0] ?? '') : this.#waiting.join('');
    const whole = this.#rest === '' ? text : this.#rest + text;
    this.#waiting = [];
    const records: TableRecord[] = [];
    let place = 0;
    if (this.#skipping) {
      const skipped = this.#skip(whole, 0, this.#skipping, isEnd);
      place = skipped.end;
      this.#line += skipped.lines;
    }
    // Positions of the next line feed, quote and carriage return, so that most lines need no character-by-character scan.
    let lineFeed = whole.indexOf('\n');
    let quote = this.#quote === '' ? -1 : whole.indexOf(this.#quote);
    let cr = whole.indexOf('\r');
    let backslash = this.#backslash ? whole.indexOf('\\') : -1;
    this.#hasMore = false;
    while (place < whole.length && !this.#skipping) {
      if (records.length >= mostAtOnce) {
        this.#hasMore = true;
        break;
      }
      if (lineFeed >= 0 && lineFeed < place) lineFeed = whole.indexOf('\n', place);
      if (quote >= 0 && quote < place) quote = whole.indexOf(this.#quote, place);
      if (cr >= 0 && cr < place) cr = whole.indexOf('\r', place);
      if (backslash >= 0 && backslash < place) backslash = whole.indexOf('\\', place);
      const isPlain =
        lineFeed >= 0 &&
        lineFeed - place <= longestRecord &&
        (quote < 0 || quote > lineFeed) &&
        (backslash < 0 || backslash > lineFeed) &&
        (cr < 0 || cr >= lineFeed - 1);
      if (isPlain) {
        const end = cr === lineFeed - 1 && cr >= place ? cr : lineFeed;
        const cells = end === place ? [] : whole.slice(place, end).split(this.#delimiter);
        records.push({ cells, line: this.#line++ });
        place = lineFeed + 1;
        continue;
      }
      const read = this.#readNext(whole, place, isEnd);
      const isTooLong = (read?.seen ?? whole.length - 1) - place > longestRecord;
      const found = isTooLong
        ? this.#tooLong(whole, place, isEnd)
        : (read ?? (isEnd && this.#literalLine(whole, place)));
      if (!found) break;
      records.push({
        cells: found.cells,
        line: this.#line,
        ...(found.problem && { problem: found.problem }),
      });
      this.#line += found.lines;
      this.#quotedCells += found.quotedCells;
      place = found.end;
    }
    this.#rest = place === 0 ? whole : whole.slice(place);
    this.#unended?.moveOn(place);
    this.#waitingLetters = this.#rest.length;
    this.#enough = this.#rest.length * 2;
    return records;
  }

  /**
   * The record that starts at `from`, as `#readRecord` finds it. After a record that was read far beyond its line and
   * then taken to be that line only, the next ones are not read as far again: none of them ends there either, unless on
   * its own line, since every line end was within quotes.
   */
  #readNext(text: string, from: number, isEnd: boolean): FoundRecord | undefined {
    const known = this.#unended;
    const next = known && from >= known.from ? behindLine(text, from) : Infinity;
    if (known && next < Math.min(known.end, text.length)) {
      const onLine = this.#readRecord(text.slice(0, next), from, { isEnd: true });
      // Unless its line end was escaped.
      if (onLine && onLine.lines > 0) return onLine;
      const seen = this.#firstLineIsWhole(text, from) ? known.breakFrom(next) : undefined;
      if (!onLine && seen !== undefined) return { ...this.#literalLine(text, from), seen };
      if (!onLine && known.isToEnd) return undefined;
    }
    const unended = new Unended(from, text.length);
    const read = this.#readRecord(text, from, { isEnd, unended });
    if (!read) this.#unended = unended;
    else if (read.problem === 'QUOTE_OPEN') this.#unended = unended.upTo(read.seen);
    return read;
  }

  /**
   * The record that starts at `from`; undefined if the text ends before it does, or an open quote is not closed.
   * `unended` is told what there is to know of the text that it was read through in vain.
   */
  #readRecord(
    text: string,
    from: number,
    { isEnd, unended }: { isEnd: boolean; unended?: Unended },
  ): (FoundRecord & { seen: number }) | undefined {
    const cells: string[] = [];
    let place = from;
    let lines = 0;
    let quotedCells = 0;
    let problem: RecordProblem | undefined;
    let isWhole: boolean | undefined;
    let lineEnd = lineEndFrom(text, from);
    for (;;) {
      let cell = '';
      let wasQuoted = false;
      let quotedLines = 0;
      if (this.#quote !== '' && text.startsWith(this.#quote, place)) {
        const quoted = this.#readQuoted(text, place + 1, isEnd);
        if (!quoted) return undefined;
        wasQuoted = true;
        quotedCells++;
        quotedLines = quoted.lines;
        lines += quoted.lines;
        cell = quoted.cell;
        place = quoted.end;
        if (lineEnd < place) lineEnd = lineEndFrom(text, place);
      }
      const plain = this.#readPlain(text, place, lineEnd);
      if (unended && this.#backslash && /[\r\n]/.test(plain.cell)) unended.from = plain.end;
      if (plain.end >= text.length && !isEnd) return undefined;
      if (wasQuoted && plain.cell.trim() !== '') {
        if (quotedLines > 0) {
          isWhole ??= this.#firstLineIsWhole(text, from);
          if (isWhole) return { ...this.#literalLine(text, from), seen: plain.end };
          unended?.breaks.push(plain.end);
        }
        problem ??= 'TEXT_AFTER_QUOTE';
      }
      cell += plain.cell;
      place = plain.end;
      if (place < text.length && text.startsWith(this.#delimiter, place)) {
        cells.push(cell);
        place += this.#delimiter.length;
        if (place >= text.length && !isEnd) return undefined;
        continue;
      }
      const isBlank = cells.length === 0 && cell === '' && !wasQuoted;
      if (!isBlank) cells.push(cell);
      const seen = place;
      if (place >= text.length) return { cells, end: place, lines, quotedCells, problem, seen };
      if (text[place] === '\r') {
        // The next piece shows whether a line feed follows.
        if (place + 1 >= text.length && !isEnd) return undefined;
        if (text[place + 1] === '\n') place++;
      }
      return { cells, end: place + 1, lines: lines + 1, quotedCells, problem, seen };
    }
  }

  /** Up to the next delimiter or line end; `lineEnd` is the position of the next line end. */
  #readPlain(text: string, from: number, lineEnd: number): { cell: string; end: number } {
    if (!this.#backslash) {
      if (text.startsWith(this.#delimiter, from)) return { cell: '', end: from };
      const line = text.slice(from, lineEnd);
      const delimiter = line.indexOf(this.#delimiter);
      return delimiter < 0 ? { cell: line, end: lineEnd } : { cell: line.slice(0, delimiter), end: from + delimiter };
    }
    this.#cellEnd.lastIndex = from;
    let found = this.#cellEnd.exec(text);
    let cell = '';
    let start = from;
    while (found && found[0] === '\\' && this.#delimiter !== '\\') {
      const next = text[found.index + 1] ?? '';
      cell += text.slice(start, found.index) + (this.#isEscaped(next) ? next : `\\${next}`);
      start = found.index + 1 + next.length;
      this.#cellEnd.lastIndex = start;
      found = this.#cellEnd.exec(text);
    }
    const end = found ? found.index : text.length;
    return { cell: cell + text.slice(start, end), end };
  }

  /** The content of a quoted cell and the position after its closing quote. */
  #readQuoted(text: string, from: number, isEnd: boolean): { cell: string; end: number; lines: number } | undefined {
    let cell = '';
    let start = from;
    let search = from;
    let endsOnLine: boolean | undefined;
    for (;;) {
      const found = text.indexOf(this.#closing, search);
      if (found < 0) return undefined;
      if (this.#backslash) {
        let slashes = 0;
        while (text[found - 1 - slashes] === '\\' && found - slashes > from) slashes++;
        if (slashes % 2 === 1) {
          search = found + 1;
          continue;
        }
      }
      if (found + 1 >= text.length && !isEnd) return undefined;
      if (text[found + 1] === this.#closing) {
        cell += text.slice(start, found + 1);
        start = found + 2;
        search = start;
        continue;
      }
      // Between two letters it is an apostrophe, which nobody doubles.
      if (this.#closing === "'" && isLetter(text[found - 1]) && isLetter(text[found + 1])) {
        endsOnLine ??= hasEndOnLine(text, from, isEnd);
        if (endsOnLine === undefined) return undefined;
        if (endsOnLine) {
          search = found + 1;
          continue;
        }
      }
      cell += text.slice(start, found);
      const lines = countLines(text.slice(from, found));
      return { cell: this.#backslash ? this.#unescaped(cell) : cell, end: found + 1, lines };
    }
  }

  #unescaped(cell: string): string {
    return cell.replace(/\\([\s\S])/g, (both, next: string) => (this.#isEscaped(next) ? next : both));
  }

  #isEscaped(sign: string): boolean {
    return (
      sign === '\\' ||
      sign === '\n' ||
      sign === '\r' ||
      sign === this.#quote ||
      sign === this.#closing ||
      this.#delimiter.startsWith(sign)
    );
  }

  /**
   * A record beyond the maximum length, whether or not its end is there yet: the result must not depend on how the
   * text is cut into pieces.
   */
  #tooLong(text: string, from: number, isEnd: boolean): FoundRecord {
    const { cells, quotedCells } = this.#literalLine(text, from);
    const below = text
      .slice(from, from + longestRecord)
      .split(/\r\n|\r|\n/, mostLooked)
      .slice(1, -1);
    const rows = below.filter((line) => line.split(this.#delimiter).length === this.#width).length;
    const fromWhere: Skipping = rows > below.length / 2 ? 'line' : 'cell start';
    return { cells, quotedCells, ...this.#skip(text, from, fromWhere, isEnd), problem: 'TOO_LONG' };
  }

  #skip(text: string, from: number, skipping: Skipping, isEnd: boolean): { end: number; lines: number } {
    const skipped = this.#skipper.skip(text, from, { skipping, isEnd });
    this.#skipping = skipped.skipping;
    return skipped;
  }

  #firstLineIsWhole(text: string, from: number): boolean {
    if (this.#width === undefined) return false;
    return text.slice(from, lineEndFrom(text, from)).split(this.#delimiter).length === this.#width;
  }

  /** One line, split at its delimiters only. */
  #literalLine(text: string, from: number): FoundRecord {
    const cells = text.slice(from, lineEndFrom(text, from)).split(this.#delimiter);
    const quotedCells = cells.filter((cell) => cell.startsWith(this.#quote)).length;
    return { cells, end: behindLine(text, from), lines: 1, quotedCells, problem: 'QUOTE_OPEN' };
  }
}

interface FoundRecord {
  readonly cells: string[];
  /** The furthest position read to find it, without the line's end; undefined if no further than the line itself. */
  readonly seen?: number;
  readonly end: number;
  readonly lines: number;
  readonly quotedCells: number;
  readonly problem: RecordProblem | undefined;
}

/** A stretch of text that a record was read through without an end: every line end in it was within quotes. */
class Unended {
  from: number;
  end: number;
  /** It ends with the text so far, not with a record that was taken to be a line for what follows its quote. */
  isToEnd = true;
  /** Where a record whose first line is as wide as the table is taken to be that line, in order. */
  readonly breaks: number[] = [];
  #passed = 0;
  /** How far the text has moved on since. */
  #moved = 0;

  constructor(from: number, end: number) {
    this.from = from;
    this.end = end;
  }

  upTo(end: number): this {
    this.end = end;
    this.isToEnd = false;
    this.breaks.push(end);
    return this;
  }

  /** The first break at or after `from`, which is never before an earlier one. */
  breakFrom(from: number): number | undefined {
    while ((this.breaks[this.#passed] ?? Infinity) - this.#moved < from) this.#passed++;
    const found = this.breaks[this.#passed];
    return found === undefined ? undefined : found - this.#moved;
  }

  /** The text now starts that many letters later. */
  moveOn(letters: number): void {
    this.#moved += letters;
    this.from -= letters;
    this.end -= letters;
  }
}

const mostAtOnce = 50_000;
/** Enough lines to see whether they are rows; each line of a file may have to be looked at so. */
const mostLooked = 100;
/** A record of 16 Mi characters without an end is most often an unclosed quote that swallows the file. */
export const longestRecord = 16 * 1024 * 1024;

/**
 * Whether an apostrophe outside a word comes before the end of the line: only then are those before it parts of words,
 * since words of the next line may also begin or end with one. Undefined while the end of the line may still come.
 */
function hasEndOnLine(text: string, from: number, isEnd: boolean): boolean | undefined {
  const apostropheOrLineEnd = /(?<!\p{L})'|'(?!\p{L})|[\r\n]/gu;
  apostropheOrLineEnd.lastIndex = from;
  const [found] = apostropheOrLineEnd.exec(text) ?? [];
  return found === undefined && !isEnd ? undefined : found === "'";
}

function isLetter(sign: string | undefined): boolean {
  return sign !== undefined && /^\p{L}$/u.test(sign);
}

function lineEndFrom(text: string, from: number): number {
  lineEnd.lastIndex = from;
  return lineEnd.exec(text)?.index ?? text.length;
}

const lineEnd = /[\r\n]/g;

function behindLine(text: string, from: number): number {
  const end = lineEndFrom(text, from);
  return text[end] === '\r' && text[end + 1] === '\n' ? end + 2 : Math.min(end + 1, text.length);
}

function countLines(text: string): number {
  let lines = 0;
  for (let place = text.indexOf('\n'); place >= 0; place = text.indexOf('\n', place + 1)) lines++;
  for (let place = text.indexOf('\r'); place >= 0; place = text.indexOf('\r', place + 1)) {
    if (text[place + 1] !== '\n') lines++;
  }
  return lines;
}
