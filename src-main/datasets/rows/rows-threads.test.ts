import { afterEach, beforeEach, expect, test } from 'vitest';
import type { RowFilter } from '../../../src-contract/dataset.ts';
import { DatasetFolder } from '../../../test/fixtures/dataset-folder.ts';
import { openDerivedFile } from '../../database/derived-file.ts';
import { rowsPlace } from '../dataset-store.ts';
import { FindingStore } from '../findings/finding-store.ts';
import { mendFinding } from '../findings/mend-finding.ts';
import { RowsThread } from './rows-threads.ts';

let given: DatasetFolder;
let thread: RowsThread;
beforeEach(() => {
  given = new DatasetFolder();
  thread = new RowsThread();
});
afterEach(async () => {
  await thread.close();
  given.close();
});

test('a page of rows can be read anywhere, after edits, deletions and additions', async () => {
  const { id } = given.make(Array.from({ length: 10_000 }, (_, row) => ({ context: `row ${row}` })));
  expect(await positions(id, {}, 9_998, 5)).toEqual([9_998, 9_999]);
  await given.changes.remove(id, [0, 5000]);
  await given.changes.edit(id, { position: 4, content: { target: 'new' } });
  await given.changes.add(id, {
    content: { context: 'last', target: 'y', group: null, database: null },
    split: 'test',
  });
  expect(await positions(id, {}, 0, 5)).toEqual([1, 2, 3, 4, 5]);
  expect(await positions(id, {}, 4997, 4)).toEqual([4998, 4999, 5001, 5002]);
  expect(await positions(id, {}, 9996, 9)).toEqual([9998, 9999, 10_000]);
  expect(await positions(id, { split: 'test' })).toEqual([10_000]);
  expect((await page(id, {}, 3, 1)).examples[0]).toMatchObject({ id: 'r4', target: 'new' });
});

// Regression: a page that was asked for while the studio closed opened the file again, in a thread that nothing ended.
test('nothing is read once the thread is closed', async () => {
  const { id } = given.make([{ context: 'one' }]);
  await thread.close();
  await expect(page(id, {}, 0, 1)).rejects.toThrow('The studio is closing.');
});

// Regression: a page of a hundred rows of a megabyte each was sent as one message.
test('a page of long texts has all rows that were requested, with the ends of their texts', async () => {
  const { id } = given.make(Array.from({ length: 12 }, (_, row) => ({ context: `${row} ${'x'.repeat(1024 * 1024)}` })));
  const { examples } = await page(id, {}, 0, 100);
  expect(examples.map(({ position, isCut }) => [position, isCut])).toEqual(
    Array.from({ length: 12 }, (_, row) => [row, true]),
  );
  expect(examples[7]?.context).toMatch(/^7 x{998} … x{1000}$/);
});

test.each(['before', 'after'])(
  'texts are found %s indexing: words, parts of words, single letters, Korean',
  async (when) => {
    const { id } = given.make([
      { context: 'The kettle leaks', target: 'Kanne' },
      { context: '서울에 있는 학교', target: '부산' },
      { context: 'a 100% “quoted” text', target: 'ß' },
      { context: 'KETTLEDRUM', target: '학' },
      { context: 'nothing', target: 'x"y z*' },
      { context: 'ΟΔΟΣ ΑΣΤΥ 40 \u212aelvin', target: 'Ünder' },
      { context: '' },
      { context: 'the last of a pair' },
      { context: 'Behind the pairs: ettle' },
    ]);
    if (when === 'after') expect(await thread.call('index', placeOf(id))).toEqual({ rows: 8 });
    const find = (search: string) => positions(id, { search });
    expect(await find('kettle')).toEqual([0, 3]);
    expect(await find('ettle l')).toEqual([0]);
    expect(await find('학교')).toEqual([1]);
    expect(await find('학')).toEqual([1, 3]);
    expect(await find('부산')).toEqual([1]);
    expect(await find('100% “')).toEqual([2]);
    expect(await find('ß')).toEqual([2]);
    expect(await find('"y z')).toEqual([4]);
    expect(await find('z*')).toEqual([4]);
    expect(await find('kettle OR nothing')).toEqual([]);
    expect(await find('οδος')).toEqual([5]);
    expect(await find('40 kelvin')).toEqual([5]);
    expect(await find('üNDER')).toEqual([5]);
    expect(await find('PAIR')).toEqual([7, 8]);
    expect(await find('ettle')).toEqual([0, 3, 8]);
    await given.changes.edit(id, { position: 0, content: { context: 'The pot leaks' } });
    expect(await find('kettle')).toEqual([3]);
    expect(await find('pot leaks')).toEqual([0]);
    await given.changes.bringBack(id, 'undo');
    expect(await find('kettle')).toEqual([0, 3]);
  },
);

