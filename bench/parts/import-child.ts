// Imports one table in a separate process and reports how long it took and how much memory it used: what
// bench/import.ts and bench/datasets.ts time. With a third argument it aborts the import after that many milliseconds,
// and reports how long that took.
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { openDatabase } from '../../src-main/database/open.ts';
import { ProcessLock } from '../../src-main/database/process-lock.ts';
import { DatasetStore } from '../../src-main/datasets/dataset-store.ts';
import { importDataset } from '../../src-main/datasets/importing/import-dataset.ts';
import { tableFile } from '../../test/fixtures/table-file.ts';
import { peakBytes } from './peak-memory.ts';

const [folder = '', file = '', abortAfter] = process.argv.slice(2);
for (const name of ['datasets', 'locks']) mkdirSync(join(folder, name), { recursive: true });
const lock = new ProcessLock(join(folder, 'locks'));
const datasetsFolder = join(folder, 'datasets');
const store = new DatasetStore(openDatabase(join(folder, 'studio.sqlite')), lock, datasetsFolder);
let longestGapMs = 0;
let last = performance.now();
const watch = setInterval(() => {
  const now = performance.now();
  longestGapMs = Math.max(longestGapMs, now - last);
  last = now;
}, 1);
const job = { file: tableFile(file, 'table.csv'), task: 'custom', seed: 0, now: 1 } as const;
const abort = new AbortController();
let aborted = 0;
if (abortAfter !== undefined) {
  setTimeout(() => {
    aborted = performance.now();
    abort.abort();
  }, Number(abortAfter));
}
try {
  for await (const event of importDataset({ store, datasetsFolder }, job, abort.signal)) {
    if (event.kind !== 'finished') continue;
    const { user, system } = process.cpuUsage();
    const { id, rows, sha256 } = event.dataset;
    say({
      seconds: event.seconds,
      cpuSeconds: (user + system) / 1e6,
      id,
      rows,
      sha256,
      peakBytes: peakBytes(),
      longestGapMs,
    });
  }
} catch (error) {
  if (!abort.signal.aborted) throw error;
  const abortMs = performance.now() - aborted;
  say({
    abortMs,
    leftBehind: readdirSync(datasetsFolder).length + store.listLeftovers(Infinity).length + store.list().length,
  });
} finally {
  clearInterval(watch);
  lock.release();
}

function say(figures: Record<string, unknown>): void {
  process.stdout.write(JSON.stringify(figures));
}
