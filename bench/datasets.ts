import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { openDatabase } from '../src-main/database/open.ts';
import { ProcessLock } from '../src-main/database/process-lock.ts';
import { DatasetStore, rowsPlace } from '../src-main/datasets/dataset-store.ts';
import { RowsThread } from '../src-main/datasets/rows/rows-threads.ts';
import { dealSplits } from '../src-main/datasets/splits/deal-splits.ts';
import { DatasetChanges } from '../src-main/datasets/versions/change-dataset.ts';
import { buildImportChild } from './parts/built-import.ts';
import { readWords, generatedWords as words, writeGeneratedTable } from './parts/generated-table.ts';
import { peakBytes } from './parts/peak-memory.ts';
import { timesOf } from './parts/times.ts';

/**
 * Importing, browsing, searching, editing, checking and sampling a dataset of generated rows.
 *
 *     npm run bench -- datasets [--rows 100000] [--letters 300] [--texts A.csv,B.csv]… [--file TABLE.csv]
 *       [--folder /tmp] [--no-index] [--no-check] [--no-edits] [--keep]
 *     npm run bench -- datasets --use FOLDER      queries again what was imported with --keep
 *
 * With `--texts` the rows are made of stretches of the contexts and targets of those tables, four out of five from the
 * first list, and are searched for words from them. The rows are written as a table, imported by a separate process
 * (built like the product) and queried the way the page does, through the thread that reads rows; times are from
 * question to answer on the main loop. The sqlite3 shell imports the same table if it is installed. All figures are
 * from this run on this machine; the result is one JSON object on standard output.
 */
const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '100000' },
    letters: { type: 'string', default: '300' },
    texts: { type: 'string', multiple: true, default: [] },
    file: { type: 'string' },
    folder: { type: 'string', default: tmpdir() },
    'no-index': { type: 'boolean', default: false },
    'no-check': { type: 'boolean', default: false },
    'no-edits': { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
    use: { type: 'string' },
  },
});

let state = 12345;
const folder = values.use ?? mkdtempSync(join(values.folder, 'bench-datasets-'));
const datasetsFolder = join(folder, 'datasets');
const run = promisify(execFile);
const figures: Record<string, unknown> = {
  cpu: cpus()[0]?.model,
  cpus: cpus().length,
  load: loadavg()[0],
};
try {
  if (values.use === undefined) await writeAndImport();
  await browse();
  figures.peakRssBytes = peakBytes();
  console.log(JSON.stringify({ folder, ...figures }, null, 2));
} finally {
  if (!values.keep && values.use === undefined) rmSync(folder, { recursive: true, force: true });
}

async function writeAndImport(): Promise<void> {
  for (const name of ['datasets', 'locks']) mkdirSync(join(folder, name));
  const table = values.file ?? join(folder, 'table.csv');
  if (values.file === undefined) {
    const texts = await Promise.all(values.texts.map((paths) => readWords(paths.split(','))));
    const size = { rows: Number(values.rows), letters: Number(values.letters), texts };
    await timed('write', () => writeGeneratedTable(table, size));
  }
  figures.tableBytes = statSync(table).size;
  const child = await buildImportChild();
  const { stdout } = await run(process.execPath, [child, folder, table]);
  const imported = JSON.parse(stdout) as { seconds: number };
  figures.import = imported;
  console.error('import', imported);
  figures.importMegabytesPerSecond = round(statSync(table).size / 1e6 / imported.seconds);
  figures.sqliteShell = await sqliteShell(table);
  console.error('sqlite3', figures.sqliteShell);
  const aborted = await run(process.execPath, [child, join(folder, 'aborted'), table, `${imported.seconds * 500}`]);
  figures.abort = JSON.parse(aborted.stdout) as unknown;
  if (values.file === undefined) await rm(table);
}

async function browse(): Promise<void> {
  const database = openDatabase(join(folder, 'studio.sqlite'));
  const lock = new ProcessLock(join(folder, 'locks'));
  const store = new DatasetStore(database, lock, datasetsFolder);
  const changes = new DatasetChanges(store, Date.now);
  const [pages, work] = [new RowsThread(), new RowsThread()];
  try {
    const [dataset] = store.list();
    if (!dataset) throw new Error(`${folder} has no dataset`);
    await ask(dataset.id, dataset.rows, { store, changes, pages, work });
  } finally {
    await Promise.all([pages.close(), work.close()]);
    store.close();
    database.close();
    lock.release();
  }
}

