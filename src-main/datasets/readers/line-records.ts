import { type CsvDialect, CsvRecords, longestRecord } from './csv-records.ts';
import type { TableRecord } from './table.ts';
import { TextRecords } from './text-records.ts';

/** Used as a table's delimiter: cells are separated by one or more blanks. */
export const runsOfBlanks = ' +';
/** Used as a table's delimiter: cells begin at the same positions in all lines. */
export const fixedColumns = 'fixed';

/** The reader for a dialect. */
export function textRecords(dialect: CsvDialect, options: { width?: number; line?: number } = {}): TextRecords {
  const { delimiter } = dialect;
  if (delimiter === runsOfBlanks) return new LineRecords((line) => cutAtBlanks(line, dialect.quote), options);
  if (delimiter === fixedColumns)
    return new LineRecords((line) => cutAtPlaces(line, dialect.fixed ?? oneColumn), options);
  if (dialect.isWrapped) return new WrappedRecords(dialect, options);
  return dialect.recordEnd === undefined
    ? new CsvRecords(dialect, options)
    : new SeparatedRecords(dialect.recordEnd, new CsvRecords(dialect, options));
}

type FixedPlaces = NonNullable<CsvDialect['fixed']>;
export const oneColumn: FixedPlaces = { starts: [0], wide: 1 };

/** Records that are quoted as a whole. Unquoted ones are passed through unchanged. */
class WrappedRecords extends TextRecords {
  readonly #outer: CsvRecords;
  readonly #inner: CsvRecords;

  constructor(dialect: CsvDialect, { line }: { line?: number }) {
    super();
    this.#outer = new CsvRecords(dialect, { ...(line !== undefined && { line }), width: 1 });
    this.#inner = new CsvRecords(dialect);
  }

  get waitingLetters(): number {
    return this.#outer.waitingLetters;
  }

  *pieces(text: string, options?: { isEnd?: boolean }): Generator<TableRecord[], void> {
    for (const records of this.#outer.pieces(text, options)) yield records.map((record) => this.#unwrapped(record));
  }

  #unwrapped(record: TableRecord): TableRecord {
    const [written = ''] = record.cells;
    if (record.cells.length !== 1 || record.problem) return record;
    const [found, ...others] = [...this.#inner.push(written), ...this.#inner.end()];
    return found === undefined || others.length > 0 ? record : { ...found, line: record.line };
  }
}

/** Records that end with a character of their own: for the line reader, it is swapped with line ends. */
class SeparatedRecords extends TextRecords {
  readonly #end: string;
  readonly #records: CsvRecords;

  constructor(end: string, records: CsvRecords) {
    super();
    this.#end = end;
    this.#records = records;
  }

  get waitingLetters(): number {
    return this.#records.waitingLetters;
  }

  override get quotedCells(): number {
    return this.#records.quotedCells;
  }

