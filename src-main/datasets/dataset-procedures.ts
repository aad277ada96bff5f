import { existsSync } from 'node:fs';
import { link } from 'node:fs/promises';
import { join } from 'node:path';
import { implement } from '@orpc/server';
import type { CallerContext } from '../../src-contract/caller.ts';
import { contract } from '../../src-contract/contract.ts';
import type { CutOffImport, FileSource } from '../../src-contract/dataset.ts';
import { StudioError } from '../../src-contract/errors.ts';
import type { UsedBy } from '../../src-contract/failure-reason.ts';
import { copyFile } from '../files/synced-file.ts';
import {
  attachToDataset,
  detachDatabases,
  listDatabases,
  swapDatabases,
  undoAttach,
} from './databases/attach-to-dataset.ts';
import { attachedFile, type SqlRunner } from './databases/attached-database.ts';
import { type DatasetStore, rowsPlace } from './dataset-store.ts';
import { exportDataset } from './export-dataset.ts';
import type { HubDatasets } from './hub/hub-datasets.ts';
import { addFromFile } from './importing/add-from-file.ts';
import { importDataset, rejectFilePath, removeDataset, type WriteSchema } from './importing/import-dataset.ts';
import { answerOfThread, isPacked, needsThread } from './importing/import-worker.ts';
import { inspectTable } from './importing/inspect.ts';
import { judgeRows } from './importing/judge-rows.ts';
import { listSamples, toSample } from './importing/samples.ts';
import { UnwrittenRows } from './importing/unwritten-rows.ts';
import type { TableFile } from './readers/open-table.ts';
import { GroupSearch } from './rows/row-groups.ts';
import type { RowsThread } from './rows/rows-threads.ts';
import { WordIndexing } from './rows/word-indexing.ts';
import { dealDataset } from './splits/deal-splits.ts';
import type { TargetForms } from './target-forms.ts';
import type { Downloads } from './transfers/downloads.ts';
import type { FileSources, LentFile } from './transfers/file-sources.ts';
import type { Uploads } from './transfers/uploads.ts';
import type { DatasetChanges } from './versions/change-dataset.ts';

