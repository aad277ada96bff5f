import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CsvOptions, Dataset } from '../../../src-contract/dataset.ts';
import { DatasetFolder } from '../../../test/fixtures/dataset-folder.ts';
import { tableFile } from '../../../test/fixtures/table-file.ts';
import { importDataset, rejectFilePath } from './import-dataset.ts';
import { UnwrittenRows } from './unwritten-rows.ts';

let given: DatasetFolder;
beforeEach(() => {
  given = new DatasetFolder();
});
afterEach(() => given.close());

test('documents without summaries become rows one by one, as their summaries are written', async () => {
  const dataset = await imported(
    { 'a.txt': 'Ice\n\nThe harbour is closed.', 'b.txt': 'Snow\n\nThe road, "N1", is open.', 'c.txt': '' },
    { documents: 'unwritten' },
  );
  expect(dataset).toMatchObject({ task: 'summarisation', rows: 0, rejected: 3 });
  const rows = unwritten(dataset);
  expect(await rows.list()).toEqual([0, 1]);
  expect(await rows.row(1)).toEqual({
    ...{ number: 1, line: 1, part: 'b.txt', context: 'Snow\n\nThe road, "N1", is open.' },
    ...{ group: null, database: null },
  });

  const { changes, store } = given;
  const after = await rows.write({ number: 1, target: 'Open.', draft: { by: 'Base', isEdited: true } }, changes);
  expect(after).toMatchObject({ rows: 1, version: 2 });
  expect([...store.examples(dataset.id)]).toMatchObject([
    { context: 'Snow\n\nThe road, "N1", is open.', target: 'Open.' },
  ]);
  expect(store.rows(dataset.id).head()).toMatchObject({
    kind: 'add',
    detail: { added: 1, draft: { by: 'Base', isEdited: true } },
  });
  expect(await rows.list()).toEqual([0]);
  await expect(rows.write({ number: 1, target: 'Again.' }, changes)).rejects.toMatchObject({ code: 'DATASET_CHANGED' });

  await changes.bringBack(dataset.id, 'undo');
  expect(await rows.list()).toEqual([0, 1]);
});

// Regression: both found it unwritten before either had written it, and the dataset had it twice.
test('a row that is written twice at once becomes a row once', async () => {
  const dataset = await imported({ 'a.txt': 'Ice' }, { documents: 'unwritten' });
  const { changes, store } = given;
  const targets = ['One.', 'Two.'];
  const written = await Promise.allSettled(
    targets.map((target) => unwritten(dataset).write({ number: 0, target }, changes)),
  );
  // Either may be the first: each has to read the file before.
  const first = written.findIndex(({ status }) => status === 'fulfilled');
  expect(written[1 - first]).toMatchObject({ reason: { code: 'DATASET_CHANGED' } });
  expect([...store.examples(dataset.id)]).toMatchObject([{ context: 'Ice', target: targets[first] }]);
});

test('a row of any table that lacks only its target can be written, in the split of its group', async () => {
  const lines = Array.from({ length: 30 }, (_, n) => `c${n},${n === 7 ? ' ' : `t${n}`},g${n % 3}`);
  const dataset = await imported({ 'table.csv': `context,target,group\n${lines.join('\n')}\n,x,g1\n` });
  expect(dataset).toMatchObject({ rows: 29, rejected: 2 });
  const rows = unwritten(dataset);
  expect(await rows.list()).toEqual([0]);
  const { changes, store } = given;
  await expect(rows.write({ number: 0, target: ' ' }, changes)).rejects.toMatchObject({ code: 'OPTION_INVALID' });
  await expect(rows.row(1)).rejects.toMatchObject({ code: 'DATASET_CHANGED' });
  await rows.write({ number: 0, target: 'mine' }, changes);
  const group = [...store.examples(dataset.id)].filter((row) => row.group === 'g1');
  expect(group.find(({ context }) => context === 'c7')).toMatchObject({ target: 'mine' });
  expect(new Set(group.map(({ split }) => split)).size).toBe(1);
});

// Regression: rows of a dataset from an earlier version got lines of other names than the rows that were there.
test('the columns of a written row are called as in its dataset', async () => {
  const names = { context: 'context.title', context2: 'context.text' };
  const rows = 'context.title,context.text,target\nIce,The harbour is closed.,winter\nSnow,The road is open.,\n';
  const dataset = await imported({ 'table.csv': rows });
  const earlier = { ...dataset, mapping: { ...dataset.mapping, ...names } };
  expect(await unwritten(earlier).row(0)).toMatchObject({
    context: 'context.title: Snow\ncontext.text: The road is open.',
  });
});

test('without a document that could be written, there is still nothing to import', async () => {
  await expect(imported({ 'a.txt': '', 'b.md': '' }, { documents: 'unwritten' })).rejects.toMatchObject({
    code: 'CSV_NO_ROWS',
  });
});

function unwritten(dataset: Dataset): UnwrittenRows {
  return new UnwrittenRows(given.store, dataset, rejectFilePath(given.datasetsFolder, dataset.id));
}

async function imported(files: Record<string, string>, csv: CsvOptions = {}): Promise<Dataset> {
  const { store, datasetsFolder, folder } = given;
  mkdirSync(join(folder, 'set'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, 'set', name), text);
  const job = { file: tableFile(join(folder, 'set')), csv, seed: 0, now: 1 };
  const task = csv.documents === undefined ? ('custom' as const) : ('summarisation' as const);
  for await (const event of importDataset({ store, datasetsFolder }, { ...job, task }, new AbortController().signal)) {
    if (event.kind === 'finished') return event.dataset;
  }
  throw new Error('the import did not finish');
}
