import { mkdirSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
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

// Regression: it counted as interrupted, although its adapter was whole, and resumed from the first step.
test('a run killed between its adapter and its end has finished, and its leftovers are removed', async () => {
  const { run } = await train('rivers');
  const { run: longer } = await train('stopped');
  await app.close();
  const database = openDatabase(join(folder, 'data/studio.sqlite'));
  database.prepare(`UPDATE job SET state = 'running', owner = 'a process that is gone' WHERE kind = 'run'`).run();
  // Continued after a stop at its fourth step.
  database.prepare('UPDATE run SET total_steps = 8, step = 5 WHERE id = ?').run(longer.id);
  database.close();
  for (const { id } of [run, longer]) mkdirSync(join(folder, 'data/runs', id));
  await open();
  expect((await client.runs.list()).map(({ id, state }) => [id, state])).toEqual([
    [longer.id, 'interrupted'],
    [run.id, 'finished'],
  ]);
  expect(readdirSync(join(folder, 'data/runs'))).toEqual([longer.id]);
});

test('a run active when the studio closes is interrupted without an adapter, and can be resumed', async () => {
  engine.pauseAfter = 2;
  const datasetId = await importRivers();
  const { id } = await client.runs.start({ datasetId, baseModelId: 'starter', name: 'r', options: { maxSteps: 4 } });
  for await (const event of await client.runs.watch({ id })) if (event.kind === 'step') break;
  await app.close();
  engine.pauseAfter = Number.POSITIVE_INFINITY;
  await open();
  expect(await client.runs.get({ id })).toMatchObject({ state: 'interrupted', adapterId: null });
  await client.runs.resume({ id });
  expect((await Array.fromAsync(await client.runs.watch({ id }))).at(-1)).toMatchObject({ state: 'finished' });
});

test('runs queued when the studio closes keep their order, and begin where work is taken up', async () => {
  engine.pauseAfter = 2;
  const datasetId = await importRivers();
  const start = (name: string) =>
    client.runs.start({ datasetId, baseModelId: 'starter', name, options: { maxSteps: 4 } });
  const { id } = await start('going');
  for await (const event of await client.runs.watch({ id })) if (event.kind === 'step') break;
  for (const name of ['a', 'b', 'c']) await start(name);
  await client.runs.move({ id: 'c', to: 1 });
  expect((await safe(client.runs.move({ id, to: 1 }))).error).toMatchObject({ code: 'RUN_NOT_WAITING' });
  const queue = async () =>
    (await client.runs.list())
      .filter(({ queuePlace }) => queuePlace !== null)
      .toSorted((a, b) => (a.queuePlace ?? 0) - (b.queuePlace ?? 0))
      .map(({ name }) => name);
  expect(await queue()).toEqual(['c', 'a', 'b']);
  await app.close();
  engine.pauseAfter = Number.POSITIVE_INFINITY;

  // A short-lived command leaves them alone, but can change the queue.
  await open();
  expect(await queue()).toEqual(['c', 'a', 'b']);
  await client.runs.move({ id: 'b', to: 2 });
  await client.runs.stop({ id: 'a' });
  expect((await client.runs.get({ id: 'a' })).state).toBe('stopped');
  await app.close();

  const trained = engine.trained.length;
  await open({ takesUpWork: true });
  await Array.fromAsync(await client.runs.watch({ id: 'b' }));
  const places = engine.trained.slice(trained).map(({ outputFolder }) => basename(dirname(outputFolder)));
  expect(places).toEqual([(await client.runs.get({ id: 'c' })).id, (await client.runs.get({ id: 'b' })).id]);
  expect((await client.runs.list()).map(({ state }) => state).toSorted()).toEqual([
    ...['finished', 'finished', 'interrupted', 'stopped'],
  ]);
});

test('a run left queued can be resumed on its own', async () => {
  engine.pauseAfter = 1;
  const datasetId = await importRivers();
  const about = { datasetId, baseModelId: 'starter', options: { maxSteps: 4 } };
  const { id } = await client.runs.start({ ...about, name: 'going' });
  for await (const event of await client.runs.watch({ id })) if (event.kind === 'step') break;
  await client.runs.start({ ...about, name: 'left' });
  await app.close();
  engine.pauseAfter = Number.POSITIVE_INFINITY;
  await open();
  await client.runs.resume({ id: 'left' });
  await Array.fromAsync(await client.runs.watch({ id: 'left' }));
  expect((await client.runs.get({ id: 'left' })).state).toBe('finished');
});
