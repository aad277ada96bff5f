import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DatasetStore } from './dataset-store.ts';
import { FirstRows, textKey } from './findings/hash-table.ts';
import { reasonPlace } from './left-out-rows.ts';

/**
 * The rows that an import left out, as its reject file has them: one that still stands there as it was is no better than before.
 * In a file of its own it might seem so: a line drawn with signs, names that stand twice, letters that were lost.
 */
export class UnmendedRows {
  readonly #width: number;
  readonly #codes: string[] = [];
  readonly #codeByRow = new FirstRows();

  private constructor(width: number) {
    this.#width = width;
  }

  /** Undefined where a table with these columns is no reject file. */
  static async of(
    store: Pick<DatasetStore, 'rejections'>,
    datasetId: string,
    columns: readonly string[],
  ): Promise<UnmendedRows | undefined> {
    const width = reasonPlace(columns);
    if (width === undefined) return undefined;
    const rows = new UnmendedRows(width);
    for (let offset = 0; ; offset += pageRows) {
      const page = store.rejections({ datasetId, offset, limit: pageRows });
      for (const { cells, code } of page) rows.#add(cells, code);
      if (page.length < pageRows) return rows;
      await nextTurn();
    }
  }

  /** Why the row with these cells was left out; undefined where it reads otherwise now. */
  codeOf(cells: readonly string[]): string | undefined {
    const own = [...cells.slice(0, this.#width), ...cells.slice(this.#width + 1)];
    const code = this.#codeByRow.first(keyOf(own));
    return code === undefined ? undefined : this.#codes[code];
  }

  #add(cells: readonly string[], code: string): void {
    if (!this.#codes.includes(code)) this.#codes.push(code);
    const missing = Array.from({ length: Math.max(0, this.#width - cells.length) }, () => '');
    this.#codeByRow.firstOr(keyOf([...cells, ...missing]), this.#codes.indexOf(code));
  }
}

const pageRows = 500;

function keyOf(cells: readonly string[]): number {
  return textKey(cells.join('\u001f'));
}
