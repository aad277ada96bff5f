import type { RowsDatabase } from '../../database/rows-file.ts';
import { pageRows, presentStates, unpackStates } from '../rows/row-states.ts';

/** The rows of a version, read page by page: states by row number, and the order of the rows. */
export class VersionRows {
  readonly version: number;
  /** Number of imported rows, whose positions are their numbers. */
  readonly imported: number;
  readonly #pageAt;
  readonly #pagesFrom;
  readonly #movedBetween;
  readonly #lastMoved;
  readonly #nextMoved;
  /** The last result of `#nextMovedFrom`. */
  #unmoved = { from: 0, to: -1 };
  readonly #pages = new Map<number, Uint8Array>();

  constructor(database: RowsDatabase, version: number, imported: number) {
    this.version = version;
    this.imported = imported;
    this.#pageAt = database
      .prepare<[number, number], Uint8Array>(
        'SELECT states FROM state_page WHERE page = ? AND version <= ? ORDER BY version DESC LIMIT 1',
      )
      .pluck();
    // The newest state of each page up to the version: SQLite takes the other columns from the row with the maximum.
    this.#pagesFrom = database
      .prepare<[number, number, number], [page: number, states: Uint8Array]>(
        'SELECT page, states, max(version) FROM state_page WHERE page >= ? AND page < ? AND version <= ? GROUP BY page',
      )
      .raw();
    this.#movedBetween = database.prepare<[number, number], { number: number; position: number }>(
      'SELECT number, position FROM example WHERE position >= ? AND position < ? ORDER BY position, number',
    );
    this.#lastMoved = database
      .prepare<[], number | null>('SELECT max(position) FROM example WHERE position IS NOT NULL')
      .pluck();
    this.#nextMoved = database
      .prepare<[number], number>(
        'SELECT position FROM example WHERE position IS NOT NULL AND position >= ? ORDER BY position LIMIT 1',
      )
      .pluck();
  }

  /** One past the last position used by any version. */
  positionEnd(): number {
    return Math.max(this.imported, (this.#lastMoved.get() ?? -1) + 1);
  }

  page(page: number): Uint8Array {
    const known = this.#pages.get(page);
    if (known) return known;
    const packed = this.#pageAt.get(page, this.version);
    return this.#keep(page, packed ? unpackStates(packed) : new Uint8Array(pageRows));
  }

  #keep(page: number, states: Uint8Array): Uint8Array {
    const oldest = this.#pages.keys().next().value;
    if (this.#pages.size >= keptPages && oldest !== undefined) this.#pages.delete(oldest);
    this.#pages.set(page, states);
    return states;
  }

  state(number: number): number {
    return this.page(Math.floor(number / pageRows))[number % pageRows] ?? 0;
  }

  /** The row at a position; undefined if the version has none. */
  at(position: number): number | undefined {
    if (this.#nextMovedFrom(position) === position) {
      const moved = this.#movedBetween.all(position, position + 1).find(({ number }) => this.state(number) > 0);
      if (moved) return moved.number;
    }
    return position < this.imported && this.state(position) > 0 ? position : undefined;
  }

  /** The rows at the positions of one page, in order. */
  ordered(page: number): OrderedRows {
    if (!this.#hasMoved(page)) return this.#unmovedRows(page);
    const start = page * pageRows;
    const moved = this.#movedBetween.all(start, start + pageRows).filter(({ number }) => this.state(number) > 0);
    const states = this.page(page);
    const end = Math.min(start + pageRows, this.imported);
    const rows = new RowList(pageRows + moved.length);
    let next = 0;
    for (let position = start; position < end; position++) {
      for (let row = moved[next]; row && row.position <= position; row = moved[++next]) {
        rows.push(row.number, row.position, this.state(row.number));
      }
      const state = states[position - start] ?? 0;
      if (state > 0) rows.push(position, position, state);
    }
    for (let row = moved[next]; row; row = moved[++next]) rows.push(row.number, row.position, this.state(row.number));
    return rows.finish();
  }

  /**
   * The states of all rows in order, page by page: like `ordered`, but faster. Each result is only valid until the
   * next.
   */
  *orderedStates(): Generator<Uint8Array, void> {
    const fours = new Uint32Array(pageRows / 4);
    const end = this.pageCount();
    for (let start = 0; start < end; start += pagesTogether) {
      const packed = new Map(this.#pagesFrom.all(start, start + pagesTogether, this.version));
      for (let page = start; page < Math.min(end, start + pagesTogether); page++) {
        const own = packed.get(page);
        if (this.#hasMoved(page)) yield this.ordered(page).states;
        else if (own) yield presentStates(unpackStates(own, fours).subarray(0, this.#importedIn(page)));
      }
    }
  }

  #importedStates(page: number): Uint8Array {
    return this.page(page).subarray(0, this.#importedIn(page));
  }

  /** How many imported rows are on a page. */
  #importedIn(page: number): number {
    return Math.min(pageRows, Math.max(0, this.imported - page * pageRows));
  }

  #unmovedRows(page: number): OrderedRows {
    const states = this.#importedStates(page);
    const start = page * pageRows;
    if (states.indexOf(0) < 0) {
      const numbers = new Uint32Array(states.length);
      for (let place = 0; place < numbers.length; place++) numbers[place] = start + place;
      return { numbers, positions: numbers, states };
    }
    const rows = new RowList(states.length);
    for (let place = 0; place < states.length; place++) {
      const state = states[place] ?? 0;
      if (state > 0) rows.push(start + place, start + place, state);
    }
    return rows.finish();
  }

  /** Whether a row written after the import is or was at a position of a page. */
  #hasMoved(page: number): boolean {
    return this.#nextMovedFrom(page * pageRows) < (page + 1) * pageRows;
  }

  /**
   * The first position from this one on that has a row written after the import; Infinity if there is none. Caching it
   * is safe: anything written later belongs to later versions.
   */
  #nextMovedFrom(position: number): number {
    const { from, to } = this.#unmoved;
    if (from <= position && position <= to) return to;
    const next = this.#nextMoved.get(position) ?? Infinity;
    this.#unmoved = { from: position, to: next };
    return next;
  }

  /** Prefetches the states of several pages. */
  #fetch(start: number): void {
    for (const [page, packed] of this.#pagesFrom.all(start, start + pagesTogether, this.version)) {
      if (!this.#pages.has(page)) this.#keep(page, unpackStates(packed));
    }
  }

  /** Number of pages of positions. */
  pageCount(): number {
    return Math.ceil(this.positionEnd() / pageRows);
  }

  /** All rows in order, one page of positions at a time. */
  *pages(): Generator<OrderedRows, void> {
    const end = this.pageCount();
    for (let page = 0; page < end; page++) {
      if (page % pagesTogether === 0) this.#fetch(page);
      yield this.ordered(page);
    }
  }
}

/** Three arrays of equal length. */
export interface OrderedRows {
  readonly numbers: Uint32Array;
  readonly positions: Uint32Array;
  readonly states: Uint8Array;
}

class RowList {
  readonly #numbers: Uint32Array;
  readonly #positions: Uint32Array;
  readonly #states: Uint8Array;
  #length = 0;

  constructor(most: number) {
    this.#numbers = new Uint32Array(most);
    this.#positions = new Uint32Array(most);
    this.#states = new Uint8Array(most);
  }

  push(number: number, position: number, state: number): void {
    this.#numbers[this.#length] = number;
    this.#positions[this.#length] = position;
    this.#states[this.#length++] = state;
  }

  finish(): OrderedRows {
    const [numbers, positions, states] = [this.#numbers, this.#positions, this.#states];
    const end = this.#length;
    return {
      numbers: numbers.subarray(0, end),
      positions: positions.subarray(0, end),
      states: states.subarray(0, end),
    };
  }
}

/** Reading this many at once halves the cost. */
const pagesTogether = 64;

/** 4 MB of states, so that a dataset of any size can be traversed. */
const keptPages = 1024;
