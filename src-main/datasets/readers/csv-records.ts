import type { RecordProblem, TableRecord } from './table.ts';
import { TextRecords } from './text-records.ts';

/** How cells and records are told apart. */
export interface CsvDialect {
  /** One letter or more, or what `line-records.ts` names. */
  readonly delimiter: string;
  /** Where the cells of a line begin, when they do so at fixed places: counted in letters, East Asian ones as `wide`, one or two. */
  readonly fixed?: { readonly starts: readonly number[]; readonly wide: 1 | 2 };
  /** What ends a record where line ends do not: they are then part of cells. */
  readonly recordEnd?: string;
  /** Every record as a whole is in quotes, as one cell: what is in it is cut once more. */
  readonly isWrapped?: true;
  /** Empty where no sign opens a quoted cell. */
  readonly quote: string;
  /** What closes it, where that is another sign. */
  readonly closing?: string;
  /**
   * What stands before a quote that belongs to the cell: the quote itself, or a backslash, which then also keeps delimiters;
   * a quote that is written twice is one then, too, as nothing else can be meant by it.
   */
  readonly escape: string;
}

/**
 * Cuts text into records, piece by piece: RFC 4180 with any delimiter, quote and escape; lines end with CR, LF or CRLF, mixed
 * as they come. A quote opens a quoted cell only at the cell's start; what follows a closing quote is kept, as spreadsheet
 * programs and Python do. Nothing is trimmed.
 *
 * A quoted cell that never ends, or ends in the midst of a later line whose words follow it directly while its own first line
 * is as wide as the table, has lost its closing quote: that line is then a record of its own, told as `QUOTE_OPEN`, and the
 * reading goes on behind it, so that one stray quote costs one row and not the rest of the file. Of a record that is longer than
 * any can be, that holds for its first line, told as `TOO_LONG`.
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
  /** No further try before so many letters are there: a long cell is not read again for each piece. */
  #enough = 0;
  #line: number;
  #hasMore = false;
  #quotedCells = 0;
  #isWithinLongLine: boolean;

  /**
   * `width` is how many cells the table's records have, where that is known; `line` is the first line's number. The text may
   * begin within a line that was told as too long.
   */
  constructor(dialect: CsvDialect, options: { width?: number; line?: number; isWithinLongLine?: boolean } = {}) {
    super();
    this.#delimiter = dialect.delimiter;
    this.#quote = dialect.quote;
    this.#closing = dialect.closing ?? dialect.quote;
    this.#backslash = dialect.escape === '\\';
    this.#width = options.width;
    this.#line = options.line ?? 1;
    this.#isWithinLongLine = options.isWithinLongLine ?? false;
    const signs = [dialect.delimiter, ...(this.#backslash ? ['\\'] : [])].map(escapeForRegExp);
    this.#cellEnd = new RegExp(`${signs.join('|')}|[\r\n]`, 'g');
  }

  /** The line on which the next record starts, from 1. */
  get line(): number {
    return this.#line;
  }

  /** The text of the record that has not ended yet; only between two pieces. */
  get rest(): string {
    return this.#rest;
  }

  /** Whether the text so far ends in the midst of a line that was told as too long. */
  get isWithinLongLine(): boolean {
    return this.#isWithinLongLine;
  }

  get waitingLetters(): number {
    return this.#waitingLetters;
  }

  /** A quote that never closed counts as well. */
  override get quotedCells(): number {
    return this.#quotedCells;
  }

  *pieces(text: string, { isEnd = false }: { isEnd?: boolean } = {}): Generator<TableRecord[], void> {
    this.#waiting.push(text);
    this.#waitingLetters += text.length;
    if (this.#waitingLetters < this.#enough && !isEnd) return;
    do yield this.#read(isEnd);
    while (this.#hasMore);
  }

  #read(isEnd: boolean): TableRecord[] {
    const text = this.#waiting.length === 1 ? (this.#waiting[0] ?? '') : this.#waiting.join('');
    const whole = this.#rest === '' ? text : this.#rest + text;
    this.#waiting = [];
    const records: TableRecord[] = [];
    let place = 0;
    if (this.#isWithinLongLine) {
      place = behindLine(whole, 0);
      this.#isWithinLongLine = isOpenAt(whole, place);
    }
    // Where the next quote and the next carriage return stand, so that most lines need no look at each letter.
    let quote = this.#quote === '' ? -1 : whole.indexOf(this.#quote);
    let cr = whole.indexOf('\r');
    let backslash = this.#backslash ? whole.indexOf('\\') : -1;
    this.#hasMore = false;
    while (place < whole.length) {
      if (records.length >= mostAtOnce) {
        this.#hasMore = true;
        break;
      }
      const lineFeed = whole.indexOf('\n', place);
      if (quote >= 0 && quote < place) quote = whole.indexOf(this.#quote, place);
      if (cr >= 0 && cr < place) cr = whole.indexOf('\r', place);
      if (backslash >= 0 && backslash < place) backslash = whole.indexOf('\\', place);
      const isPlain =
        lineFeed >= 0 &&
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
      const found = this.#readRecord(whole, place, lineFeed, isEnd) ?? this.#reopened(whole, place, isEnd);
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
    this.#waitingLetters = this.#rest.length;
    this.#enough = this.#rest.length * 2;
    return records;
  }

  /** The record that starts at `from`; undefined when the text ends before it does, or a quote that was opened stays open. */
  #readRecord(text: string, from: number, firstLineFeed: number, isEnd: boolean): FoundRecord | undefined {
    const cells: string[] = [];
    let place = from;
    let lines = 0;
    let quotedCells = 0;
    let problem: RecordProblem | undefined;
    let lineFeed = firstLineFeed;
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
        if (lineFeed >= 0 && lineFeed < place) lineFeed = text.indexOf('\n', place);
      }
      const plain = this.#readPlain(text, place, lineFeed);
      if (plain.end >= text.length && !isEnd) return undefined;
      if (wasQuoted && plain.cell.trim() !== '') {
        if (quotedLines > 0 && this.#firstLineIsWhole(text, from)) return this.#literalLine(text, from);
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
      if (place >= text.length) return { cells, end: place, lines, quotedCells, problem };
      if (text[place] === '\r') {
        // Whether a line feed follows is seen in the next piece.
        if (place + 1 >= text.length && !isEnd) return undefined;
        if (text[place + 1] === '\n') place++;
      }
      return { cells, end: place + 1, lines: lines + 1, quotedCells, problem };
    }
  }

  /** Up to the next delimiter or line end; `lineFeed` is where the next one of those stands. */
  #readPlain(text: string, from: number, lineFeed: number): { cell: string; end: number } {
    if (!this.#backslash) {
      if (text.startsWith(this.#delimiter, from)) return { cell: '', end: from };
      const delimiter = text.indexOf(this.#delimiter, from);
      let end = lineFeed < 0 ? text.length : lineFeed;
      if (delimiter >= 0 && delimiter < end) end = delimiter;
      const cell = text.slice(from, end);
      const cr = cell.indexOf('\r');
      return cr < 0 ? { cell, end } : { cell: cell.slice(0, cr), end: from + cr };
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

  /** The inside of a quoted cell and the place behind its closing quote. */
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
      // Between two letters it is the apostrophe of a word, which nobody doubled.
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

  /** A record whose quote stays open, or that has no end: undefined while that may still come. */
  #reopened(text: string, from: number, isEnd: boolean): FoundRecord | undefined {
    if (isEnd) return this.#literalLine(text, from);
    if (text.length - from < longestRecord) return undefined;
    const line = this.#literalLine(text, from);
    this.#isWithinLongLine = isOpenAt(text, line.end);
    return { ...line, problem: 'TOO_LONG' };
  }

  #firstLineIsWhole(text: string, from: number): boolean {
    if (this.#width === undefined) return false;
    return text.slice(from, lineEnd(text, from)).split(this.#delimiter).length === this.#width;
  }

  /** One line, cut at its delimiters alone. */
  #literalLine(text: string, from: number): FoundRecord {
    const cells = text.slice(from, lineEnd(text, from)).split(this.#delimiter);
    const quotedCells = cells.filter((cell) => cell.startsWith(this.#quote)).length;
    return { cells, end: behindLine(text, from), lines: 1, quotedCells, problem: 'QUOTE_OPEN' };
  }
}

interface FoundRecord {
  readonly cells: string[];
  readonly end: number;
  readonly lines: number;
  readonly quotedCells: number;
  readonly problem: RecordProblem | undefined;
}

const mostAtOnce = 50_000;
/** What has 16 Mi letters and no end is most often an open quote that swallows the file. */
const longestRecord = 16 * 1024 * 1024;

/**
 * Whether an apostrophe that stands in no word comes before the line's end: only then are those before it parts of words, as the
 * next line's words may begin or end with one, too. Undefined while the line's end may still come.
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

function lineEnd(text: string, from: number): number {
  const lineFeed = text.indexOf('\n', from);
  const line = text.slice(from, lineFeed < 0 ? text.length : lineFeed);
  const cr = line.indexOf('\r');
  return cr >= 0 ? from + cr : from + line.length;
}

function behindLine(text: string, from: number): number {
  const end = lineEnd(text, from);
  return text[end] === '\r' && text[end + 1] === '\n' ? end + 2 : Math.min(end + 1, text.length);
}

/** Whether a line goes on where the text ends. */
function isOpenAt(text: string, place: number): boolean {
  return place === text.length && text.at(-1) !== '\n' && text.at(-1) !== '\r';
}

function countLines(text: string): number {
  let lines = 0;
  for (let place = text.indexOf('\n'); place >= 0; place = text.indexOf('\n', place + 1)) lines++;
  for (let place = text.indexOf('\r'); place >= 0; place = text.indexOf('\r', place + 1)) {
    if (text[place + 1] !== '\n') lines++;
  }
  return lines;
}

function escapeForRegExp(sign: string): string {
  return sign.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
