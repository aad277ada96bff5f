import type { RowsDatabase } from '../database/rows-file.ts';
import { pageRows, unpackStates } from './row-states.ts';

/** Which rows a version has, read page by page: states by row number, and the order in which the rows stand. */
export class VersionRows {
  readonly version: number;
  /** Rows of the import; they have the positions of their numbers. */
  readonly imported: number;
  readonly #pageAt;
  readonly #movedBetween;
  readonly #lastMoved;
  readonly #pages = new Map<number, Uint8Array>();

  constructor(database: RowsDatabase, version: number, imported: number) {
    this.version = version;
    this.imported = imported;
    this.#pageAt = database
      .prepare<[number, number], Uint8Array>(
        'SELECT states FROM state_page WHERE page = ? AND version <= ? ORDER BY version DESC LIMIT 1',
      )
      .pluck();
    this.#movedBetween = database.prepare<[number, number], { number: number; position: number }>(
      'SELECT number, position FROM example WHERE position >= ? AND position < ? ORDER BY position, number',
    );
    this.#lastMoved = database
      .prepare<[], number | null>('SELECT max(position) FROM example WHERE position IS NOT NULL')
      .pluck();
  }

  /** One behind the last position that any version has used. */
  positionEnd(): number {
    return Math.max(this.imported, (this.#lastMoved.get() ?? -1) + 1);
  }

  page(page: number): Uint8Array {
    const known = this.#pages.get(page);
    if (known) return known;
    const packed = this.#pageAt.get(page, this.version);
    const states = packed ? unpackStates(packed) : new Uint8Array(pageRows);
    const oldest = this.#pages.keys().next().value;
    if (this.#pages.size >= keptPages && oldest !== undefined) this.#pages.delete(oldest);
    this.#pages.set(page, states);
    return states;
  }

  state(number: number): number {
    return this.page(Math.floor(number / pageRows))[number % pageRows] ?? 0;
  }

  /** The row at a position; undefined where the version has none. */
  at(position: number): number | undefined {
    for (const { number } of this.#movedBetween.all(position, position + 1)) if (this.state(number) > 0) return number;
    return position < this.imported && this.state(position) > 0 ? position : undefined;
  }

  /** The rows that stand at positions of one page, in order. */
  ordered(page: number): OrderedRows {
    const start = page * pageRows;
    const moved = this.#movedBetween.all(start, start + pageRows).filter(({ number }) => this.state(number) > 0);
    const states = this.page(page);
    const end = Math.min(start + pageRows, this.imported);
    const rows: OrderedRows = { numbers: [], positions: [], states: [] };
    const push = (number: number, position: number, state: number) => {
      rows.numbers.push(number);
      rows.positions.push(position);
      rows.states.push(state);
    };
    let next = 0;
    for (let position = start; position < end; position++) {
      for (let row = moved[next]; row && row.position <= position; row = moved[++next]) {
        push(row.number, row.position, this.state(row.number));
      }
      const state = states[position - start] ?? 0;
      if (state > 0) push(position, position, state);
    }
    for (let row = moved[next]; row; row = moved[++next]) push(row.number, row.position, this.state(row.number));
    return rows;
  }

  /** The states of the rows that stand at positions of one page, in order: as `ordered`, and much sooner where it can be. */
  orderedStates(page: number): Uint8Array {
    const start = page * pageRows;
    if (this.#movedBetween.get(start, start + pageRows)) return Uint8Array.from(this.ordered(page).states);
    return this.page(page)
      .subarray(0, Math.max(0, this.imported - start))
      .filter((state) => state > 0);
  }

  /** How many pages of positions there are. */
  pageCount(): number {
    return Math.ceil(this.positionEnd() / pageRows);
  }

  /** All rows in order, a page of positions at a time. */
  *pages(): Generator<OrderedRows, void> {
    const end = this.pageCount();
    for (let page = 0; page < end; page++) yield this.ordered(page);
  }
}

/** Three lists of equal length. */
export interface OrderedRows {
  readonly numbers: number[];
  readonly positions: number[];
  readonly states: number[];
}

/** 4 MB of states, so that a dataset of any size can be walked through. */
const keptPages = 1024;
