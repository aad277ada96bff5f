import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { FileFacts } from '../../../src-contract/dataset.ts';
import { numberedBy } from '../../../src-contract/numbered-by.ts';
import { csvLine } from '../csv-text.ts';
import { openTable } from '../readers/open-table.ts';
import { leftOutReason, reasonColumn, reasonPlace } from './left-out-rows.ts';
import type { NewRejection } from './row-import-store.ts';

/**
 * The rows that could not be used, as a table with the original columns and the reason, to be corrected and imported
 * again.
 */
export class RejectFile {
  readonly path: string;
  readonly #columns: readonly string[];
  readonly #facts: Pick<FileFacts, 'format' | 'numbered'>;
  #file: FileHandle | undefined;

  constructor(
    path: string,
    { columns, facts }: { columns: readonly string[]; facts: Pick<FileFacts, 'format' | 'numbered'> },
  ) {
    this.path = path;
    this.#columns = columns;
    this.#facts = facts;
  }

  async append(rejections: readonly NewRejection[]): Promise<void> {
    if (!this.#file) {
      await mkdir(dirname(this.path), { recursive: true });
      this.#file = await open(this.path, 'w');
      await this.#file.appendFile(csvLine([...this.#columns, reasonColumn]));
    }
    const width = this.#columns.length;
    const lines = rejections.map(({ cells, line, message, data }) => {
      const own = Array.from({ length: width }, (_, place) => cells[place] ?? '');
      const place = { by: numberedBy(this.#facts, data), number: line, part: data.part };
      return csvLine([...own, leftOutReason(place, message), ...cells.slice(width)]);
    });
    await this.#file.appendFile(lines.join(''));
  }

  async close(): Promise<void> {
    await this.#file?.sync();
    await this.#file?.close();
    this.#file = undefined;
  }
}

/** The columns of the original file, as a reject file names them. */
export async function rejectColumns(path: string): Promise<readonly string[]> {
  const table = await openTable(
    { path, name: basename(path), unpackFolder: dirname(path) },
    { format: 'csv', delimiter: ',', quote: '"', escape: 'doubled', encoding: 'utf-8', header: true, headerRows: 1 },
  );
  await table.close();
  return table.columns.slice(0, reasonPlace(table.columns));
}