test('rows are filtered by length and by findings, combined with a search', async () => {
  const { id } = given.make([
    { context: 'short', target: 'same' },
    { context: 'a longer context of words', target: 'same' },
    { context: 'write to a@example.org', target: 'x' },
    { context: 'short', target: 'same' },
  ]);
  expect(await positions(id, { contextLetters: { min: 6 } })).toEqual([1, 2]);
  await thread.call('index', placeOf(id));
  expect(await positions(id, { contextLetters: { min: 6, max: 22 } })).toEqual([2]);
  expect(await positions(id, { targetLetters: { max: 1 } })).toEqual([2]);
  const report = await thread.call('check', check(id));
  expect(report).toMatchObject({ version: 1, rows: 4, flagged: 2 });
  expect(await positions(id, { verdict: 'warning' })).toEqual([2, 3]);
  expect(await positions(id, { verdict: 'ready' })).toEqual([0, 1]);
  expect(await positions(id, { verdict: 'DUPLICATE_ROW' })).toEqual([3]);
  expect(await positions(id, { verdict: 'warning', search: 'write' })).toEqual([2]);
  expect((await page(id, {})).examples.map(({ findings }) => findings)).toEqual([
    [],
    [],
    ['PRIVATE_EMAIL'],
    ['DUPLICATE_ROW'],
  ]);
});

// Regression: indexing kept its file locked while yielding; a check that ended meanwhile waited for it in the same
// thread, and failed.
test('a check finishes while its dataset is being indexed', async () => {
  const rows = Array.from({ length: 4000 }, (_, row) => ({ context: `row ${row} ${'of words '.repeat(20)}` }));
  const { id } = given.make(rows);
  await given.changes.remove(id, [...rows.keys()].slice(10));
  const indexing = thread.call('index', placeOf(id));
  expect(await thread.call('check', { ...check(id), version: 2 })).toMatchObject({ rows: 10 });
  expect(await indexing).toEqual({ rows: 4000 });
  expect(await positions(id, { search: 'row 9 ' })).toEqual([9]);
});

// It failed for the second, too.
test('of two who wait for the same rows, one may leave', async () => {
  const { id } = given.make(Array.from({ length: 20_000 }, (_, row) => ({ context: `row ${row}` })));
  const asked = { ...placeOf(id), version: 1, filter: { contextLetters: { min: 9 } }, offset: 0, limit: 1 };
  const leaving = new AbortController();
  const left = expect(thread.call('page', asked, { signal: leaving.signal })).rejects.toThrow('aborted');
  const other = thread.call('page', asked);
  leaving.abort();
  await left;
  expect((await other).total).toBe(10_000);
});

// Regression: opening a ninth dataset closed the files of the first of eight, even if it was in use.
test('a dataset in use stays open, however many others are viewed', async () => {
  const { id } = given.make(
    Array.from({ length: 4000 }, (_, row) => ({ context: `row ${row} ${'of words '.repeat(20)}` })),
  );
  const others = Array.from({ length: 12 }, () => given.make([{ context: 'short' }]).id);
  const checking = thread.call('check', check(id));
  for (const other of others) expect(await positions(other, {})).toEqual([0]);
  expect(await checking).toMatchObject({ rows: 4000 });
});

test('a finding is fixed in one step, and undone in one step', async () => {
  const { id, sha256 } = given.make([
    { context: 'same', target: '1', split: 'test' },
    { context: 'same', target: '1' },
    { context: 'mail a@example.org', target: 'b@example.org' },
    { context: 'other', target: '1' },
    { context: 'other', target: '1' },
  ]);
  await thread.call('check', check(id));
  const findings = new FindingStore(placeOf(id).derivedFile);
  const mend = (code: 'LEAK_ROW' | 'DUPLICATE_ROW' | 'PRIVATE_EMAIL') =>
    mendFinding({ store: given.store, changes: given.changes, findings }, { id, code });
  await mend('LEAK_ROW');
  expect(given.store.get(id).splits).toEqual({ train: 3, validation: 0, test: 1 });
  await mend('PRIVATE_EMAIL');
  expect(given.shown(id)[1]).toBe('t mail [email]=[email]');
  await given.changes.edit(id, { position: 4, content: { target: 'changed since' } });
  await mend('DUPLICATE_ROW');
  expect(given.shown(id)).toEqual(['t same=1', 't mail [email]=[email]', 't other=1', 't other=changed since']);
  for (let step = 0; step < 4; step++) await given.changes.bringBack(id, 'undo');
  expect(given.store.get(id)).toMatchObject({ sha256, rows: 5 });
  findings.close();
});

