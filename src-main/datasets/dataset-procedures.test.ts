import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { createRouterClient } from '@orpc/server';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { CallerContext } from '../../src-contract/caller.ts';
import type { ImportEvent } from '../../src-contract/dataset.ts';
import { because, type UsedBy } from '../../src-contract/failure-reason.ts';
import { writeSqliteFile } from '../../test/fixtures/sqlite-file.ts';
import { openDatabase } from '../database/open.ts';
import { ProcessLock } from '../database/process-lock.ts';
import { forkSqlProcess, SqlRunner } from './databases/attached-database.ts';
import { datasetProcedures, freeDatasets } from './dataset-procedures.ts';
import { DatasetStore } from './dataset-store.ts';
import { HubDatasets } from './hub/hub-datasets.ts';
import { RowsThread } from './rows/rows-threads.ts';
import { TargetForms } from './target-forms.ts';
import { Downloads } from './transfers/downloads.ts';
import { fileProcedures } from './transfers/file-procedures.ts';
import { FileSources } from './transfers/file-sources.ts';
import { ProcessFolder } from './transfers/process-folder.ts';
import { Uploads } from './transfers/uploads.ts';
import { DatasetChanges } from './versions/change-dataset.ts';

const samplesFolder = join(import.meta.dirname, '../../resources/samples');
const folder = mkdtempSync(join(tmpdir(), 'procedures-'));
const users = new Map<string, UsedBy>();
let page: ReturnType<typeof clientOf>;
let trusted: ReturnType<typeof clientOf>;
let lock: ProcessLock;
let pageUntil: (left: AbortSignal) => ReturnType<typeof clientOf>;
let close: () => Promise<void>;

beforeAll(() => {
  for (const name of ['datasets', 'locks']) mkdirSync(join(folder, name));
  const database = openDatabase(':memory:');
  lock = new ProcessLock(join(folder, 'locks'));
  const uploads = new Uploads(new ProcessFolder(join(folder, 'uploads'), lock));
  const sql = new SqlRunner(() => forkSqlProcess());
  const store = new DatasetStore(database, lock, join(folder, 'datasets'));
  const downloads = new Downloads(new ProcessFolder(join(folder, 'downloads'), lock));
  const hub = new HubDatasets(join(folder, 'dataset-downloads'), { process: lock });
  const threads = { pages: new RowsThread(), thread: new RowsThread() };
  const router = {
    files: fileProcedures(uploads),
    datasets: datasetProcedures({
      ...{
        store,
        targetForms: new TargetForms(store),
        downloads,
        changes: new DatasetChanges(store, () => 5),
        ...threads,
      },
      ...{ dataDir: folder, datasetsFolder: join(folder, 'datasets') },
      ...{
        samplesFolder,
        sources: new FileSources(uploads, {
          samplesFolder,
          unpacked: new ProcessFolder(join(folder, 'unpacked'), lock),
          hub,
        }),
        hub,
        uploads,
        sql,
      },
      changed: () => undefined,
      importing: new Set(),
      cutOff: () => [],
      userOf: (id) => users.get(id),
    }),
  };
  page = clientOf(router, { caller: 'page' });
  pageUntil = (left) => clientOf(router, { caller: 'page', left });
  trusted = clientOf(router, { caller: 'trusted' });
  close = async () => {
    sql.close();
    await Promise.all([threads.pages.close(), threads.thread.close()]);
    store.close();
    database.close();
    lock.release();
  };
});
afterAll(async () => {
  await close();
  rmSync(folder, { recursive: true, force: true });
});

test('every sample imports completely, and its queries run on its databases', async () => {
  for (const sample of await page.datasets.samples()) {
    const { dataset } = await finished(
      await page.datasets.import({ source: { kind: 'sample', name: sample.name }, task: sample.task }),
    );
    expect(dataset, sample.name).toMatchObject({
      rows: sample.rows,
      rejected: 0,
      hasDatabase: sample.task === 'nl2sql',
    });
    expect(Math.min(...Object.values(dataset.splits)), sample.name).toBeGreaterThanOrEqual(sample.rows * 0.05);
    if (sample.task !== 'nl2sql') continue;
    const { examples } = await page.datasets.examples({ id: dataset.name, offset: 0, limit: 20 });
    for (const { database, target } of examples) {
      const result = await page.datasets.query({ datasetId: dataset.id, database, sql: target });
      expect(result.rows.length, target).toBeGreaterThan(0);
    }
  }
});

