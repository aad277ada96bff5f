import { existsSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { safe } from '@orpc/server';
import { expect, test } from 'vitest';
import {
  app,
  client,
  engine,
  folder,
  importRivers,
  open,
  studioForEachTest,
  train,
} from '../../test/fixtures/studio-on-fake-engine.ts';
import { openDatabase } from '../database/open.ts';

studioForEachTest();

// Regression: it was reported as an internal error, with a stack.
test('a database damaged beyond its first page is reported, and opens again once repaired', async () => {
  await app.close();
  const file = join(folder, 'data', 'studio.sqlite');
  const bytes = readFileSync(file);
  writeFileSync(file, Buffer.from(bytes).fill(0xff, 4096, bytes.length));
  await expect(open()).rejects.toMatchObject({ code: 'DATABASE_DAMAGED', data: { file } });
  writeFileSync(file, bytes);
  await open();
});

// Regression: it was an internal error without any explanation.
test('a damaged database page met at run time is reported as damage', async () => {
  const { run } = await train('rivers');
  await app.close();
  const file = join(folder, 'data', 'studio.sqlite');
  const database = openDatabase(file);
  const told = database.prepare('INSERT INTO job_event (job_id, sequence, event) VALUES (?, ?, ?)');
  const event = JSON.stringify({ kind: 'checkpoint', step: 4, ballast: 'x'.repeat(1000) });
  database.transaction(() => {
    for (let sequence = 1000; sequence < 4000; sequence++) told.run(run.id, sequence, event);
  })();
  database.close();
  const sound = readFileSync(file);
  const half = Math.floor(sound.length / 2);
  writeFileSync(file, Buffer.from(sound).fill(0xa5, half, Math.floor(half * 1.5)));
  await open();
  const reading = async () => Array.fromAsync(await client.runs.watch({ id: run.id }));
  expect((await safe(reading())).error).toMatchObject({ code: 'DATABASE_DAMAGED', data: { file } });
  expect((await client.runs.list()).map(({ name }) => name)).toEqual(['rivers']);
});

// Regression: one such file kept the whole studio from opening.
test.each<[string, string, (file: string) => void]>([
  ['damaged', 'DATASET_FILE_DAMAGED', (file) => truncateSync(file, 5000)],
  ['missing', 'DATASET_FILE_MISSING', (file) => rmSync(file)],
])(
  'a %s rows file is reported when its dataset is used, and leaves the other datasets usable',
  async (_, code, damage) => {
    const [lost, sound] = [await importRivers(), await importRivers()];
    const { name } = await client.datasets.get({ id: lost });
    await app.close();
    const file = join(folder, 'data/datasets', lost, 'rows.sqlite');
    damage(file);
    await open();
    expect((await client.datasets.list()).map(({ id }) => id).sort()).toEqual([lost, sound].sort());
    const about = { code, data: { dataset: name, file } };
    const { error: inThread } = await safe(client.datasets.examples({ id: lost, offset: 0, limit: 1 }));
    expect(inThread).toMatchObject(about);
    const { error: here } = await safe(client.versions.list({ id: lost, offset: 0, limit: 1 }));
    expect(here).toMatchObject(about);
    const content = { target: 'mended' };
    const { error: changing } = await safe(client.versions.editRow({ id: lost, position: 0, content }));
    expect(changing).toMatchObject(about);
    const options = { maxSteps: 1 };
    const started = client.runs.start({ datasetId: lost, baseModelId: 'starter', name: 'run', options });
    expect((await safe(started)).error).toMatchObject(about);
    expect((await client.datasets.examples({ id: sound, offset: 0, limit: 1 })).total).toBe(20);
    await client.datasets.delete({ id: lost });
    expect((await client.datasets.list()).map(({ id }) => id)).toEqual([sound]);
  },
);

// Regression: the page was met long after the file was opened, and was reported as an internal error, or as a fault of
// the file being written.
test('a damaged page met during work is reported with the name of its dataset', async () => {
  const lines = Array.from(
    { length: 3000 },
    (_, i) => `The river ${i} ${'is long '.repeat(20)}.,Which river?,river ${i}`,
  );
  const path = join(folder, 'long.csv');
  writeFileSync(path, `passage,question,answer\n${lines.join('\n')}\n`);
  for await (const _ of await client.datasets.import({ source: { kind: 'path', path }, task: 'mrc' }));
  const datasetId = (await client.datasets.list())[0]?.id ?? '';
  engine.pauseAfter = 1;
  const begun = { datasetId, baseModelId: 'starter', options: { maxSteps: 2, maxLength: 256 } };
  const first = await client.runs.start({ ...begun, name: 'first' });
  for await (const { kind } of await client.runs.watch({ id: first.id })) if (kind === 'step') break;
  const { id } = await client.runs.start({ ...begun, name: 'second' });
  await app.close();
  const file = join(folder, 'data/datasets', datasetId, 'rows.sqlite');
  const sound = readFileSync(file);
  const half = Math.floor(sound.length / 2);
  writeFileSync(file, Buffer.from(sound).fill(0xa5, half, Math.floor(half * 1.5)));
  await open();

  const about = { code: 'DATASET_FILE_DAMAGED', data: { dataset: 'long', file } };
  await client.runs.resume({ id });
  for await (const _ of await client.runs.watch({ id }));
  expect(await client.runs.get({ id })).toMatchObject({ state: 'failed', error: about });

  const evaluation = await client.evaluations.start({
    datasetId,
    baseModelId: 'starter',
    adapterIds: [],
    split: 'train',
  });
  for await (const _ of await client.evaluations.watch({ id: evaluation.id }));
  expect(await client.evaluations.get({ id: evaluation.id })).toMatchObject({ state: 'failed', error: about });

  const out = join(folder, 'out.csv');
  expect((await safe(client.datasets.export({ id: 'long', out }))).error).toMatchObject(about);
  expect(existsSync(out)).toBe(false);
  const what = { kind: 'split' as const, datasetId, split: 'train' as const };
  expect((await safe(client.chat.score({ baseModelId: 'starter', adapterId: null, what }))).error).toMatchObject(about);

  // As the error says: with a sound copy of the file, everything resumes from where it was.
  engine.pauseAfter = Number.POSITIVE_INFINITY;
  writeFileSync(file, sound);
  for (const run of [first.id, id]) {
    await client.runs.resume({ id: run });
    for await (const _ of await client.runs.watch({ id: run }));
    expect(await client.runs.get({ id: run })).toMatchObject({ state: 'finished', step: 2 });
  }
});
