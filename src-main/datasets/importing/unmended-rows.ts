import { setImmediate as nextTurn } from 'node:timers/promises';
import { FirstRows, textKey } from '../findings/hash-table.ts';
import type { RowStore } from '../rows/row-store.ts';
import { reasonPlace } from './left-out-rows.ts';

/**
 * The rows that an import left out, as written to its reject file: one that comes back unchanged is as unusable as
 * before. In a file of its own it might look fine: a drawn line, a repeated header, lost characters.
 */
export class UnmendedRows {
  readonly #codes: string[] = [];
  readonly #codeByRow = new FirstRows();

  private constructor() {}

  /** Undefined if a table with these columns is not a reject file. */
  static async of(stored: RowStore, columns: readonly string[]): Promise<UnmendedRows | undefined> {
    const width = reasonPlace(columns);
    if (width === undefined) return undefined;
    const rows = new UnmendedRows();
    const count = stored.countRejections();
    for (let from = 0; from < count; from += rowsAtOnce) {
      for (const { cells, code } of stored.rejectedCells(from, rowsAtOnce)) rows.#add(keyOf(cells, width), code);
      await nextTurn();
    }
    return rows;
  }

  /** Why the row with this `leftOutKey` was left out; undefined if it has changed. */
  codeOf(key: number | undefined): string | undefined {
    const code = key === undefined ? undefined : this.#codeByRow.first(key);
    return code === undefined ? undefined : this.#codes[code];
  }

  #add(key: number, code: string): void {
    if (!this.#codes.includes(code)) this.#codes.push(code);
    this.#codeByRow.firstOr(key, this.#codes.indexOf(code));
  }
}

/** Key of a reject file's row, independent of the reason, which is at index `width`. */
export function leftOutKey(cells: readonly string[], width: number): number {
  return keyOf([...cells.slice(0, width), ...cells.slice(width + 1)], width);
}

const rowsAtOnce = 500;

function keyOf(cells: readonly string[], width: number): number {
  const missing = Array.from({ length: Math.max(0, width - cells.length) }, () => '');
  return textKey([...cells, ...missing].join('\u001f'));
}