// Such a table could not be imported: a column was asked for that it does not have.
test('questions with their SQL alone take the schema from the database that comes with them', async () => {
  const [table, shop, other] = ['questions.csv', 'shop.sqlite', 'other.sqlite'].map((name) => join(folder, name));
  writeFileSync(table ?? '', 'question,sql\nHow many?,SELECT COUNT(*) FROM seller\nWho?,SELECT name FROM seller\n');
  writeFileSync(other ?? '', 'no database');
  writeSqliteFile(
    shop ?? '',
    'CREATE TABLE seller (id INTEGER PRIMARY KEY, name TEXT); CREATE TABLE sale (seller INTEGER REFERENCES seller (id))',
  );
  const asked = { source: { kind: 'path', path: table ?? '' }, task: 'nl2sql', name: 'shop' } as const;
  const at = (path = '') => ({ kind: 'path', path }) as const;
  await expect(finished(await trusted.datasets.import(asked))).rejects.toMatchObject({
    ...{ code: 'CSV_SCHEMA_MISSING', hint: expect.stringContaining('--database FILE.sqlite') },
  });
  await expect(finished(await trusted.datasets.import({ ...asked, database: at(other) }))).rejects.toMatchObject({
    code: 'DATABASE_ATTACHED_INVALID',
  });
  expect((await page.datasets.list()).map(({ name }) => name)).not.toContain('shop');
  expect(await trusted.datasets.judge({ ...asked, database: at(shop) })).toMatchObject({ rows: 2, taken: 2 });
  const { dataset } = await finished(await trusted.datasets.import({ ...asked, database: at(shop) }));
  expect(dataset).toMatchObject({ rows: 2, rejected: 0, hasDatabase: true });
  const { examples } = await page.datasets.examples({ id: 'shop', offset: 0, limit: 1 });
  expect(examples[0]?.context).toBe(
    'Schema:\nseller(id integer pk, name text)\nsale(seller integer -> seller.id)\n\nQuestion: How many?',
  );
  // More of the same questions come without a schema too.
  writeFileSync(table ?? '', 'question,sql\nAnyone?,SELECT 1 FROM seller\n');
  expect(await trusted.datasets.addFromFile({ id: 'shop', source: at(table) })).toMatchObject({ added: 1 });
  const after = await page.datasets.examples({ id: 'shop', offset: 2, limit: 1 });
  expect(after.examples[0]?.context).toMatch(/^Schema:\nseller\(id .+Anyone\?$/s);
});

test('an uploaded file is removed when the page that sent it leaves', async () => {
  const leaving = new AbortController();
  const left = pageUntil(leaving.signal);
  const { fileId } = await left.files.begin({ name: 'a.csv', sizeBytes: 0 });
  leaving.abort();
  const late = page.datasets.inspect({ source: { kind: 'upload', fileId } });
  await expect(late).rejects.toMatchObject({ code: 'OPTION_INVALID', data: { because: { code: 'UPLOAD_GONE' } } });
});

test('a page uploads a file in pieces, inspects and imports it, and then it is removed', async () => {
  const text = '지문,질문,정답\nAnna lives in Bonn.,Where?,Bonn\n,Who?,Anna\n';
  const bytes = Buffer.from(text);
  const { fileId } = await page.files.begin({ name: '../../표.csv', sizeBytes: bytes.length });
  const append = (offset: number, end: number) =>
    page.files.append({ fileId, offset, chunk: new Blob([bytes.subarray(offset, end)]) });
  expect(await append(0, 20)).toEqual({ bytes: 20 });
  await expect(append(0, 20)).rejects.toMatchObject({ code: 'OPTION_INVALID' });
  const source = { kind: 'upload' as const, fileId };
  await expect(page.datasets.inspect({ source })).rejects.toMatchObject({ code: 'OPTION_INVALID' });
  await append(20, bytes.length);
  await expect(append(bytes.length, bytes.length)).resolves.toEqual({ bytes: bytes.length });
  const inspection = await page.datasets.inspect({ source, cells: true });
  expect(inspection).toMatchObject({ file: { name: '표.csv', rows: 2 }, proposedTask: 'mrc' });
  expect(inspection.columns).toEqual([
    { name: '지문', role: 'passage' },
    { name: '질문', role: 'question' },
    { name: '정답', role: 'answer' },
  ]);
  expect(inspection.cells).toHaveLength(3);
  const { dataset } = await finished(await page.datasets.import({ source, task: 'mrc', name: 'mine' }));
  expect(dataset).toMatchObject({ rows: 1, rejected: 1 });
  await expect(page.datasets.inspect({ source })).rejects.toMatchObject({ code: 'OPTION_INVALID' });
  expect(await page.datasets.rejections({ id: 'mine', offset: 0, limit: 9 })).toMatchObject({
    total: 1,
    rejections: [{ line: 3, code: 'ROW_CONTEXT_EMPTY' }],
  });
  const left = await page.datasets.rejectFile({ id: 'mine' });
  const piece = await page.datasets.readExport({ fileId: left.fileId, offset: 0 });
  expect([left.name, left.bytes]).toEqual(['mine rejected.csv', piece.size]);
  expect(await piece.text()).toContain('Who?');
  // The file that was read is removed, and the stored one stays.
  expect((await page.datasets.rejectFile({ id: 'mine' })).bytes).toBe(piece.size);
});

// Regression: a database or table that could not be used stayed until the window was closed.
test('an upload is removed by what it was sent for, even if that fails', async () => {
  const send = async () => {
    const { fileId } = await page.files.begin({ name: 'a.sqlite', sizeBytes: 1 });
    await page.files.append({ fileId, offset: 0, chunk: new Blob(['x']) });
    return { kind: 'upload' as const, fileId };
  };
  for (const use of [
    (source: { kind: 'upload'; fileId: string }) => page.datasets.attachDatabase({ id: 'mine', database: source }),
    (source: { kind: 'upload'; fileId: string }) => page.datasets.addFromFile({ id: 'mine', source }),
  ]) {
    const source = await send();
    await expect(use(source)).rejects.toThrow();
    const late = page.datasets.inspect({ source });
    await expect(late).rejects.toMatchObject({ data: { because: { code: 'UPLOAD_GONE' } } });
  }
});

test('a page may not name file paths', async () => {
  const source = { kind: 'path' as const, path: '/etc/passwd' };
  await expect(page.datasets.inspect({ source })).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
  await expect(finished(await page.datasets.import({ source, task: 'custom' }))).rejects.toMatchObject({
    code: 'NOT_ALLOWED',
  });
  await expect(page.datasets.export({ id: 'mine', out: '/tmp/x.csv' })).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
});

test('a dataset can be exported, deleted and restored, but not deleted while in use', async () => {
  const path = join(folder, 'table.csv');
  writeFileSync(path, 'context,target,group\n"a, b",1,g\n');
  const { dataset } = await finished(
    await trusted.datasets.import({ source: { kind: 'path', path }, task: 'custom', name: 'kept' }),
  );
  const out = join(folder, 'out.csv');
  expect(await trusted.datasets.export({ id: 'kept', out })).toEqual({ file: out, rows: 1 });
  expect(readFileSync(out, 'utf8')).toBe('context,target,group,split\r\n"a, b",1,g,train\r\n');
  await expect(trusted.datasets.export({ id: 'kept', out: join(path, 'out.csv') })).rejects.toMatchObject({
    code: 'OUT_UNUSABLE',
  });
  users.set(dataset.id, because('USED_BY_RUN', { name: 'run 1' }));
  await expect(page.datasets.delete({ id: 'kept' })).rejects.toMatchObject({ code: 'DATASET_IN_USE' });
  users.clear();
  await page.datasets.delete({ id: 'kept' });
  await expect(page.datasets.get({ id: 'kept' })).rejects.toMatchObject({ code: 'DATASET_NOT_FOUND' });
  expect(await page.datasets.restore({ id: dataset.id })).toEqual(dataset);
  expect((await page.datasets.rename({ id: 'kept', name: 'renamed' })).name).toBe('renamed');
});

// Regression: one whose index was being made stayed until the next start.
test('a deleted dataset that is being read is still to be freed', async () => {
  const deleted = new Set(['rivers', 'towns']);
  const store = { giveUpDeleted: () => [...deleted], letGo: vi.fn(), remove: (id: string) => deleted.delete(id) };
  let read: string | undefined = 'rivers';
  const thread = {
    letGo: async ({ id }: { id: string }) => {
      if (id === read) throw new Error('It is being read.');
    },
  };
  const free = () =>
    freeDatasets({ store: store as never, datasetsFolder: join(folder, 'none'), threads: [thread as never] }, 0);
  expect(await free()).toBe(false);
  expect([...deleted]).toEqual(['rivers']);
  read = undefined;
  expect(await free()).toBe(true);
  expect([...deleted]).toEqual([]);
});

test('a page that leaves during an import leaves nothing behind', async () => {
  const bytes = Buffer.from(`context,target\n${'some context,some target\n'.repeat(40_000)}`);
  const { fileId } = await page.files.begin({ name: 'long.csv', sizeBytes: bytes.length });
  await page.files.append({ fileId, offset: 0, chunk: new Blob([bytes]) });
  const before = readdirSync(join(folder, 'datasets'));
  const abort = new AbortController();
  const events = await page.datasets.import(
    { source: { kind: 'upload', fileId }, task: 'custom', name: 'long' },
    { signal: abort.signal },
  );
  await expect(async () => {
    for await (const event of events) if (event.kind === 'started') abort.abort();
  }).rejects.toThrow();
  expect((await page.datasets.list()).map(({ name }) => name)).not.toContain('long');
  expect(readdirSync(join(folder, 'datasets'))).toEqual(before);
  await page.files.discard({ fileId });
});

// Regression: its thread was terminated before it could remove that, and gigabytes stayed in the system's temporary
// folder forever.
test.each(['import', 'inspection', 'judgement'])('an aborted %s removes what it unpacked', async (what) => {
  const path = join(folder, 'long.csv.gz');
  const rows = Array.from({ length: 400_000 }, (_, row) => `${randomBytes(6).toString('base64')} ${row},t\n`);
  writeFileSync(path, gzipSync(`context,target\n${rows.join('')}`, { level: 1 }));
  const abort = new AbortController();
  const source = { kind: 'path' as const, path };
  const unpacked = () => readdirSync(join(folder, 'unpacked', lock.token), { recursive: true });
  const work = async () => {
    if (what === 'import') {
      await finished(await trusted.datasets.import({ source, task: 'custom', name: 'long' }, { signal: abort.signal }));
    } else if (what === 'inspection') await trusted.datasets.inspect({ source }, { signal: abort.signal });
    else await trusted.datasets.judge({ source, task: 'custom' }, { signal: abort.signal });
  };
  mkdirSync(join(folder, 'unpacked', lock.token), { recursive: true });
  const watcher = watch(join(folder, 'unpacked', lock.token), { recursive: true }, () => abort.abort());
  await expect(work()).rejects.toThrow();
  watcher.close();
  expect(abort.signal.aborted).toBe(true);
  await vi.waitFor(() => expect(unpacked()).toEqual([]), { timeout: 30_000 });
});

// Regression: a Parquet row group is unpacked in one go, and for seconds no window was answered.
test.each(['inspection', 'judgement'])('the %s of a large file does not block this thread', async (what) => {
  const path = join(folder, 'large.parquet');
  const texts = Array.from({ length: 200_000 }, (_, row) => `${row} ${randomBytes(12).toString('base64')}`);
  const columnData = ['context', 'target'].map((name) => ({ name, data: texts, type: 'STRING' as const }));
  writeFileSync(path, new Uint8Array(parquetWriteBuffer({ columnData, rowGroupSize: texts.length })));
  const source = { kind: 'path' as const, path };
  const began = performance.now();
  let [last, longest] = [began, 0];
  const look = () => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
  };
  const timer = setInterval(look, 1);
  if (what === 'inspection') {
    expect(await trusted.datasets.inspect({ source })).toMatchObject({ file: { format: 'parquet', rows: 200_000 } });
  } else expect(await trusted.datasets.judge({ source, task: 'custom' })).toMatchObject({ rejected: { count: 0 } });
  look();
  clearInterval(timer);
  expect(longest).toBeLessThan((performance.now() - began) / 2);
});

