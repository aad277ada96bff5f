import type { PlacedPiece } from './csv-places.ts';
import { uniqueNames } from './header-names.ts';
import { movedCells } from './moved-cells.ts';
import { recordAt } from './placed-record.ts';
import type { OpenTable, TablePiece, TableRecord } from './table.ts';

/**
 * A table in which names may stand once more further down, as where files were put one behind the other: rows below names in
 * another order are read in that order, and the rows of names are told as what they are.
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

/** The order in which the rows of one reading have their cells. */
class ColumnOrder {
  readonly #names: ColumnNames;
  /** The column of each cell; undefined as long as it is that of the first header. */
  #places: readonly number[] | undefined;

  constructor(names: ColumnNames) {
    this.#names = names;
  }

  get isFirst(): boolean {
    return this.#places === undefined;
  }

  /** The record as the table has it; the very same where nothing is to be said. */
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

/** The names of a table's columns, by which others are known that stand further down. */
class ColumnNames {
  readonly #width: number;
  readonly #places = new Map<string, number>();
  #longest = 0;
  #longestBytes = 0;
  /** The places of columns whose names are made up. */
  readonly #unnamed: readonly number[];
  /** For the first byte and the length of a cell whether some name is written so. */
  readonly #written = new Uint8Array(256 * lengths);

  constructor(columns: readonly string[], quote: string) {
    this.#width = columns.length;
    this.#unnamed = columns.flatMap((name, place) => (name === `column ${place + 1}` ? [place] : []));
    for (const [place, name] of columns.entries()) {
      const key = folded(name);
      if (this.#unnamed.includes(place) || this.#places.has(key)) continue;
      this.#places.set(key, place);
      this.#longest = Math.max(this.#longest, name.length);
      // One that stands twice has a number behind it.
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
   * The first of the records from `from` on that may hold names, by as little as can be looked at: the first bytes and the lengths of
   * its cells. `end` where there is none.
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
          // A second file behind the first one brings its byte order mark before its header.
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
        // Of names, as many as are columns are none.
        if (--left < 0) break;
      }
    }
    return last;
  }

  /**
   * The column of each of these cells, -1 for a name that is none, where they are names: more than half of the columns, as many
   * as are none, and the others as names are. Undefined for a row of the table.
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
    const areNames = others.every(
      (name) => name.length <= 40 && nameLike.test(name) && written.indexOf(name) === written.lastIndexOf(name),
    );
    return known >= Math.max(2, others.length) && 2 * known > this.#width && areNames ? places : undefined;
  }

  /** As `firstIn`, for the texts of a record: whether two cells at least are names of columns. */
  #mayStandIn(cells: readonly string[]): boolean {
    let known = 0;
    for (const [place, cell] of cells.entries()) {
      if (cell.length > this.#longest + mostBlanks) continue;
      if (this.#places.has(folded(nameIn(cell, place))) && ++known > 1) return true;
    }
    return false;
  }

  /** Whether these are the columns of the first header, none of them elsewhere; one without a name may be left out in front. */
  isFirstOrder(places: readonly number[]): boolean {
    const left = this.#unnamed[0] === 0 && places[0] === 1 ? 1 : 0;
    return places.every((to, place) => to === place + left);
  }

  moved(cells: readonly string[], places: readonly number[]): string[] {
    // Where the first column counts the rows, its name may have been left out.
    const isCounted = this.#unnamed[0] === 0 && !places.includes(0) && cells.length === places.length + 1;
    return movedCells(cells, isCounted ? [0, ...places] : places, this.#width);
  }
}

const blank = 0x20;
const lengths = 64;
/** Around a name that is looked for in texts. */
const mostBlanks = 20;

/** What the text of a name begins with and how long it is, as one number: small and large letters of ASCII are the same. */
function markOf(first: number, bytes: number): number {
  const letter = first >= 0x41 && first <= 0x5a ? first + 0x20 : first;
  return letter * lengths + Math.min(bytes, lengths - 1);
}

function nameIn(cell: string, place: number): string {
  const marked = place === 0 && cell.startsWith('\ufeff') ? cell.slice(1) : cell;
  return marked.replace(outerBlanks, '');
}

/** Only those that `firstIn` passes over, too. */
const outerBlanks = /^[\0-\x20]+|[\0-\x20]+$/g;
const nameLike = /^[\p{L}_][\p{L}\p{N}_ .()/-]*$/u;

/** Only letters of ASCII, so that a name has the same length in bytes. */
function folded(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
