import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDatabase } from '../database/open.ts';
import { ProcessLock } from '../database/process-lock.ts';
import { clearDatasets } from './dataset-procedures.ts';
import { DatasetStore } from './dataset-store.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'killed-'));
  for (const name of ['datasets', 'locks']) mkdirSync(join(folder, name));
  const rows = Array.from({ length: 30_000 }, (_, row) => `context ${row},target ${row}\n,no context\n`);
  writeFileSync(join(folder, 'table.csv'), `context,target\n${rows.join('')}`);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Imports in a process of its own and says what happens, one event a line. */
const program = `
  import { join } from 'node:path';
  import { openDatabase } from '${new URL('../database/open.ts', import.meta.url).href}';
  import { ProcessLock } from '${new URL('../database/process-lock.ts', import.meta.url).href}';
  import { DatasetStore } from '${new URL('./dataset-store.ts', import.meta.url).href}';
  import { importDataset } from '${new URL('./import-dataset.ts', import.meta.url).href}';
  const folder = process.env.FOLDER;
  const store = new DatasetStore(openDatabase(join(folder, 'studio.sqlite')), new ProcessLock(join(folder, 'locks')), join(folder, 'datasets'));
  const job = { file: { path: join(folder, 'table.csv'), name: 'table.csv' }, task: 'custom', seed: 0, now: 1 };
  const places = { store, datasetsFolder: join(folder, 'datasets') };
  for await (const event of importDataset(places, job, new AbortController().signal)) console.log(event.kind);
`;

test.each(['progress', 'finished'])('killed at “%s”, the dataset is wholly there or not at all', async (moment) => {
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', program], {
    env: { FOLDER: folder },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const kind of createInterface(child.stdout)) if (kind === moment) break;
  child.kill('SIGKILL');
  await once(child, 'exit');

  const database = openDatabase(join(folder, 'studio.sqlite'));
  const lock = new ProcessLock(join(folder, 'locks'));
  const store = new DatasetStore(database, lock, join(folder, 'datasets'));
  const count = (table: string) => database.prepare(`SELECT count(*) AS n FROM ${table}`).get();
  if (moment === 'progress') {
    expect(count('dataset')).toEqual({ n: 1 });
    expect(store.list()).toEqual([]);
  }
  await clearDatasets(store, join(folder, 'datasets'));
  if (moment === 'progress') {
    expect(count('dataset')).toEqual({ n: 0 });
    expect(readdirSync(join(folder, 'datasets'))).toEqual([]);
  } else {
    expect(store.list()).toMatchObject([{ name: 'table', rows: 30_000, rejected: 30_000 }]);
    expect([...store.examples(store.get('table').id)]).toHaveLength(30_000);
  }
  store.close();
  lock.release();
  database.close();
});
