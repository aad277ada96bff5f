import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { TaskId } from '../../src-contract/task.ts';
import { tableFile } from '../../test/fixtures/table-file.ts';
import { openDatabase, type StudioDatabase } from '../database/open.ts';
import { ProcessLock } from '../database/process-lock.ts';
import { DatasetStore } from './dataset-store.ts';
import { importDataset } from './importing/import-dataset.ts';
import { TargetForms } from './target-forms.ts';
import { DatasetChanges } from './versions/change-dataset.ts';

let folder: string;
let database: StudioDatabase;
let lock: ProcessLock;
let store: DatasetStore;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'forms-'));
  for (const name of ['datasets', 'locks']) mkdirSync(join(folder, name));
  database = openDatabase(':memory:');
  lock = new ProcessLock(join(folder, 'locks'));
  store = new DatasetStore(database, lock, join(folder, 'datasets'));
});
afterEach(() => {
  store.close();
  database.close();
  lock.release();
  rmSync(folder, { recursive: true, force: true });
});

test('labels are gathered from all splits, and JSON with its fields', async () => {
  const forms = new TargetForms(store);
  const labels = await imported('labels', (row) => (row === 39 ? 'rare' : row % 2 ? 'spam' : 'ham'));
  const form = await forms.of(labels);
  expect(form?.kind === 'choices' && form.texts.toSorted()).toEqual(['ham', 'rare', 'spam']);
  const json = await imported('json', (row) => JSON.stringify({ age: row }));
  expect(await forms.of(json)).toMatchObject({ kind: 'json', schema: { properties: { age: { type: 'integer' } } } });
});

test('targets written freely have no form, nor have those of tasks with rules of their own', async () => {
  const forms = new TargetForms(store);
  expect(await forms.of(await imported('names', (row) => `name ${row}`))).toBeUndefined();
  // Nine of ten in JSON.
  expect(await forms.of(await imported('mixed', (row) => (row % 10 ? `{"a": ${row}}` : 'none')))).toBeUndefined();
  expect(await forms.of(await imported('letters', () => 'Dear Ann', 'summarisation'))).toBeUndefined();
  await expect(forms.of('nowhere')).rejects.toMatchObject({ code: 'DATASET_NOT_FOUND' });
});

test('rows are read once for a version, and again for the next', async () => {
  const forms = new TargetForms(store);
  const id = await imported('labels', (row) => (row % 2 ? 'spam' : 'ham'));
  const reading = vi.spyOn(store, 'examples');
  const [first, second] = await Promise.all([forms.of(id), forms.of(id)]);
  const reads = reading.mock.calls.length;
  expect(await forms.of(id)).toBe(first);
  expect(second).toBe(first);
  expect(reading).toHaveBeenCalledTimes(reads);
  const changes = new DatasetChanges(store, () => 5);
  await changes.edit(id, { position: 0, content: { target: 'perhaps' } });
  expect(await forms.of(id)).toMatchObject({ texts: expect.arrayContaining(['perhaps', 'ham', 'spam']) });
  await changes.edit(id, { position: 0, content: { target: 'ham' } });
  expect(await forms.of(id)).toEqual(first);
});

/** The id of a dataset of forty rows. */
async function imported(name: string, targetOf: (row: number) => string, task: TaskId = 'custom'): Promise<string> {
  const path = join(folder, `${name}.jsonl`);
  const columns = task === 'custom' ? ['context', 'target'] : ['document', 'summary'];
  const rows = Array.from({ length: 40 }, (_, row) => [`row ${row}`, targetOf(row)]);
  writeFileSync(
    path,
    rows.map((row) => JSON.stringify(Object.fromEntries(row.map((cell, n) => [columns[n], cell])))).join('\n'),
  );
  const parts = { store, datasetsFolder: join(folder, 'datasets') };
  const job = { file: tableFile(path), task, seed: 0, now: 1 };
  for await (const event of importDataset(parts, job, new AbortController().signal))
    if (event.kind === 'finished') return event.dataset.id;
  throw new Error('The import did not finish.');
}
