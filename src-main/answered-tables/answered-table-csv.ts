import type { FileHandle } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { answerFields, fieldTexts } from '../../src-contract/answer-fields.ts';
import { answeredColumns, type ColumnLanguage } from '../../src-contract/answered-columns.ts';
import type { AnsweredTable } from '../../src-contract/answered-table.ts';
import { spreadsheetCell } from '../../src-contract/spreadsheet-cell.ts';
import { csvLine } from '../datasets/csv-text.ts';
import { TimeSlices } from '../datasets/time-slices.ts';
import { orDiskOrDatabaseFull } from '../files/disk-or-database-full.ts';
import { nameWhole, unfinishedPath } from '../files/unfinished-path.ts';
import { unwritable } from '../files/unwritable.ts';
import { writeAside } from '../files/write-whole.ts';
import type { AnsweredTableStore } from './answered-table-store.ts';

/** Written at once, in characters. */
const sliceLetters = 2_000_000;
const rowsRead = 100;

/**
 * Writes the table with a further column for the answers, as far as there are any, and others for their fields, for how
 * sure they are and for the notes on them, if there is any. For a spreadsheet, which would run what begins like a
 * formula, such cells are marked as text, and the file says that it is UTF-8. Throws OUT_UNUSABLE if `out` is taken or
 * not writable, DISK_FULL.
 */
export async function writeAnsweredTable(
  store: AnsweredTableStore,
  {
    table,
    out,
    forSpreadsheet = false,
    language = 'en',
  }: { table: AnsweredTable; out: string; forSpreadsheet?: boolean | undefined; language?: ColumnLanguage },
  signal?: AbortSignal,
): Promise<{ file: string; rows: number }> {
  const path = resolve(out);
  const temporary = await unfinishedPath(path);
  let rows = 0;
  const write = async (file: FileHandle) => {
    const [withCertainty, withNotes] = [store.has('certainty', table.id), store.has('note', table.id)];
    const fields = answerFields(table.form);
    const names = answeredColumns(table, { fields, sure: withCertainty, note: withNotes, language });
    const line = (cells: readonly string[]) => csvLine(forSpreadsheet ? cells.map(spreadsheetCell) : cells);
    const pageFrom = (offset: number) => [...store.rows({ id: table.id, offset, limit: rowsRead })];
    const slices = new TimeSlices(signal);
    let text = (forSpreadsheet ? '\ufeff' : '') + line([...table.columns, ...Object.values(names).flat()]);
    // In pages, as answers may be stored meanwhile.
    for (let page = pageFrom(0); page.length > 0; page = pageFrom(rows)) {
      for (const { cells, answer, note, certainty } of page) {
        const sure = withCertainty ? [certainty?.toFixed(3) ?? ''] : [];
        const notes = withNotes ? [note ?? ''] : [];
        const values = fieldTexts(answer ?? '', fields);
        text += line([...cells.slice(0, table.columns.length), answer ?? '', ...values, ...sure, ...notes]);
      }
      rows += page.length;
      if (text.length >= sliceLetters) {
        await file.appendFile(text);
        text = '';
      }
      if (slices.isOver) await slices.rest();
    }
    await file.appendFile(text);
  };
  try {
    await writeAside(temporary, write, { name: () => nameWhole(temporary, path) });
    return { file: path, rows };
  } catch (error) {
    signal?.throwIfAborted();
    throw unwritable(await orDiskOrDatabaseFull(error, dirname(path)), { option: 'out', path });
  }
}
