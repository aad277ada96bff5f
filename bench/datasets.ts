// Browsing, searching, editing and checking a dataset of generated rows.
//   node bench/datasets.ts [rows=100000] [--no-index] [--no-check]
// Every figure is of this run on this machine; the answer is one JSON object on standard output.
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../src-main/database/open.ts';
import { ProcessLock } from '../src-main/database/process-lock.ts';
import { DatasetChanges } from '../src-main/datasets/change-dataset.ts';
import { DatasetStore, rowsPlace } from '../src-main/datasets/dataset-store.ts';
import { dealSplits } from '../src-main/datasets/deal-splits.ts';
import { type NewExample, RowImport } from '../src-main/datasets/row-import-store.ts';
import { RowsThread } from '../src-main/datasets/rows-threads.ts';
import { splitKey, splitOf } from '../src-main/datasets/split.ts';

let state = 12345;
/** 4,000 words of two to four syllables, a fifth of them Korean. */
const words = Array.from({ length: 4000 }, (_, place) => {
  const latin = ['ka', 'the', 'ri', 'mo', 'len', 'tu', 'sha', 'ver', 'no', 'qui', 'bel', 'dra'];
  const korean = ['서울', '에서', '학교', '사람', '나무', '강', '바다', '시장'];
  const from = place % 5 === 0 ? korean : latin;
  let word = '';
  for (let rest = place * 31 + 7, turn = 0; turn < 2 + (place % 3); turn++, rest = Math.floor(rest / 3) + turn) {
    word += from[rest % from.length];
  }
  return word;
});

const total = Number(process.argv[2] ?? 100_000);
const skipIndex = process.argv.includes('--no-index');
const folder = mkdtempSync(join(tmpdir(), 'bench-datasets-'));
const datasetsFolder = join(folder, 'datasets');
for (const name of ['datasets', 'locks']) mkdirSync(join(folder, name));
const database = openDatabase(join(folder, 'studio.sqlite'));
const lock = new ProcessLock(join(folder, 'locks'));
const store = new DatasetStore(database, lock, datasetsFolder);
const changes = new DatasetChanges(store, Date.now);
const [pages, work] = [new RowsThread(), new RowsThread()];
const figures: Record<string, unknown> = {
  rows: total,
  cpu: cpus()[0]?.model,
  cpus: cpus().length,
  load: loadavg()[0],
};

try {
  const { id, letters } = await timed('store', () => makeRows(total));
  const place = rowsPlace(datasetsFolder, id);
  figures.letters = letters;
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

  if (!skipIndex) {
    await timed('index', () => work.call('index', place));
    figures.derivedFileBytes = statSync(place.derivedFile).size;
    const search = async (text: string) => {
      const began = performance.now();
      const { total: found, isBounded } = await page(0, { search: text });
      return { ms: round(performance.now() - began), found, isBounded };
    };
    await search('warm up');
    const searches: Record<string, unknown> = {};
    for (const text of [
      `number ${Math.floor(total / 2)} `,
      words[7] ?? '',
      '서울',
      '서울에서',
      'zzq',
      'th',
      'no such text',
      `${words[3]} ${words[9]}`,
      'e',
    ]) {
      searches[text] = await search(text);
    }
    figures.searches = searches;
  }
  if (!process.argv.includes('--no-check'))
    await timed('check', () =>
      work.call('check', {
        ...place,
        version: store.get(id).version,
        task: 'custom',
        more: { flagged: [], limits: [] },
      }),
    );
  figures.peakRssBytes = process.resourceUsage().maxRSS * 1024;
  console.log(JSON.stringify(figures, null, 2));
} finally {
  await Promise.all([pages.close(), work.close()]);
  store.close();
  database.close();
  lock.release();
  rmSync(folder, { recursive: true, force: true });
}

async function timed<T>(name: string, run: () => T | Promise<T>): Promise<T> {
  const began = performance.now();
  const value = await run();
  figures[`${name}Seconds`] = round((performance.now() - began) / 1000);
  console.error(name, figures[`${name}Seconds`], 's');
  return value;
}

/** Median, 99th of a hundred and longest of so many tries, each with a number from 0 to 1. */
async function spread(tries: number, run: (chance: number) => Promise<unknown>) {
  const times: number[] = [];
  for (let turn = 0; turn < tries; turn++) {
    const began = performance.now();
    await run(nextChance());
    times.push(performance.now() - began);
  }
  times.sort((a, b) => a - b);
  const at = (share: number) => round(times[Math.min(times.length - 1, Math.floor(share * times.length))] ?? 0);
  return { median: at(0.5), p99: at(0.99), longest: at(1) };
}

function makeRows(count: number): { id: string; letters: number } {
  const id = store.beginImport({
    name: 'bench',
    task: 'custom',
    sourceName: 'generated',
    mapping: {},
    seed: 0,
    now: 1,
  });
  const into = new RowImport(store.rowsFile(id));
  let letters = 0;
  let slice: NewExample[] = [];
  for (let position = 0; position < count; position++) {
    const context = `Row number ${position} says: ${sentence(24)}`;
    const target = sentence(6);
    letters += context.length + target.length;
    const split = splitOf(splitKey({ context, group: null }), 0);
    slice.push({ position, line: position + 2, split, context, target, group: null, database: null, sourceId: null });
    if (slice.length < 2000) continue;
    into.insert(slice);
    slice = [];
  }
  into.insert(slice);
  const facts = into.finish(1);
  const file = {
    name: 'generated',
    encoding: 'utf-8',
    delimiter: ',',
    quote: '"',
    header: true,
    rows: count,
    bytes: letters,
    sha256: '',
    reasons: [],
  };
  store.finishImport(id, { ...facts, rejected: 0, file: file as never, mapping: {}, hasDatabase: false });
  return { id, letters };
}

function sentence(length: number): string {
  return Array.from({ length }, () => words[Math.floor(nextChance() ** 2 * words.length)]).join(' ');
}

function nextChance(): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
