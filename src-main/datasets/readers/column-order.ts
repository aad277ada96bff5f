import type { PlacedPiece } from './csv-places.ts';
import { uniqueNames } from './header-names.ts';
import { movedCells } from './moved-cells.ts';
import { recordAt } from './placed-record.ts';
import type { OpenTable, TablePiece, TableRecord } from './table.ts';

/**
 * A table whose header may occur again further down, as in concatenated files: rows below a reordered header are read
 * in that order, and the repeated headers are marked as such.
 */
export function orderedTable(table: OpenTable): OpenTable {
  const { columns, facts, pieces } = table;
  if (!facts.header || columns.length < 2) return table;
  const names = new ColumnNames(columns, facts.quote);
  return {
    ...table,
    rows: (signal) => orderedRows(table.rows(signal), names),
    ...(pieces && { pieces: (signal?: AbortSignal) => orderedPieces(pieces(signal), names, facts.quote) }),
  };
}

async function* orderedRows(
  pieces: AsyncGenerator<TablePiece, void>,
  names: ColumnNames,
): AsyncGenerator<TablePiece, void> {
  const order = new ColumnOrder(names);
  for await (const piece of pieces) yield { ...piece, records: piece.records.map((record) => order.read(record)) };
}

async function* orderedPieces(
  pieces: AsyncGenerator<PlacedPiece | TablePiece, void>,
  names: ColumnNames,
  quote: string,
): AsyncGenerator<PlacedPiece | TablePiece, void> {
  const order = new ColumnOrder(names);
  for await (const piece of pieces) {
    if (!('places' in piece)) {
      yield { ...piece, records: piece.records.map((record) => order.read(record)) };
      continue;
    }
    const { end, bytesRead } = piece;
    let from = piece.from;
    for (let at = piece.from; ; at++) {
      if (order.isFirst) at = names.firstIn(piece, at);
      if (at >= end) break;
      const written = recordAt(piece, at, quote);
      const record = order.read(written);
      if (record === written) continue;
      if (from < at) yield { ...piece, from, end: at };
      yield { records: [record], bytesRead };
      from = at + 1;
    }
    if (from < end) yield { ...piece, from, end };
  }
}

/** The order of the cells during one pass over the rows. */
class ColumnOrder {
  readonly #names: ColumnNames;
  /** The column of each cell; undefined while it is the first header's. */
  #places: readonly number[] | undefined;

  constructor(names: ColumnNames) {
    this.#names = names;
  }

  get isFirst(): boolean {
    return this.#places === undefined;
  }