// Regression: the thread's heap limit was meant for rows, not for a whole row group.
test('a Parquet row group of hundreds of megabytes can be read', async () => {
  const path = join(folder, 'group.parquet');
  const filler = 'x'.repeat(2500);
  const texts = Array.from({ length: 160_000 }, (_, row) => `${row} ${filler}`);
  const columnData = [{ name: 'context', data: texts, type: 'STRING' as const }];
  writeFileSync(path, new Uint8Array(parquetWriteBuffer({ columnData, rowGroupSize: texts.length })));
  const source = { kind: 'path' as const, path };
  expect(await trusted.datasets.inspect({ source })).toMatchObject({ file: { format: 'parquet', rows: 160_000 } });
}, 60_000);

// Regression: only the window that had imported a file could tell what became of its rows.
test('what an import has come to is known later, too, as it was then', async () => {
  const path = join(folder, 'reviews.csv');
  writeFileSync(path, 'context,target\na,1\nb,\nc,3\n');
  const { dataset, rejected, seconds } = await finished(
    await trusted.datasets.import({ source: { kind: 'path', path }, task: 'custom' }),
  );
  const more = join(folder, 'more.csv');
  writeFileSync(more, 'context,target\nd,4\n');
  await trusted.datasets.addFromFile({ id: dataset.id, source: { kind: 'path', path: more } });
  await trusted.datasets.rename({ id: dataset.id, name: 'more reviews' });
  const told = await page.datasets.importResult({ id: dataset.id });
  expect(told).toMatchObject({
    dataset: { name: 'more reviews', rows: 2, splits: dataset.splits },
    rejected: { count: 1, reasons: rejected.reasons },
    ...{ warned: { count: 0, reasons: {} }, seconds, file: { name: 'reviews.csv', rows: 3 } },
  });
  expect(await page.datasets.fileFacts({ id: dataset.id })).toEqual(told?.file);
});

async function finished(events: AsyncIterable<ImportEvent>) {
  let last: ImportEvent | undefined;
  for await (const event of events) last = event;
  if (last?.kind !== 'finished') throw new Error('the import did not finish');
  return last;
}

function clientOf(
  router: { files: ReturnType<typeof fileProcedures>; datasets: ReturnType<typeof datasetProcedures> },
  context: CallerContext,
) {
  return createRouterClient(router, { context });
}
