import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { AddedRows, CsvOptions, Dataset } from '../../../src-contract/dataset.ts';
import { StudioError } from '../../../src-contract/errors.ts';
import { because } from '../../../src-contract/failure-reason.ts';
import { lacksSchema } from '../../../src-contract/task.ts';
import { orDiskOrDatabaseFull } from '../../files/disk-or-database-full.ts';
import { schemaParts } from '../databases/schema-parts.ts';
import type { DatasetStore } from '../dataset-store.ts';
import type { TableFile } from '../readers/open-table.ts';
import { knownHomes, UnitSplits } from '../splits/unit-splits.ts';
import { TimeSlices } from '../time-slices.ts';
import type { DatasetChanges } from '../versions/change-dataset.ts';
import { type AddedRowsJob, addedRows } from './added-rows.ts';
import { inThread, needsThread } from './import-worker.ts';
import { KnownRows } from './known-rows.ts';
import { UnmendedRows } from './unmended-rows.ts';

/**
 * Adds the rows of a file to a dataset, as its next version: rows that were left out by the import and have been
 * corrected, or any others with the same columns. A row joins the split that already has its group (or its exact
 * context); a split given by the file only counts if nothing else decides. Of a chat, the answers are by whom they are in
 * the dataset, unless `csv` says otherwise. Rows that cannot be used, rejected rows that have not changed, and, without
 * `copies`, rows that the dataset already has, are reported and change nothing. Large files are read in a thread.
 *
 * Throws whatever `addedRows` throws, and DISK_SHORT.
 */
export async function addFromFile(
  { store, changes }: { store: DatasetStore; changes: DatasetChanges },
  about: { dataset: Dataset; file: TableFile; csv?: CsvOptions | undefined; copies?: boolean | undefined },
  signal: AbortSignal = new AbortController().signal,
): Promise<AddedRows> {
  const { dataset, file, csv, copies } = about;
  const { id, task, mapping } = dataset;
  const { path, name, unpackFolder } = file;
  const schemas = lacksSchema(task, mapping) ? await writtenSchemas(store, id, signal) : undefined;
  // Whose answers it learns has been chosen for the dataset, not for one chat.
  const speaker = csv?.speaker ?? store.fileFacts(id)?.speaker;
  const job: AddedRowsJob = {
    ...{ file: { path, name, unpackFolder }, csv: { ...csv, speaker }, task, mapping, schemas },
    seed: store.seedOf(id),
  };
  const events = (await needsThread(file)) ? inThread('add', job, signal) : addedRows(job, signal);
  // Reading continues after the first loop, which would otherwise close the generator.
  const reading = { [Symbol.asyncIterator]: () => ({ next: () => events.next() }) };
  try {
    const homes = new UnitSplits();
    let unmended: UnmendedRows | undefined;
    for await (const event of reading) {
      if (event.kind === 'opened') unmended = await UnmendedRows.of(store.rows(id), event.columns);
      else if (event.kind === 'units') for (const unit of event.units) homes.expect(unit);
      else break;
    }
    const reasons = new Map<string, number>();
    let [added, rejected, known] = [0, 0, 0];
    const refuse = (code: string) => {
      reasons.set(code, (reasons.get(code) ?? 0) + 1);
      rejected++;
    };
    const after = await changes.apply(
      { id, kind: 'add' },
      async function* (change) {
        const stored = store.rows(id);
        yield* knownHomes(stored, change.headVersion, homes);
        const before = copies ? undefined : await KnownRows.of(stored, change.headVersion, new TimeSlices(signal));
        for await (const event of reading) {
          if (event.kind !== 'rows') continue;
          for (const row of event.rows) {
            if (row.kind === 'rejected') {
              refuse(row.code);
              continue;
            }
            const code = unmended?.codeOf(row.leftOut);
            if (code !== undefined) {
              refuse(code);
              continue;
            }
            if (before?.has(row.example)) {
              known++;
              continue;
            }
            const split = homes.get(row.unit) ?? row.split;
            homes.set(row.unit, split);
            change.add(row.example, split, row.example.sourceId);
            added++;
            yield;
          }
        }
      },
      signal,
    );
    return { dataset: after, added, known, rejected: { count: rejected, reasons: Object.fromEntries(reasons) } };
  } catch (error) {
    if (isUnknownSpeaker(error) && speaker !== undefined && csv?.speaker === undefined) {
      const why = because('SPEAKER_OF_DATASET', { name: speaker });
      throw new StudioError('OPTION_INVALID', { option: 'speaker', ...why }, { cause: error });
    }
    const bytes = await stat(path).catch(() => undefined);
    throw orDiskOrDatabaseFull(error, dirname(store.rowsFile(id)), bytes?.size);
  } finally {
    await events.return();
  }
}

function isUnknownSpeaker(error: unknown): boolean {
  return error instanceof StudioError && 'option' in error.data && error.data.option === 'speaker';
}

async function writtenSchemas(
  store: DatasetStore,
  id: string,
  signal: AbortSignal | undefined,
): Promise<Record<string, string>> {
  const schemas: Record<string, string> = {};
  const slices = new TimeSlices(signal);
  for (const { database, context } of store.examples(id)) {
    schemas[database ?? ''] ??= schemaParts(context)?.schema ?? '';
    if (slices.isOver) await slices.rest();
  }
  return schemas;
}