async function ask(
  id: string,
  total: number,
  {
    store,
    changes,
    pages,
    work,
  }: { store: DatasetStore; changes: DatasetChanges; pages: RowsThread; work: RowsThread },
): Promise<void> {
  const place = rowsPlace(datasetsFolder, id);
  figures.rowsFileBytes = statSync(place.rowsFile).size;
  const page = (offset: number, filter = {}, limit = 100) =>
    pages.call('page', { ...place, version: store.get(id).version, filter, offset, limit });

  await page(0);
  figures.jumpMs = await spread(1000, (chance) => page(Math.floor(chance * (total - 100))));
  await timed('filterBySplit', () => page(0, { split: 'test' }));
  const tests = store.get(id).splits.test;
  figures.jumpInSplitMs = await spread(500, (chance) =>
    page(Math.floor(chance * Math.max(1, tests - 100)), { split: 'test' }),
  );

  const sampled = await timed('readTenThousandRows', () => {
    let letters = 0;
    let rows = 0;
    for (const { context, target } of store.rows(id).examples(store.get(id).version, 'train')) {
      letters += context.length + target.length;
      if (++rows === 10_000) break;
    }
    return { rows, letters };
  });
  figures.sampled = sampled;
  if (!values['no-edits']) {
    figures.editMs = await spread(50, (chance) =>
      changes.edit(id, { position: Math.floor(chance * total), content: { target: `edited ${chance}` } }),
    );
    figures.deleteMs = await spread(20, (chance) => changes.remove(id, [Math.floor(chance * total)]));
    await timed('firstPageAfterEdits', () => page(0));
    figures.jumpAfterEditsMs = await spread(500, (chance) => page(Math.floor(chance * (total - 200))));
    await timed('undo', () => changes.bringBack(id, 'undo'));
    await timed('bringBackFirst', () => changes.bringBack(id, { version: 1 }));
    const rows = store.rows(id);
    await timed('dealSplits', () =>
      changes.apply({ id, kind: 'splits' }, (change) =>
        dealSplits(change, rows, { kind: 'shares', validation: 0.05, test: 0.1, seed: 3, together: 'group' }),
      ),
    );
  }

  if (!values['no-index']) {
    await timed('index', () => work.call('index', place));
    figures.derivedFileBytes = statSync(place.derivedFile).size;
    const texts = await Promise.all(values.texts.map((paths) => readWords(paths.split(','))));
    const searches: { text: string; ms: number; first: number; wholeMs: number; found: number; isBounded: boolean }[] =
      [];
    await page(0, { search: 'warm up' });
    for (const text of searchesOf(texts.length > 0 ? texts : [words], total)) {
      const began = performance.now();
      let answer = await page(0, { search: text });
      const [ms, first] = [round(performance.now() - began), answer.total];
      while (answer.isSearching) answer = await page(0, { search: text });
      const { total: found, isBounded } = answer;
      searches.push({ text, ms, first, wholeMs: round(performance.now() - began), found, isBounded });
    }
    figures.searchMs = spreadOf(searches.map(({ ms }) => ms));
    figures.wholeSearchMs = spreadOf(searches.map(({ wholeMs }) => wholeMs));
    figures.searches = searches;
  }
  if (!values['no-check'])
    await timed('check', () =>
      work.call('check', {
        ...place,
        version: store.get(id).version,
        task: 'custom',
        more: { flagged: [], limits: [] },
      }),
    );
}

async function timed<T>(name: string, run: () => T | Promise<T>): Promise<T> {
  const began = performance.now();
  const value = await run();
  figures[`${name}Seconds`] = round((performance.now() - began) / 1000);
  console.error(name, figures[`${name}Seconds`], 's');
  return value;
}

/**
 * Median, 99th percentile and maximum over a number of tries, each given a number from 0 to 1; and the same for the
 * processor time they took in all threads, which other load on the machine does not affect.
 */
async function spread(tries: number, run: (chance: number) => Promise<unknown>) {
  const times: number[] = [];
  const processor: number[] = [];
  for (let turn = 0; turn < tries; turn++) {
    const used = process.cpuUsage();
    const began = performance.now();
    await run(nextChance());
    times.push(performance.now() - began);
    const { user, system } = process.cpuUsage(used);
    processor.push((user + system) / 1000);
  }
  return { ...spreadOf(times), processor: spreadOf(processor) };
}

function spreadOf(values: readonly number[]) {
  const { middle, p99, worst } = timesOf(values);
  return { median: round(middle), p99: round(p99), longest: round(worst) };
}

/**
 * What a person might search for: words, adjacent words, and parts of words, from every list; a row's number; something
 * absent.
 */
function searchesOf(texts: readonly (readonly string[])[], rows: number): string[] {
  const searches = [`number ${Math.floor(rows / 2)} `, `number ${rows - 1} `, 'zzq', 'no such text', 'e', 'th'];
  for (const list of texts) {
    const stretch = (count: number) => {
      const place = Math.floor(nextChance() * list.length);
      return list.slice(place, place + count).join(' ');
    };
    for (let turn = 0; turn < 6; turn++) {
      const word = stretch(1);
      searches.push(word, stretch(2), stretch(3), [...word].slice(0, 2).join(''), [...stretch(1)].slice(1, 6).join(''));
    }
  }
  return [...new Set(searches.map((text) => text.trim()))].filter((text) => text !== '');
}

function nextChance(): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

/** How long the sqlite3 shell takes to import the same table; a reason if it is not installed. */
async function sqliteShell(table: string): Promise<{ version: string; seconds: number } | string> {
  try {
    const version = execFileSync('sqlite3', ['--version'], { encoding: 'utf8' }).split(' ')[0] ?? '';
    const file = join(folder, 'shell.sqlite');
    const began = performance.now();
    await run('sqlite3', [file, '.mode csv', `.import "${table}" rows`]);
    const seconds = (performance.now() - began) / 1000;
    await rm(file);
    return { version, seconds };
  } catch {
    return 'sqlite3 is not installed: not compared';
  }
}
