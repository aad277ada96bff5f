import { cpSync, existsSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { safe } from '@orpc/server';
import { expect, test, vi } from 'vitest';
import {
  app,
  client,
  engine,
  folder,
  importRivers,
  open,
  openBeside,
  page,
  studioForEachTest,
} from '../test/fixtures/studio-on-fake-engine.ts';
import { createApp, moveDataFolder } from './app.ts';
import { openDatabase } from './database/open.ts';
import type { TrainEvent } from './engine/engine.ts';

const resources = join(import.meta.dirname, '../resources');

studioForEachTest();

test('another data folder cannot be opened during an import', async () => {
  const open = async () => (await safe(client.dataFolders.open({ id: 'a folder that was not listed' }))).error;
  const path = join(folder, 'rivers.csv');
  writeFileSync(path, 'text,summary\nThe Rhine is long.,long\n');
  const events = await client.datasets.import({ source: { kind: 'path', path }, task: 'summarisation' });
  await events.next();
  expect(await open()).toMatchObject({ code: 'STUDIO_BUSY' });
  for await (const _ of events);
  expect(await open()).toMatchObject({ code: 'NOT_ALLOWED' });
});

// The web host carries on with the previous folder. Regression: the failed one stayed open and locked.
test.each([
  {
    fault: 'a database from a newer studio',
    harm: (dataDir: string) => {
      const database = openDatabase(join(dataDir, 'studio.sqlite'));
      database.pragma('user_version = 9999');
      database.close();
    },
  },
  {
    fault: 'a file where a folder should be',
    harm: (dataDir: string) => {
      rmSync(join(dataDir, 'news'), { recursive: true });
      writeFileSync(join(dataDir, 'news'), '');
    },
  },
])('a data folder that cannot be opened is released: $fault', async ({ harm }) => {
  const dataDir = join(folder, 'other');
  const options = { dataDir, resourcesDir: join(folder, 'resources'), engine };
  await createApp(options).then((other) => other.close());
  harm(dataDir);
  await expect(createApp(options)).rejects.toThrow();
  expect(readdirSync(join(dataDir, 'locks')).filter((name) => name.endsWith('.lock'))).toEqual([]);
  expect(readdirSync(dataDir).filter((name) => name.endsWith('-wal'))).toEqual([]);
});

// Regression: the window showed it with a stack.
test('a data folder that cannot be moved is reported and stays where it was', async () => {
  const from = join(folder, 'data');
  const blocked = join(folder, 'file', 'data');
  writeFileSync(join(folder, 'file'), '');
  const because = expect.objectContaining({ code: 'PATH_FILE_IN_WAY' });
  const data = expect.objectContaining({ because });
  expect(() => moveDataFolder(from, blocked)).toThrow(expect.objectContaining({ code: 'DATA_FOLDER_UNUSABLE', data }));
  expect(existsSync(join(from, 'studio.sqlite'))).toBe(true);
});

test('a data folder that cannot be written is reported', async () => {
  const file = join(folder, 'file');
  writeFileSync(file, '');
  const opening = createApp({ dataDir: join(file, 'data'), resourcesDir: resources, engine });
  await expect(opening).rejects.toMatchObject({
    ...{ code: 'DATA_FOLDER_UNUSABLE', data: { because: { code: 'PATH_FILE_IN_WAY' } } },
  });
});

// Regression: a page was closed while the engine was being timed, and the database was closed under its call.
test('calls in progress are answered before the studio closes', async () => {
  const log = vi.spyOn(console, 'error').mockImplementation(() => {});
  // The starter model is registered by then, which closing waits for too.
  await client.baseModels.list();
  const asked = Promise.withResolvers<void>();
  const timed = Promise.withResolvers<void>();
  const facts = await engine.inspect(join(folder, 'resources/starter-model'));
  vi.spyOn(engine, 'inspect').mockImplementation(async () => {
    asked.resolve();
    await timed.promise;
    return facts;
  });
  const cards = safe(client.lab.cards({ baseModelId: 'starter', datasetId: null, language: 'en' }));
  await asked.promise;
  const closed = app.close();
  // Long enough for everything to be closed if nothing waited.
  setTimeout(() => timed.resolve(), 300);
  await closed;
  expect((await cards).error).toBeNull();
  expect(log).not.toHaveBeenCalled();
  log.mockRestore();
  await open();
});

// Regression: the database stayed open, and the folder locked, in a process that goes on with another one.
test('a studio that cannot remove its own files as it closes lets go of its data folder all the same', async () => {
  writeFileSync(join(folder, 'data/downloads'), 'no folder');
  await expect(app.close()).rejects.toMatchObject({ code: 'ENOTDIR' });
  expect(readdirSync(join(folder, 'data/locks'))).toEqual([]);
  rmSync(join(folder, 'data/downloads'));
  await open();
});

// Regression: everything was written to deleted files, and nobody was told.
test.each([
  ['removed', () => rmSync(join(folder, 'data'), { recursive: true })],
  [
    'replaced by another',
    () => {
      renameSync(join(folder, 'data'), join(folder, 'moved'));
      cpSync(join(folder, 'moved'), join(folder, 'data'), { recursive: true });
    },
  ],
])('a data folder that was %s fails every call and ends the running job', async (_, change) => {
  const datasetId = await importRivers();
  let steps = 0;
  vi.spyOn(engine, 'train').mockImplementation(async function* (): AsyncGenerator<TrainEvent> {
    const numbers = { learningRate: 0.1, gradientNorm: 1, tokens: 20, targetTokens: 5, seconds: 2, rssBytes: 7 };
    for (;;) {
      if (++steps === 3) change();
      yield { kind: 'step', step: steps, loss: 1, ...numbers, worst: { row: 0, loss: 1 } };
    }
  });
  const gone = { code: 'DATA_FOLDER_GONE', data: { folder: join(folder, 'data') } };
  const { id } = await client.runs.start({ datasetId, baseModelId: 'starter', name: 'endless' });
  const watched = Array.fromAsync(await client.runs.watch({ id }));
  await expect(watched).rejects.toMatchObject(gone);
  expect(steps).toBe(3);
  expect((await safe(client.datasets.list())).error).toMatchObject(gone);
});

test('two studios on one data folder do not train at the same time', async () => {
  engine.pauseAfter = 1;
  const datasetId = await importRivers();
  await client.runs.start({ datasetId, baseModelId: 'starter', name: 'first', options: { maxSteps: 4 } });
  const other = await openBeside();
  expect((await other.client.runs.list())[0]?.state).toBe('running');
  const { error } = await safe(other.client.runs.start({ datasetId, baseModelId: 'starter', name: 'second' }));
  expect(error).toMatchObject({ code: 'DATA_FOLDER_BUSY' });
  await other.close();
});

// Regression: the end of the run's log was deleted before the refusal.
test('a run that cannot resume because another studio trains keeps its whole log', async () => {
  engine.pauseAfter = 1;
  const about = { datasetId: await importRivers(), baseModelId: 'starter', options: { maxSteps: 4 } };
  const { id } = await client.runs.start({ ...about, name: 'stopped' });
  for await (const event of await client.runs.watch({ id })) if (event.kind === 'step') break;
  await client.runs.stop({ id });
  const database = openDatabase(join(folder, 'data/studio.sqlite'));
  const log = () => database.prepare('SELECT sequence, event FROM job_event WHERE job_id = ?').all(id);
  const before = log();
  expect(before.at(-1)).toMatchObject({ event: expect.stringContaining('"finished"') });

  const other = await openBeside();
  await other.client.runs.start({ ...about, name: 'elsewhere' });
  expect((await safe(client.runs.resume({ id }))).error).toMatchObject({ code: 'DATA_FOLDER_BUSY' });
  expect(log()).toEqual(before);
  expect((await client.runs.get({ id })).state).toBe('stopped');
  database.close();
  await other.close();
});

test('a page can neither name a path nor see internal errors', async () => {
  const exporting = async () => Array.fromAsync(await page.adapters.export({ id: 'x', format: 'peft', out: '/tmp/x' }));
  await expect(exporting()).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
  const log = vi.spyOn(console, 'error').mockImplementation(() => {});
  rmSync(join(folder, 'resources/starter-model/model.safetensors'));
  const { error: inside } = await safe(
    page.chat.score({
      ...{ baseModelId: 'starter', adapterId: null, what: { kind: 'pair', context: 'a', target: 'b' } },
    }),
  );
  expect(inside).toMatchObject({ code: 'INTERNAL_SERVER_ERROR', message: 'Internal Server Error' });
  expect(log).toHaveBeenCalled();
  log.mockRestore();
});

test('pages are notified of the kind of thing that changed', async () => {
  const leave = new AbortController();
  const changes = await client.studio.changes(undefined, { signal: leave.signal });
  await client.chat.createConversation({ baseModelId: 'starter', title: 'Hello' });
  // Also one from before the first was waited for.
  expect((await changes.next()).value).toEqual({ noun: 'conversation' });
  leave.abort();
  expect((await changes.next()).done).toBe(true);
});

// Regression: another window did not offer them until something else of its lists had changed.
test('settings are saved by name, and saving again replaces them', async () => {
  const leave = new AbortController();
  const changes = await client.studio.changes(undefined, { signal: leave.signal });
  const told = changes.next();
  await client.runs.settings.save({ name: 'mine', preset: 'quick', options: { rank: 4 } });
  await client.runs.settings.save({ name: 'mine', preset: null, options: { rank: 2, targets: ['q'] } });
  const [mine, ...others] = await client.runs.settings.list();
  expect(mine).toMatchObject({ name: 'mine', preset: null, options: { rank: 2, targets: ['q'] } });
  expect(others).toEqual([]);
  await client.runs.settings.delete({ id: mine?.id ?? '' });
  expect(await client.runs.settings.list()).toEqual([]);
  expect((await told).value).toEqual({ noun: 'run' });
  leave.abort();
});
