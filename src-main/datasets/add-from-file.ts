import { setImmediate as nextTurn } from 'node:timers/promises';
import type { AddedRows, CsvOptions, Dataset, Split } from '../../src-contract/dataset.ts';
import type { RowContent } from '../../src-contract/dataset-version.ts';
import type { DatasetChanges } from './change-dataset.ts';
import { resolveMapping, rowMapper } from './column-mapping.ts';
import type { DatasetStore } from './dataset-store.ts';
import { openTable } from './readers/open-table.ts';
import { splitOfState } from './row-states.ts';
import { splitKey, splitOf } from './split.ts';

/**
 * Adds the rows of a file to a dataset, as its next version: rows that were left out by the import and have been mended, or
 * any others with the same columns. A row joins the split in which its group (or its very context) stands already; a split
 * that the file names for it counts only where nothing else decides. Rows that cannot be used are told, and change nothing.
 *
 * Throws what `openTable` and `resolveMapping` throw.
 */
export async function addFromFile(
  { store, changes }: { store: DatasetStore; changes: DatasetChanges },
  job: { dataset: Dataset; file: { path: string; name: string }; csv?: CsvOptions | undefined },
  signal?: AbortSignal,
): Promise<AddedRows> {
  const { dataset } = job;
  const { rows, reasons, rejected } = await readRows(job, signal);
  const seed = store.seedOf(dataset.id);
  const homes = new Map<string, Split | undefined>(rows.map((row) => [splitKey(row), undefined]));
  const after = await changes.apply(
    { id: dataset.id, kind: 'add' },
    function* (change) {
      const stored = store.rows(dataset.id);
      for (const { numbers, states } of stored.rowsOf(change.headVersion).pages()) {
        for (const [place, number] of numbers.entries()) {
          const { group, context } = stored.splitFacts(number);
          const key = splitKey({ group, context: group === null ? String(context()) : '' });
          if (homes.has(key)) homes.set(key, splitOfState(states[place] ?? 0));
        }
        yield;
      }
      for (const row of rows) {
        const key = splitKey(row);
        const split = homes.get(key) ?? row.split ?? splitOf(key, seed);
        homes.set(key, split);
        yield change.add(row, split, row.sourceId);
      }
    },
    signal,
  );
  return { dataset: after, added: rows.length, rejected: { count: rejected, reasons: Object.fromEntries(reasons) } };
}

type NewRow = RowContent & { readonly sourceId: string | null; readonly split: Split | undefined };

async function readRows(
  { dataset, file, csv }: { dataset: Dataset; file: { path: string; name: string }; csv?: CsvOptions | undefined },
  signal: AbortSignal | undefined,
): Promise<{ rows: NewRow[]; reasons: Map<string, number>; rejected: number }> {
  const table = await openTable(file, csv, { signal });
  try {
    const { columns } = table;
    // Of the columns of the first import those that this file has; a file with other names is mapped as a new one would be.
    const chosen = Object.fromEntries(Object.entries(dataset.mapping).filter(([, column]) => columns.includes(column)));
    const mapRow = rowMapper(
      resolveMapping({ task: dataset.task, columns, chosen, file: file.name }),
      table.facts.encoding,
    );
    const rows: NewRow[] = [];
    const reasons = new Map<string, number>();
    let rejected = 0;
    for await (const { records } of table.rows(signal)) {
      for (const record of records) {
        const row = mapRow(record);
        if (row.kind === 'example') rows.push(row);
        else {
          rejected++;
          reasons.set(row.code, (reasons.get(row.code) ?? 0) + 1);
        }
      }
      await nextTurn();
    }
    return { rows, reasons, rejected };
  } finally {
    await table.close();
  }
}