export function datasetProcedures(studio: {
  store: DatasetStore;
  targetForms: TargetForms;
  /** Where exports are noted. */
  dataDir: string;
  datasetsFolder: string;
  samplesFolder: string;
  sources: FileSources;
  hub: HubDatasets;
  uploads: Uploads;
  sql: SqlRunner;
  changes: DatasetChanges;
  downloads: Downloads;
  /** For work that a person is waiting for. */
  pages: RowsThread;
  /** For long-running work. */
  thread: RowsThread;
  changed: () => void;
  cutOff: () => CutOffImport[];
  /** Holds an object for each import in progress. */
  importing: Set<object>;
  /** What is currently using a dataset. */
  userOf: (datasetId: string) => UsedBy | undefined;
}) {
  const {
    store,
    targetForms,
    datasetsFolder,
    samplesFolder,
    sources,
    hub,
    uploads,
    sql,
    changes,
    downloads,
    pages,
    changed,
    importing,
  } = studio;
  const indexing = new WordIndexing(studio.thread);
  const placeOf = (id: string) => rowsPlace(datasetsFolder, id);
  const groupSearch = new GroupSearch();
  const os = implement(contract.datasets).$context<CallerContext>();
  const lend = (source: FileSource, { caller }: CallerContext): Promise<LentFile> => {
    if (caller === 'page' && source.kind === 'path') throw new StudioError('NOT_ALLOWED', {});
    return sources.lend(source);
  };
  /** Like `lend`, for a call that is not repeated with the same upload, even if it fails. */
  const lendOnce = async (source: FileSource, context: CallerContext): Promise<LentFile> => {
    const lent = await lend(source, context);
    return {
      ...lent,
      async [Symbol.asyncDispose]() {
        await lent[Symbol.asyncDispose]();
        if (source.kind === 'upload') await uploads.discard(source.fileId);
      },
    };
  };
  const unused = (idOrName: string) => {
    const dataset = store.get(idOrName);
    const user = studio.userOf(dataset.id);
    if (user !== undefined) throw new StudioError('DATASET_IN_USE', { dataset: dataset.name, ...user });
    return dataset;
  };
  const unwritten = (idOrName: string) => {
    const dataset = store.get(idOrName);
    return new UnwrittenRows(store, dataset, rejectFilePath(datasetsFolder, dataset.id));
  };
  /** With databases attached, a run or an evaluation may be querying them. */
  const withDatabaseFree = (idOrName: string) => {
    const dataset = store.get(idOrName);
    return dataset.hasDatabase ? unused(idOrName) : dataset;
  };
  // With the keys between tables: without them, a model can only guess how to join.
  const writeSchema: WriteSchema = (dataset, database, signal) =>
    attachToDataset(
      { store, changes, datasetsFolder, sql },
      { dataset, database, schema: { foreignKeys: true, sampleValues: 0 } },
      signal,
    );
  return os.router({
    samples: os.samples.handler(async () => (await listSamples(samplesFolder)).map(toSample)),
    inspect: os.inspect.handler(async ({ input, context, signal = new AbortController().signal }) => {
      await using file = await lend(input.source, context);
      // All cells of a large file are more than a thread can hold.
      const isInline = input.cells ? !(await isPacked(file)) : !(await needsThread(file));
      if (isInline) return await inspectTable(file, input, signal);
      return await answerOfThread('inspect', [plain(file), input], signal);
    }),
    judge: os.judge.handler(async ({ input, context, signal = new AbortController().signal }) => {
      await using file = await lend(input.source, context);
      const options = { ...input, mapping: input.mapping ?? file.mapping };
      if (!(await needsThread(file))) return await judgeRows(file, options, signal);
      return await answerOfThread('judge', [plain(file), options], signal);
    }),
    import: os.import.handler(async function* ({ input, context, signal = new AbortController().signal }) {
      await using file = await lend(input.source, context);
      await using chosen = input.database && (await lend(input.database, context));
      const sampleDatabases = file.databases === undefined ? undefined : { path: file.databases, name: file.databases };
      const database = chosen ?? sampleDatabases;
      const job = {
        ...{ file, task: input.task, name: input.name, csv: input.csv, database },
        ...{ mapping: input.mapping ?? file.mapping, seed: input.seed ?? 0, now: Date.now() },
      };
      importing.add(job);
      try {
        for await (const event of importDataset({ store, datasetsFolder, writeSchema }, job, signal)) {
          // Before passing on the last event: a caller that has seen it may stop iterating.
          if (event.kind === 'finished') {
            changed();
            for (const used of [input.source, input.database]) {
              if (used?.kind === 'upload') await uploads.discard(used.fileId);
              if (used?.kind === 'hub') await hub.discard(used.id);
            }
          }
          yield event;
        }
      } finally {
        importing.delete(job);
      }
    }),
    searchHub: os.searchHub.handler(({ input, signal }) => hub.search(input.words, signal)),
    lookUpOnHub: os.lookUpOnHub.handler(({ input, signal }) => hub.lookUp(input.dataset, signal)),
    downloadFromHub: os.downloadFromHub.handler(async function* ({ input, signal = new AbortController().signal }) {
      yield* hub.download(input, signal);
    }),
    list: os.list.handler(() => store.list()),
    cutOff: os.cutOff.handler(() => studio.cutOff()),
    get: os.get.handler(({ input }) => store.get(input.id)),
    fileFacts: os.fileFacts.handler(({ input }) => store.fileFacts(store.get(input.id).id)),
    importResult: os.importResult.handler(({ input }) => store.importResult(store.get(input.id))),
    examples: os.examples.handler(async ({ input, signal }) => {
      const { split, search, offset, limit } = input;
      const { id, version } = store.get(input.id);
      const filter = { split, search };
      const { total, examples } = await pages.call(
        'page',
        { ...placeOf(id), version, filter, offset, limit },
        { signal },
      );
      return { total, examples };
    }),
    rows: os.rows.handler(async ({ input: { id: idOrName, ...query }, signal }) => {
      const { id, version } = store.get(idOrName);
      const answer = await pages.call('page', { ...placeOf(id), version, ...query }, { signal });
      if (answer.indexed.done < answer.indexed.total) indexing.begin(placeOf(id));
      return { ...answer, version };
    }),
    kin: os.kin.handler(async ({ input, signal }) => {
      const { id, version } = store.get(input.id);
      const ask = { ...placeOf(id), version, context: input.context };
      return { ...(await pages.call('kin', ask, { signal })), version };
    }),
    example: os.example.handler(({ input }) =>
      store.example(store.get(input.datasetId).id, input.exampleId, input.version),
    ),
    targetForm: os.targetForm.handler(async ({ input }) => (await targetForms.of(store.get(input.id).id)) ?? null),
    rejections: os.rejections.handler(({ input: { id, offset, limit } }) => {
      const rows = store.rows(store.get(id).id);
      return { total: rows.countRejections(), rejections: rows.rejections({ offset, limit }) };
    }),
    rejectFile: os.rejectFile.handler(async ({ input, context, signal }) => {
      const dataset = store.get(input.id);
      const name = `${dataset.name} rejected.csv`;
      const kept = rejectFilePath(datasetsFolder, dataset.id);
      if (!existsSync(kept)) throw new StudioError('FILE_NOT_FOUND', { file: name });
      // A hard link if possible: on a full disk the rows are still available.
      const { fileId, bytes } = await downloads.offer(
        (out) => link(kept, out).catch(() => copyFile(kept, out, signal)),
        context.left,
      );
      return { fileId, name, bytes };
    }),
    unwritten: os.unwritten.handler(({ input, signal }) => unwritten(input.id).list(signal)),
    unwrittenRow: os.unwrittenRow.handler(({ input }) => unwritten(input.id).row(input.number)),
    writeRow: os.writeRow.handler(async ({ input: { id, ...row }, signal }) => {
      const after = await unwritten(id).write(row, changes, signal);
      changed();
      return after;
    }),
    addFromFile: os.addFromFile.handler(async ({ input, context, signal }) => {
      const { source, csv, copies } = input;
      await using file = await lendOnce(source, context);
      const after = await addFromFile({ store, changes }, { dataset: store.get(input.id), file, csv, copies }, signal);
      changed();
      return after;
    }),
    rename: os.rename.handler(({ input }) => {
      const dataset = store.rename(input.id, input.name);
      changed();
      return dataset;
    }),
    delete: os.delete.handler(({ input }) => {
      const dataset = unused(input.id);
      store.markDeleted(dataset.id, Date.now());
      changed();
    }),
    restore: os.restore.handler(({ input }) => {
      const dataset = store.restore(input.id);
      changed();
      return dataset;
    }),
    export: os.export.handler(({ input: { id, format = 'csv', ...job }, context, signal }) => {
      if (context.caller === 'page') throw new StudioError('NOT_ALLOWED', {});
      return exportDataset(store, { ...job, dataset: store.get(id), format, dataDir: studio.dataDir }, signal);
    }),
    exportFile: os.exportFile.handler(async ({ input: { id, ...job }, context, signal }) => {
      const dataset = store.get(id);
      const write = (out: string) => exportDataset(store, { ...job, dataset, out }, signal);
      const offered = await downloads.offer(write, context.left);
      const version = job.version === undefined || job.version === dataset.version ? '' : ` v${job.version}`;
      const { fileId, bytes, written } = offered;
      return { fileId, bytes, rows: written.rows, name: `${dataset.name}${version}.${job.format}` };
    }),
    readExport: os.readExport.handler(({ input }) => downloads.read(input.fileId, input.offset)),
    databases: os.databases.handler(({ input }) => listDatabases(join(datasetsFolder, store.get(input.id).id))),
    attachDatabase: os.attachDatabase.handler(async ({ input, context, signal }) => {
      const dataset = withDatabaseFree(input.id);
      await using database = await lendOnce(input.database, context);
      const after = await attachToDataset(
        { store, changes, datasetsFolder, sql },
        { dataset, database, schema: input.schema },
        signal,
      );
      changed();
      return after;
    }),
    detachDatabase: os.detachDatabase.handler(async ({ input }) => {
      const after = await detachDatabases({ store, changes, datasetsFolder }, withDatabaseFree(input.id));
      changed();
      return after;
    }),
    swapDatabase: os.swapDatabase.handler(async ({ input }) => {
      const { attachment, version } = input;
      const [parts, dataset] = [{ store, changes, datasetsFolder }, withDatabaseFree(input.id)];
      const after = await (version === undefined
        ? swapDatabases(parts, dataset, attachment)
        : undoAttach(parts, dataset, { attachment, version }));
      changed();
      return after;
    }),
    groups: os.groups.handler(({ input, signal }) => {
      const dataset = store.get(input.id);
      return groupSearch.list(dataset, input, { rows: store.rows(dataset.id), signal });
    }),
    dealSplits: os.dealSplits.handler(async function* ({ input, signal }) {
      for await (const event of dealDataset(
        { store, changes },
        { dataset: store.get(input.id), by: input.by },
        signal,
      )) {
        if (event.kind === 'finished') changed();
        yield event;
      }
    }),
    query: os.query.handler(({ input, signal }) => {
      const { id } = store.get(input.datasetId);
      return sql.query(attachedFile(join(datasetsFolder, id), input.database), input.sql, undefined, signal);
    }),
  });
}

/** For a thread, which cannot be passed the disposer. */
function plain({ path, name, unpackFolder }: LentFile): TableFile {
  return { path, name, unpackFolder };
}

/** Removes datasets deleted before a given time while the studio runs. False if one is still being read. */
export async function freeDatasets(
  { store, datasetsFolder, threads }: { store: DatasetStore; datasetsFolder: string; threads: readonly RowsThread[] },
  deletedBefore: number,
): Promise<boolean> {
  let areFree = true;
  // Those of an earlier call that were being read are among them.
  for (const id of store.giveUpDeleted(deletedBefore)) {
    try {
      // A file's disk space is freed only with its last open handle.
      await Promise.all(threads.map((thread) => thread.letGo(rowsPlace(datasetsFolder, id))));
      await removeDataset(store, datasetsFolder, id);
    } catch {
      areFree = false;
    }
  }
  return areFree;
}

/**
 * Removes datasets that were deleted up to a given time, or whose import was interrupted, by processes that have ended.
 * For the start.
 */
export async function clearDatasets(store: DatasetStore, datasetsFolder: string, deletedBefore: number): Promise<void> {
  for (const id of store.listLeftovers(deletedBefore)) await removeDataset(store, datasetsFolder, id);
}
