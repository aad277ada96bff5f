import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { benchCase, printBench } from './parts/bench-case.ts';
import { buildImportChild } from './parts/built-import.ts';
import { writeGeneratedTable } from './parts/generated-table.ts';

/**
 * Aborts an import at random moments, and reports how long each took to undo everything, and how many left something
 * behind.
 *
 *     npm run bench -- abort [--rows 1000000] [--letters 300] [--tries 40] [--folder /tmp] [--json]
 */
const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '1000000' },
    letters: { type: 'string', default: '300' },
    tries: { type: 'string', default: '40' },
    folder: { type: 'string', default: tmpdir() },
    json: { type: 'boolean', default: false },
  },
});

interface Told {
  readonly seconds?: number;
  readonly abortMs?: number;
  readonly leftBehind?: number;
}

const child = await buildImportChild();
const scratch = await mkdtemp(join(values.folder, 'bench-abort-'));
try {
  const table = join(scratch, 'table.csv');
  await writeGeneratedTable(table, { rows: Number(values.rows), letters: Number(values.letters) });
  const run = (...more: string[]) =>
    JSON.parse(execFileSync(process.execPath, [child, join(scratch, 'home'), table, ...more]).toString()) as Told;
  const { seconds = 0 } = run();
  const aborts: { afterMs: number; abortMs: number; leftBehind: number }[] = [];
  let finished = 0;
  for (let left = Number(values.tries); left > 0; left--) {
    await rm(join(scratch, 'home'), { recursive: true });
    const afterMs = Math.floor(Math.random() * seconds * 1000);
    const { abortMs, leftBehind = 0 } = run(String(afterMs));
    if (abortMs === undefined) finished++;
    else aborts.push({ afterMs, abortMs: Math.round(abortMs), leftBehind });
    console.error(afterMs, abortMs);
  }
  aborts.sort((a, b) => a.abortMs - b.abortMs);
  const cases = [benchCase('until an aborted import is undone', 'ms', { ours: aborts.map(({ abortMs }) => abortMs) })];
  printBench('abort', cases, {
    ...{ json: values.json, load: loadavg()[0], rows: Number(values.rows), seconds, finishedBefore: finished },
    ...{ longest: aborts.slice(-5), leftBehind: aborts.reduce((sum, each) => sum + each.leftBehind, 0) },
  });
} finally {
  await rm(scratch, { recursive: true, force: true });
}
