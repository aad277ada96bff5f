import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDatabase } from '../../database/open.ts';
import { ProcessLock } from '../../database/process-lock.ts';
import { clearDatasets } from '../dataset-procedures.ts';
import { DatasetStore } from '../dataset-store.ts';
import { removeDataset } from './import-dataset.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'killed-'));
  for (const name of ['datasets', 'locks']) mkdirSync(join(folder, name));
  const rows = Array.from(
    { length: 30_000 },
    (_, row) => `context ${row} ${'of some length '.repeat(4)},target ${row}\n,no context\n`,
  );
  writeFileSync(join(folder, 'table.csv'), `context,target\n${rows.join('')}`);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Imports in a separate process and prints what happens, one event per line. */
const program = `
  import { join } from 'node:path';
  import { openDatabase } from '${new URL('../../database/open.ts', import.meta.url).href}';
  import { ProcessLock } from '${new URL('../../database/process-lock.ts', import.meta.url).href}';
  import { DatasetStore } from '${new URL('../dataset-store.ts', import.meta.url).href}';
  import { importDataset } from '${new URL('./import-dataset.ts', import.meta.url).href}';
  const folder = process.env.FOLDER;
  const store = new DatasetStore(openDatabase(join(folder, 'studio.sqlite')), new ProcessLock(join(folder, 'locks')), join(folder, 'datasets'));
  const job = { file: { path: join(folder, 'table.csv'), name: 'table.csv', unpackFolder: join(folder, 'unpacked') }, task: 'custom', seed: 0, now: 1 };
  const places = { store, datasetsFolder: join(folder, 'datasets') };
  for await (const event of importDataset(places, job, new AbortController().signal)) console.log(event.kind);
`;

test.each(['progress', 'finished'])('an import killed at “%s” leaves the whole dataset or nothing', async (moment) => {
  const child = start();
  for await (const kind of createInterface(child.stdout)) if (kind === moment) break;
  expect(await killed(child)).toBe(moment === 'finished');
});

/** How many imports to kill at a random moment; raise it when there is time. */
const kills = Number(process.env.IMPORT_KILLS ?? 3);

test(`after ${kills} kills at random moments, there is either the old state or the new one`, {
  timeout: 20_000 * kills,
}, async () => {
  for (let kill = 0; kill < kills; kill++) {
    const child = start();
    const events = createInterface(child.stdout)[Symbol.asyncIterator]();
    expect((await events.next()).value).toBe('started');
    // The random moment is the point of the test: importing this file takes about a second.
    await setTimeout(Math.random() * 1000);
    await killed(child);
  }
});

function start() {
  return spawn(process.execPath, ['--input-type=module-typescript', '-e', program], {
    env: { FOLDER: folder },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

/** Kills the process, starts again like the studio does, and returns whether the dataset exists; then removes it. */
async function killed(child: ReturnType<typeof start>): Promise<boolean> {
  // On a fast machine the import may already have finished.
  if (child.exitCode === null) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  const datasetsFolder = join(folder, 'datasets');
  const database = openDatabase(join(folder, 'studio.sqlite'));
  const lock = new ProcessLock(join(folder, 'locks'));
  const store = new DatasetStore(database, lock, datasetsFolder);
  try {
    await clearDatasets(store, datasetsFolder, Infinity);
    const [dataset] = store.list();
    if (dataset) {
      expect(dataset).toMatchObject({ name: 'table', rows: 30_000, rejected: 30_000 });
      expect([...store.examples(dataset.id)]).toHaveLength(30_000);
      await removeDataset(store, datasetsFolder, dataset.id);
    }
    expect(database.prepare('SELECT count(*) AS n FROM dataset').get()).toEqual({ n: 0 });
    expect(readdirSync(datasetsFolder)).toEqual([]);
    return dataset !== undefined;
  } finally {
    store.close();
    lock.release();
    database.close();
  }
}
