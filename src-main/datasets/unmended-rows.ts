import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DatasetStore } from './dataset-store.ts';
import { FirstRows, textKey } from './findings/hash-table.ts';
import { reasonPlace } from './left-out-rows.ts';

/**
 * The rows that an import left out, as its reject file has them: one that still stands there as it was is no better than before.
 * In a file of its own it might seem so: a line drawn with signs, names that stand twice, letters that were lost.
 */
export class UnmendedRows {
  readonly #codes: string[] = [];
  readonly #codeByRow = new FirstRows();

  private constructor() {}

  /** Undefined where a table with these columns is no reject file. */
  static async of(
    store: Pick<DatasetStore, 'rejections'>,
    datasetId: string,
    columns: readonly string[],
  ): Promise<UnmendedRows | undefined> {
    const width = reasonPlace(columns);
    if (width === undefined) return undefined;
    const rows = new UnmendedRows();
    for (let offset = 0; ; offset += pageRows) {
      const page = store.rejections({ datasetId, offset, limit: pageRows });
      for (const { cells, code } of page) rows.#add(keyOf(cells, width), code);
      if (page.length < pageRows) return rows;
      await nextTurn();
    }
  }

  /** Why the row that `leftOutKey` knows by this number was left out; undefined where it reads otherwise now. */
  codeOf(key: number | undefined): string | undefined {
    const code = key === undefined ? undefined : this.#codeByRow.first(key);
    return code === undefined ? undefined : this.#codes[code];
  }

  #add(key: number, code: string): void {
    if (!this.#codes.includes(code)) this.#codes.push(code);
    this.#codeByRow.firstOr(key, this.#codes.indexOf(code));
  }
}

/** What a row of a reject file is known by, whatever its reason says, which stands at `width`. */
export function leftOutKey(cells: readonly string[], width: number): number {
  return keyOf([...cells.slice(0, width), ...cells.slice(width + 1)], width);
}

const pageRows = 500;

function keyOf(cells: readonly string[], width: number): number {
  const missing = Array.from({ length: Math.max(0, width - cells.length) }, () => '');
  return textKey([...cells, ...missing].join('\u001f'));
}