  *pieces(text: string, options?: { isEnd?: boolean }): Generator<TableRecord[], void> {
    for (const records of this.#records.pieces(this.#swapped(text), options)) {
      yield records.map((record) => ({ ...record, cells: record.cells.map((cell) => this.#swapped(cell)) }));
    }
  }

  #swapped(text: string): string {
    return text.replace(swappedSigns, (sign) =>
      sign === this.#end ? '\n' : sign === '\n' ? this.#end : (other[sign] ?? sign),
    );
  }
}

const other: Readonly<Record<string, string>> = { '\r': '\x1d', '\x1d': '\r' };
const swappedSigns = new RegExp(`[${['\r', '\n', '\x1d', '\x1e'].join('')}]`, 'g');

/** One record per line. A line beyond the maximum record length is reported as `TOO_LONG`, with its beginning. */
class LineRecords extends TextRecords {
  readonly #cut: (line: string) => string[];
  /** The text of the incomplete line. */
  #waiting: string[] = [];
  #waitingLetters = 0;
  #line: number;
  #isWithinLongLine = false;

  constructor(cut: (line: string) => string[], { line = 1 }: { line?: number }) {
    super();
    this.#cut = cut;
    this.#line = line;
  }

  get waitingLetters(): number {
    return this.#waitingLetters;
  }

  *pieces(text: string, { isEnd = false }: { isEnd?: boolean } = {}): Generator<TableRecord[], void> {
    // Do not rescan a long line for each of its pieces.
    const goesOn = !/[\r\n]/.test(text) && this.#waiting.at(-1)?.endsWith('\r') !== true;
    if (text !== '') this.#waiting.push(text);
    this.#waitingLetters += text.length;
    if (goesOn && !isEnd && this.#waitingLetters <= longestRecord) return;
    // The next piece shows whether a line feed follows a carriage return.
    const lines = this.#waiting.join('').split(isEnd ? /\r\n|\r|\n/ : /\r\n|\r(?!$)|\n/);
    let rest = lines.pop() ?? '';
    if (isEnd && rest !== '') lines.push(rest);
    if (this.#isWithinLongLine && lines.length > 0) {
      lines.shift();
      this.#isWithinLongLine = false;
    }
    const records = lines.map((line) => this.#record(line));
    const open = rest.replace(/\r$/, '');
    if (!isEnd && !this.#isWithinLongLine && open.length > longestRecord) {
      records.push(this.#record(open));
      this.#isWithinLongLine = true;
    }
    if (this.#isWithinLongLine) rest = rest.slice(open.length);
    this.#waiting = isEnd || rest === '' ? [] : [rest];
    this.#waitingLetters = isEnd ? 0 : rest.length;
    yield records;
  }

  #record(line: string): TableRecord {
    const cells = line.trim() === '' ? [] : this.#cut(line);
    return { cells, line: this.#line++, ...(line.length > longestRecord && { problem: 'TOO_LONG' as const }) };
  }
}

function cutAtBlanks(line: string, quote: string): string[] {
  const cells: string[] = [];
  const plain = line.trim();
  for (let place = 0; place < plain.length; ) {
    const quoted = quote !== '' && plain.startsWith(quote, place) ? closingPlace(plain, place + 1, quote) : undefined;
    if (quoted !== undefined) cells.push(plain.slice(place + 1, quoted).replaceAll(quote + quote, quote));
    const end = quoted === undefined ? blankFrom(plain, place) : quoted + 1;
    if (quoted === undefined) cells.push(plain.slice(place, end));
    place = end;
    while (plain[place] === ' ' || plain[place] === '\t') place++;
  }
  return cells;
}

/** The position of the quote that closes a cell; undefined if no blank or end follows one. */
function closingPlace(line: string, from: number, quote: string): number | undefined {
  for (let place = line.indexOf(quote, from); place >= 0; place = line.indexOf(quote, place + 1)) {
    if (line[place + 1] === quote) place++;
    else return place + 1 === line.length || /[ \t]/.test(line[place + 1] ?? '') ? place : undefined;
  }
  return undefined;
}

function blankFrom(line: string, from: number): number {
  const found = line.slice(from).search(/[ \t]/);
  return found < 0 ? line.length : from + found;
}

/** Text that runs across a column boundary keeps both columns in one cell; the row is then too short and reported. */
function cutAtPlaces(line: string, fixed: FixedPlaces): string[] {
  const { starts } = fixed;
  const places = indexesOf(line, fixed);
  const cells: string[] = [];
  let from = 0;
  for (const [column, end] of [...places.slice(1), line.length].entries()) {
    const isCut = column < starts.length - 1 && isInk(line[end - 1]) && isInk(line[end]);
    if (isCut) continue;
    cells.push(line.slice(from, end).trim());
    from = end;
  }
  return cells;
}

function indexesOf(line: string, { starts, wide }: FixedPlaces): number[] {
  const indexes: number[] = [];
  let column = 0;
  let index = 0;
  for (const letter of line) {
    while (indexes.length < starts.length && (starts[indexes.length] ?? 0) <= column) indexes.push(index);
    column += columnsOf(letter, wide);
    index += letter.length;
  }
  while (indexes.length < starts.length) indexes.push(line.length);
  return indexes;
}

/** On screen, an East Asian letter takes two columns; programs that count characters give it one. */
function columnsOf(letter: string, wide: 1 | 2): number {
  return /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/.test(
    letter,
  )
    ? wide
    : 1;
}

function isInk(letter: string | undefined): boolean {
  return letter !== undefined && letter !== ' ';
}

/**
 * Positions where all lines of a table begin a cell: those after columns of blanks that run through all lines.
 * Undefined unless there are at least three lines, most with consecutive blanks, which nobody writes in prose, and most
 * cells begin or end where their column does. Up to five lines above the table are ignored.
 */
export function fixedPlaces(text: string): FixedPlaces | undefined {
  const lines = text
    .split(/\r\n|\r|\n/)
    .slice(0, 500)
    .filter((line) => line.trim() !== '' && !/^[\s:+=|─━-]*$/.test(line));
  if (lines.some((line) => line.includes('\t'))) return undefined;
  let best: FixedPlaces | undefined;
  for (let above = 0; above <= Math.min(5, lines.length - 3); above++) {
    // A line with consecutive blanks belongs to the table itself.
    if (above > 0 && / {2}/.test(lines[above - 1]?.trim() ?? '')) break;
    const below = lines.slice(above);
    // A long cell or two may exceed their column.
    const tolerated = below.length > 5 ? Math.ceil(below.length / 20) : 0;
    const [onScreen, byLetters] = ([2, 1] as const).map((wide) => {
      const found = startsOf(below, wide, 0) ?? (tolerated > 0 ? startsOf(below, wide, tolerated) : undefined);
      return found && { ...found, wide };
    });
    const found = (byLetters?.fit ?? 0) > (onScreen?.fit ?? 0) ? byLetters : onScreen;
    // For the same number of columns, prefer the positions found without the lines above the table.
    if (found && found.starts.length >= (best?.starts.length ?? 0)) best = { starts: found.starts, wide: found.wide };
  }
  return best;
}

/**
 * `fit` is the share of aligned cells in the worst-aligned column. `tolerated` lines, never the first, may have text
 * where all others have a blank.
 */
function startsOf(
  lines: readonly string[],
  wide: 1 | 2,
  tolerated: number,
): { starts: number[]; fit: number } | undefined {
  const grids = lines.map((line) => inkOf(line, wide));
  const width = Math.max(...grids.map(({ length }) => length));
  const inkIn = (column: number) => grids.reduce((sum, ink) => sum + (ink[column] ? 1 : 0), 0);
  const isGutter = (column: number) => inkIn(column) <= tolerated && !grids[0]?.[column];
  const fields: { start: number; end: number }[] = [];
  for (let column = 0; column < width; column++) {
    if (isGutter(column)) continue;
    const last = fields.at(-1);
    const isSame = last && (last.end === column || !isPadded(grids, column));
    if (isSame) last.end = column + 1;
    else fields.push({ start: column, end: column + 1 });
  }
  if (fields.length < 2 || fields.length > 200) return undefined;
  const spaced = lines.filter((line) => / {2}/.test(line.trim())).length;
  if (spaced < lines.length / 2) return undefined;
  const starts: number[] = [];
  let fit = 1;
  for (const [place, { start, end }] of fields.entries()) {
    const filled = grids.map((ink) => ink.slice(start, end)).filter((ink) => ink.some(Boolean));
    // What only a few lines have at their end is not a column, but overlong text.
    if (filled.length < grids.length * 0.3 && !grids[0]?.slice(start, end).some(Boolean)) return undefined;
    const left = mostFrequent(filled.map((ink) => ink.indexOf(true)));
    const right = mostFrequent(filled.map((ink) => ink.lastIndexOf(true)));
    fit = Math.min(fit, Math.max(left.share, right.share));
    if (fit < 0.8) return undefined;
    // The column's name may begin before its cells; a cell that does has left its column.
    const name = grids[0]?.slice(start, end).indexOf(true) ?? -1;
    const begins = left.share < 0.8 ? 0 : name < 0 ? left.value : Math.min(left.value, name);
    starts.push(place === 0 ? 0 : start + begins);
  }
  return { starts, fit };
}

function mostFrequent(values: readonly number[]): { value: number; share: number } {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const [value = 0, count = 0] = [...counts].reduce((best, next) => (next[1] > best[1] ? next : best), [0, 0]);
  return { value, share: count / values.length };
}

/** Whether lines are padded with blanks before this position; similar sentences may share a single blank here. */
function isPadded(grids: readonly (readonly boolean[])[], place: number): boolean {
  const padded = grids.filter((ink) => {
    const next = ink.indexOf(true, place);
    const before = ink.lastIndexOf(true, place - 1);
    return next < 0 || before < 0 || next - before > 2;
  });
  return padded.length >= grids.length * 0.3;
}

/** Whether each column of a line has ink. */
function inkOf(line: string, wide: 1 | 2): boolean[] {
  const ink: boolean[] = [];
  for (const letter of line) for (let column = 0; column < columnsOf(letter, wide); column++) ink.push(isInk(letter));
  return ink;
}