test('labels that are written otherwise are written as usual in one step, and nothing else of their rows changes', async () => {
  const labels = [...Array(9).fill('yes'), 'Yes ', ...Array(9).fill('no'), 'NO'];
  const { id, sha256 } = given.make(labels.map((target, row) => ({ context: `mail ${row}`, target })));
  await thread.call('check', check(id));
  const findings = new FindingStore(placeOf(id).derivedFile);
  const parts = { store: given.store, changes: given.changes, findings };
  await mendFinding(parts, { id, code: 'LABEL_SPELLING' });
  expect(given.store.get(id).version).toBe(2);
  const shown = given.shown(id);
  expect(shown.map((row) => row.split('=')[1])).toEqual([...Array(10).fill('yes'), ...Array(10).fill('no')]);
  expect([shown[9], shown[19]]).toEqual(['t mail 9=yes', 't mail 19=no']);
  await given.changes.bringBack(id, 'undo');
  expect(given.store.get(id).sha256).toBe(sha256);
  findings.close();
});

test('what programs left in texts is cleaned in one step, and undone in one step', async () => {
  const { id, sha256 } = given.make([
    { context: 'Is it <b>open</b>?<br>Tell me', target: 'It isnâ€™t &amp; won&#39;t be' },
    { context: 'a < b', target: 'it is fine' },
  ]);
  await thread.call('check', check(id));
  const findings = new FindingStore(placeOf(id).derivedFile);
  const parts = { store: given.store, changes: given.changes, findings };
  await mendFinding(parts, { id, code: 'HTML_REMAINS' });
  await thread.call('check', { ...check(id), version: 2 });
  await mendFinding(parts, { id, code: 'LETTERS_MISREAD' });
  expect(given.shown(id)).toEqual(["t Is it open?\nTell me=It isn’t & won't be", 't a < b=it is fine']);
  for (let step = 0; step < 2; step++) await given.changes.bringBack(id, 'undo');
  expect(given.store.get(id).sha256).toBe(sha256);
  findings.close();
});

// Regression: the whole thread waited for it for five seconds, and then the findings were lost.
test('a check waits for another process writing the index, without blocking its thread', async () => {
  const { id } = given.make([{ context: 'row' }, { context: 'row' }]);
  const other = openDerivedFile(placeOf(id).derivedFile);
  other.exec('BEGIN IMMEDIATE');
  const checked = thread.call('check', check(id));
  expect(await positions(id, {})).toEqual([0, 1]);
  other.exec('COMMIT');
  other.close();
  expect(await checked).toMatchObject({ version: 1, rows: 2 });
});

test('an aborted search ends, and the thread answers the next request', async () => {
  const { id } = given.make(Array.from({ length: 30_000 }, (_, row) => ({ context: `row ${row}` })));
  const abort = new AbortController();
  const asked = page(id, { search: 'nowhere to be found' }, 0, 1, abort.signal);
  abort.abort(new Error('left'));
  await expect(asked).rejects.toThrow('left');
  expect(await positions(id, {}, 29_999, 1)).toEqual([29_999]);
});

// Regression: a question asked about a test row could be saved as a training row.
test('a new row is matched to the row with its context, or takes split and group of its passage', async () => {
  const about = (passage: string, question: string) => `Passage: ${passage}\n\nQuestion: ${question}`;
  const { id } = given.make([
    { context: about('Otto is a cat.', 'Who?'), group: 'cats', split: 'test' },
    { context: about('Otto is a cat.', 'What?'), group: 'cats', split: 'test' },
    { context: about('Rex is a dog.', 'Who?') },
    { context: about('Rex is a dog.', 'Who?'), split: 'validation' },
    { context: 'Where?' },
    { context: 'Where?' },
  ]);
  const { version } = await given.changes.edit(id, { position: 1, content: { target: 'a cat' } });
  const kin = (context: string) => thread.call('kin', { ...placeOf(id), version, context });
  expect(await kin(about('Otto is\na cat.', ' What? '))).toMatchObject({
    ...{ same: { position: 1, target: 'a cat', split: 'test' }, split: 'test', group: 'cats' },
  });
  expect(await kin(about('Otto is a cat.', 'Is it?'))).toEqual({ same: null, split: 'test', group: 'cats' });
  expect(await kin(about('Rex is a dog.', 'Who?'))).toMatchObject({ same: { position: 3 }, split: null, group: null });
  expect(await kin('Where?')).toMatchObject({ same: { position: 4 }, split: 'train' });
  expect(await kin('Who?')).toEqual({ same: null, split: null, group: null });
});

function placeOf(id: string) {
  return rowsPlace(given.datasetsFolder, id);
}

function check(id: string) {
  return { ...placeOf(id), version: 1, task: 'custom' as const, more: { flagged: [], limits: [] } };
}

async function page(id: string, filter: RowFilter, offset = 0, limit = 1000, signal?: AbortSignal) {
  const { version } = given.store.get(id);
  for (;;) {
    const found = await thread.call('page', { ...placeOf(id), version, filter, offset, limit }, { signal });
    if (!found.isSearching) return found;
  }
}

async function positions(id: string, filter: RowFilter, offset = 0, limit = 1000): Promise<number[]> {
  return (await page(id, filter, offset, limit)).examples.map(({ position }) => position);
}
