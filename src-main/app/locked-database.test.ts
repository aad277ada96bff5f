// The studio's database while another program, such as a database browser, holds it.
import { join } from 'node:path';
import { safe } from '@orpc/server';
import { expect, onTestFinished, test } from 'vitest';
import { beforeStatement } from '../../test/fixtures/before-statement.ts';
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

/** The file, and what has the other program let go of it. */
function lockDatabase() {
  const file = join(folder, 'data', 'studio.sqlite');
  const other = openDatabase(file);
  onTestFinished(() => void other.close());
  other.exec('BEGIN IMMEDIATE');
  // Instead of five seconds.
  beforeStatement('', 'PRAGMA busy_timeout = 1');
  return { file, letGo: () => void other.exec('ROLLBACK') };
}

// Regression: each of these was reported as a fault of the program, with a stack.
test('a locked database is reported when it is opened, and opens once it is let go', async () => {
  await app.close();
  const { file, letGo } = lockDatabase();
  await expect(open()).rejects.toMatchObject({ code: 'DATABASE_LOCKED', data: { file } });
  letGo();
  await open();
});

test('a change that a locked database does not take is reported, and taken later', async () => {
  const { run } = await train('rivers');
  const { file, letGo } = lockDatabase();
  const rename = () => client.adapters.rename({ id: run.adapterId ?? '', name: 'lakes' });
  expect((await safe(rename())).error).toMatchObject({ code: 'DATABASE_LOCKED', data: { file } });
  letGo();
  expect(await rename()).toMatchObject({ name: 'lakes' });
});

test('a run whose events a locked database does not take can be resumed', async () => {
  const { promise: loaded, resolve: load } = Promise.withResolvers<void>();
  Object.assign(engine, { loading: [0.5], loaded });
  const begun = { datasetId: await importRivers(), baseModelId: 'starter', options: { maxSteps: 4 } };
  const { id } = await client.runs.start({ ...begun, name: 'rivers' });
  const events = await client.runs.watch({ id });
  await events.next();
  const { letGo } = lockDatabase();
  // Anything, so that it waits briefly from here on.
  await client.runs.get({ id });
  load();
  expect((await safe(Array.fromAsync(events))).error).toMatchObject({ code: 'DATABASE_LOCKED' });
  letGo();
  await expect.poll(async () => (await client.runs.get({ id })).state).toBe('interrupted');
  expect(await client.runs.get({ id })).toMatchObject({ error: { code: 'DATABASE_LOCKED' } });
});
