import { setImmediate as nextTurn } from 'node:timers/promises';
import type { AddedRows, CsvOptions, Dataset } from '../../src-contract/dataset.ts';
import type { DatasetChanges } from './change-dataset.ts';
import { type MappedRow, resolveMapping, rowMapper } from './column-mapping.ts';
import type { DatasetStore } from './dataset-store.ts';
import { firstRows } from './import-rows.ts';
import { openTable, type TableFile } from './readers/open-table.ts';
import type { OpenTable, TableRecord } from './readers/table.ts';
import { splitOfState } from './row-states.ts';
import { splitKey, splitOf } from './split.ts';
import { UnitSplits } from './unit-splits.ts';
import { UnmendedRows } from './unmended-rows.ts';

/**
 * Adds the rows of a file to a dataset, as its next version: rows that were left out by the import and have been mended, or
 * any others with the same columns. A row joins the split in which its group (or its very context) stands already; a split
 * that the file names for it counts only where nothing else decides. Rows that cannot be used, or that were left out and read
 * as they did, are told, and change nothing.
 * The file is read twice, first for what must stay together, so that its rows are never held.
 *
 * Throws what `openTable` and `resolveMapping` throw.
 */
export async function addFromFile(
  { store, changes }: { store: DatasetStore; changes: DatasetChanges },
  job: { dataset: Dataset; file: TableFile; csv?: CsvOptions | undefined },
  signal: AbortSignal = new AbortController().signal,
): Promise<AddedRows> {
  const { dataset, file, csv } = job;
  const table = await openTable(file, csv, { signal });
  try {
    const unmended = await UnmendedRows.of(store, dataset.id, table.columns);
    const rowsOf = await mappedRows(table, { ...job, unmended }, signal);
    const homes = new UnitSplits();
    for await (const rows of rowsOf()) {
      for (const row of rows) if (row.kind === 'example') homes.expect(splitKey(row));
    }
    const seed = store.seedOf(dataset.id);
    const reasons = new Map<string, number>();
    let [added, rejected] = [0, 0];
    const after = await changes.apply(
      { id: dataset.id, kind: 'add' },
      async function* (change) {
        const stored = store.rows(dataset.id);
        for (const { numbers, states } of stored.rowsOf(change.headVersion).pages()) {
          for (const [place, number] of numbers.entries()) {
            const { group, context } = stored.splitFacts(number);
            const key = splitKey({ group, context: group === null ? String(context()) : '' });
            const split = splitOfState(states[place] ?? 0);
            if (split) homes.set(key, split);
          }
          yield;
        }
        for await (const rows of rowsOf()) {
          for (const row of rows) {
            if (row.kind === 'rejected') {
              reasons.set(row.code, (reasons.get(row.code) ?? 0) + 1);
              rejected++;
              continue;
            }
            const key = splitKey(row);
            const split = homes.get(key) ?? row.split ?? splitOf(key, seed);
            homes.set(key, split);
            change.add(row, split, row.sourceId);
            added++;
            yield;
          }
        }
      },
      signal,
    );
    return { dataset: after, added, rejected: { count: rejected, reasons: Object.fromEntries(reasons) } };
  } finally {
    await table.close();
  }
}

type JudgedRow = Extract<MappedRow, { kind: 'example' }> | { readonly kind: 'rejected'; readonly code: string };

async function mappedRows(
  table: OpenTable,
  { dataset, file, unmended }: { dataset: Dataset; file: { name: string }; unmended: UnmendedRows | undefined },
  signal: AbortSignal,
): Promise<() => AsyncGenerator<JudgedRow[], void>> {
  const { columns } = table;
  // Of the columns of the first import those that this file has; a file with other names is mapped as a new one would be.
  const chosen = Object.fromEntries(Object.entries(dataset.mapping).filter(([, column]) => columns.includes(column)));
  const sample = await firstRows(table, signal);
  const mapping = resolveMapping({ task: dataset.task, columns, chosen, file: file.name, sample });
  const mapRow = rowMapper(mapping, table.facts.encoding);
  const judge = (record: TableRecord): JudgedRow => {
    const row = mapRow(record);
    const code = row.kind === 'example' ? unmended?.codeOf(record.cells) : undefined;
    return code === undefined ? row : { kind: 'rejected', code };
  };
  return async function* () {
    for await (const { records } of table.rows(signal)) {
      yield records.map(judge);
      await nextTurn();
    }
  };
}
