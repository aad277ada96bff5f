import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { CsvOptions, Dataset, ImportEvent } from '../../../src-contract/dataset.ts';
import type { HubOrigin } from '../../../src-contract/hub-dataset.ts';
import { nameFrom } from '../../../src-contract/name.ts';
import { type ColumnMapping, lacksSchema, type TaskId } from '../../../src-contract/task.ts';
import { orDiskOrDatabaseFull } from '../../files/disk-or-database-full.ts';
import { type DatasetStore, rowsFileIn } from '../dataset-store.ts';
import type { TableFile } from '../readers/open-table.ts';
import { FileSync } from './file-sync.ts';
import { importRows, type RowsJob } from './import-rows.ts';
import { inThread, needsThread } from './import-worker.ts';

/** Attaches databases to a dataset whose rows have no schema, and writes it, before anybody sees the dataset. */
export type WriteSchema = (
  dataset: Dataset,
  database: { readonly path: string; readonly name: string },
  signal: AbortSignal,
) => Promise<unknown>;

export interface ImportJob {
  readonly file: TableFile & { readonly hub?: HubOrigin };
  readonly task: TaskId;
  readonly name?: string;
  readonly mapping?: ColumnMapping;
  readonly csv?: CsvOptions;
  /** A SQLite file or a folder of them. */
  readonly database?: { readonly path: string; readonly name: string };
  readonly seed: number;
  readonly now: number;
}

/**
 * Turns a table into a dataset: usable rows go into the rows file, the others into the reject file. The dataset stays
 * invisible until its last row, its hash and schemas to be written are stored; a failure, an abort or a watcher that
 * leaves undoes everything. Large files are read in a separate thread.
 *
 * Throws whatever `importRows` throws, DISK_FULL, and OPTION_INVALID for a name that is taken.
 */
export async function* importDataset(
  parts: { store: DatasetStore; datasetsFolder: string; writeSchema?: WriteSchema },
  job: ImportJob,
  signal: AbortSignal,
): AsyncGenerator<ImportEvent, void> {
  const { store, datasetsFolder, writeSchema } = parts;
  const began = performance.now();
  const { file, task, seed, now } = job;
  const datasetId = store.beginImport({
    name: job.name ?? { like: nameFrom(file.name.replace(/\.[^.]{1,7}$/, '')) || nameFrom(file.name) },
    ...{ task, sourceName: file.name, mapping: {}, seed, now },
  });
  const datasetFolder = join(datasetsFolder, datasetId);
  const rowsJob: RowsJob = {
    ...{ file: { path: file.path, name: file.name, unpackFolder: file.unpackFolder }, task, seed, now, datasetFolder },
    ...{ mapping: job.mapping, csv: job.csv, database: job.database },
    rowsFile: store.rowsFile(datasetId),
    rejectFile: rejectFilePath(datasetsFolder, datasetId),
  };
  const sync = new FileSync(rowsJob.rowsFile);
  let isDone = false;
  let bytesTotal = 0;
  try {
    const isLarge = await needsThread(file);
    for await (const event of isLarge ? inThread('import', rowsJob, signal) : importRows(rowsJob, signal)) {
      if (event.kind === 'progress') {
        sync.grown(event.bytesRead);
        yield event;
      } else if (event.kind === 'opened') {
        bytesTotal = event.bytesTotal;
        yield { kind: 'started', datasetId, bytesTotal };
      } else {
        const { rejected, warned, mapping, hasDatabase } = event;
        const facts = { ...event.file, ...(file.hub && { hub: file.hub }) };
        await sync.finish(signal);
        const imported = store.storeImported(datasetId, {
          ...{ ...event.facts, rejected: rejected.count, file: facts, hasDatabase, mapping },
        });
        if (job.database !== undefined && lacksSchema(task, mapping)) {
          if (writeSchema === undefined) throw new Error('a table without schemas needs a way to write them');
          await writeSchema(imported, job.database, signal);
        }
        const seconds = (performance.now() - began) / 1000;
        const { count, reasons } = rejected;
        const outcome = { splits: imported.splits, rejected: { count, reasons }, warned, seconds };
        const dataset = store.finishImport(datasetId, outcome);
        isDone = true;
        yield {
          ...{ kind: 'finished', dataset, file: facts, warned, seconds },
          rejected: { ...rejected, ...(rejected.count > 0 ? { file: rowsJob.rejectFile } : {}) },
        };
      }
    }
  } catch (error) {
    throw orDiskOrDatabaseFull(error, datasetsFolder, bytesTotal);
  } finally {
    // A pending flush may continue on a file that nobody sees any more, except on Windows, where an open file cannot be
    // removed.
    const closed = sync.close();
    if (isDone || process.platform === 'win32') await closed;
    if (!isDone) await undo(store, datasetsFolder, datasetId);
  }
}

/** On a full disk even removing may fail; the leftovers are invisible, and the next start removes them. */
async function undo(store: DatasetStore, datasetsFolder: string, id: string): Promise<void> {
  try {
    await removeDataset(store, datasetsFolder, id);
  } catch (error) {
    if (orDiskOrDatabaseFull(error, datasetsFolder) === error) throw error;
  }
}

/** Removes a dataset from the disk and the database. */
export async function removeDataset(store: DatasetStore, datasetsFolder: string, id: string): Promise<void> {
  store.letGo(id);
  await removeFolder(join(datasetsFolder, id));
  store.remove(id);
}

/**
 * Freeing a file of gigabytes can take the system a second. Holding the file open while its name is removed defers that
 * until the handle is closed, which nobody waits for. (Windows keeps the name of an open file.)
 */
async function removeFolder(folder: string): Promise<void> {
  const rows = process.platform === 'win32' ? undefined : await open(rowsFileIn(folder)).catch(() => undefined);
  try {
    await rm(folder, { recursive: true, force: true });
  } finally {
    // The file is gone for everyone else: nothing depends on this, not even on its failure.
    rows?.close().catch(() => undefined);
  }
}

export function rejectFilePath(datasetsFolder: string, datasetId: string): string {
  return join(datasetsFolder, datasetId, 'rejected.csv');
}