  /** The record in the table's order; the same object if nothing needs changing. */
  read(record: TableRecord): TableRecord {
    const places = this.#names.placesIn(record.cells);
    if (places) {
      const isAgain = this.#names.isFirstOrder(places);
      this.#places = isAgain ? undefined : places;
      return { ...record, problem: isAgain ? 'HEADER_AGAIN' : 'HEADER_OTHER' };
    }
    if (!this.#places || record.cells.length < 2) return record;
    return { ...record, cells: this.#names.moved(record.cells, this.#places) };
  }
}

/** The names of a table's columns, by which repeated headers are recognised. */
class ColumnNames {
  readonly #width: number;
  readonly #places = new Map<string, number>();
  #longest = 0;
  #longestBytes = 0;
  /** Indices of columns with made-up names. */
  readonly #unnamed: readonly number[];
  /** For each first byte and length, whether some name has both. */
  readonly #written = new Uint8Array(256 * lengths);

  constructor(columns: readonly string[], quote: string) {
    this.#width = columns.length;
    const isMade = (name: string, place: number) => name === `column ${place + 1}`;
    this.#unnamed = columns.flatMap((name, place) => (isMade(name, place) ? [place] : []));
    for (const [place, name] of columns.entries()) {
      const key = folded(name);
      if (isMade(name, place) || this.#places.has(key)) continue;
      this.#places.set(key, place);
      this.#longest = Math.max(this.#longest, name.length);
      // Duplicates have a number appended.
      for (const each of [name, name.replace(/ \d+$/, '')]) {
        const quotes = quote === '' ? 0 : each.split(quote).length - 1;
        for (const bytes of [Buffer.byteLength(each), Buffer.byteLength(each) + quotes]) {
          this.#longestBytes = Math.max(this.#longestBytes, bytes);
          this.#written[markOf(Buffer.from(each)[0] ?? 0, bytes)] = 1;
        }
      }
    }
  }

  /**
   * The first record from `from` on that may be a header, judged only by first bytes and lengths of its cells; `end` if
   * there is none.
   */
  firstIn({ bytes, places, end: last }: PlacedPiece, from: number): number {
    const { starts, ends, firstCells } = places;
    const written = this.#written;
    const longest = this.#longestBytes + mostBlanks;
    for (let record = from; record < last; record++) {
      const first = firstCells[record] ?? 0;
      const behind = firstCells[record + 1] ?? 0;
      let known = 0;
      let left = (behind - first) >> 1;
      for (let cell = first; cell < behind; cell++) {
        let start = starts[cell] ?? 0;
        let end = ends[cell] ?? 0;
        if (end - start <= longest) {
          // A concatenated second file brings its byte order mark before its header.
          if (bytes[start] === 0xef && cell === first && bytes[start + 1] === 0xbb && bytes[start + 2] === 0xbf)
            start += 3;
          while (start < end && (bytes[start] ?? 0) <= blank) start++;
          while (end > start && (bytes[end - 1] ?? 0) <= blank) end--;
          if (start === end) continue;
          if (written[markOf(bytes[start] ?? 0, end - start)] === 1) {
            if (++known > 1) return record;
            continue;
          }
        }
        // In a header, at most half the cells are not columns.
        if (--left < 0) break;
      }
    }
    return last;
  }

  /**
   * The column of each of these cells, or -1 for an unknown name, if this is a header: it has more than half of the
   * columns, no more unknown names than known ones, and the unknown ones look like names. Undefined for a row of the
   * table.
   */
  placesIn(cells: readonly string[]): number[] | undefined {
    if (!this.#mayStandIn(cells)) return undefined;
    const written = cells.map(nameIn);
    while (written.at(-1) === '') written.pop();
    const names = uniqueNames(written);
    const unnamed = [...this.#unnamed];
    const places = names.map((name, place) =>
      written[place] === '' ? (unnamed.shift() ?? -1) : (this.#places.get(folded(name)) ?? -1),
    );
    const others = written.filter((name, place) => name !== '' && places[place] === -1);
    const known = written.filter((name, place) => name !== '' && places[place] !== -1).length;
    const last = new Map(written.map((name, place) => [name, place]));
    const twice = new Set(written.filter((name, place) => last.get(name) !== place));
    const areNames = others.every((name) => name.length <= 40 && nameLike.test(name) && !twice.has(name));
    return known >= Math.max(2, others.length) && 2 * known > this.#width && areNames ? places : undefined;
  }

  /** Like `firstIn`, for a record as text: whether at least two cells are column names. */
  #mayStandIn(cells: readonly string[]): boolean {
    let known = 0;
    for (const [place, cell] of cells.entries()) {
      if (cell.length > this.#longest + mostBlanks) continue;
      if (this.#places.has(folded(nameIn(cell, place))) && ++known > 1) return true;
    }
    return false;
  }

  /** Whether the columns are in the order of the first header, with no others; a leading unnamed one may be missing. */
  isFirstOrder(places: readonly number[]): boolean {
    const left = this.#unnamed[0] === 0 && places[0] === 1 ? 1 : 0;
    return places.every((to, place) => to === place + left);
  }

  moved(cells: readonly string[], places: readonly number[]): string[] {
    // If the first column numbers the rows, its name may have been left out.
    const isCounted = this.#unnamed[0] === 0 && !places.includes(0) && cells.length === places.length + 1;
    return movedCells(cells, isCounted ? [0, ...places] : places, this.#width);
  }
}

const blank = 0x20;
const lengths = 64;
/** The most blanks allowed around a name when searching text. */
const mostBlanks = 20;

/** The first byte and length of a name as one number, ignoring ASCII case. */
function markOf(first: number, bytes: number): number {
  const letter = first >= 0x41 && first <= 0x5a ? first + 0x20 : first;
  return letter * lengths + Math.min(bytes, lengths - 1);
}

function nameIn(cell: string, place: number): string {
  const marked = place === 0 && cell.startsWith('\ufeff') ? cell.slice(1) : cell;
  return marked.replace(outerBlanks, '');
}

/** The same characters that `firstIn` skips. */
const outerBlanks = /^[\0-\x20]+|[\0-\x20]+$/g;
const nameLike = /^[\p{L}_][\p{L}\p{N}_ .()/-]*$/u;

/** Folds only ASCII, so that a name keeps its length in bytes. */
function folded(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
