// Imports one table in a process of its own and says how long it took and how much memory it had: what bench/import.ts times.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openDatabase } from '../src-main/database/open.ts';
import { ProcessLock } from '../src-main/database/process-lock.ts';
import { DatasetStore } from '../src-main/datasets/dataset-store.ts';
import { importDataset } from '../src-main/datasets/import-dataset.ts';

const [folder = '', file = ''] = process.argv.slice(2);
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
const job = { file: { path: file, name: 'table.csv' }, task: 'custom', seed: 0, now: 1 } as const;
for await (const event of importDataset({ store, datasetsFolder }, job, new AbortController().signal)) {
  if (event.kind !== 'finished') continue;
  const peakBytes = process.resourceUsage().maxRSS * 1024;
  const { user, system } = process.cpuUsage();
  const { rows, sha256 } = event.dataset;
  process.stdout.write(
    JSON.stringify({
      seconds: event.seconds,
      cpuSeconds: (user + system) / 1e6,
      rows,
      sha256,
      peakBytes,
      longestGapMs,
    }),
  );
}
clearInterval(watch);
lock.release();
