import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import type { AnswerForm } from '../../src-contract/answer-form.ts';
import { openDatabase, type StudioDatabase } from '../database/open.ts';
import type { ProcessLock } from '../database/process-lock.ts';
import { JobStore } from '../jobs/job-store.ts';
import { writeAnsweredTable } from './answered-table-csv.ts';
import { AnsweredTableStore, type RowAnswer } from './answered-table-store.ts';

let database: StudioDatabase;
let store: AnsweredTableStore;

beforeEach(() => {
  database = openDatabase(':memory:');
  database.exec(
    `INSERT INTO base_model (id, name, architecture, parameters, layers, hidden, vocabulary, dtype, sha256, licence,
       context_length, size_bytes, path, built_in, has_chat_template, created_at)
     VALUES ('b', 'starter', 'llama', 1, 1, 1, 1, 'F32', 'x', '', 128, 1, '/b', 1, 0, 1)`,
  );
  // Sound: it is only asked for its token, and who is alive.
  const lock = { token: 'a', isAlive: () => true } as Partial<ProcessLock> as ProcessLock;
  store = new AnsweredTableStore(database, new JobStore(database, lock));
});

test('a table is seen once all its rows are there, and one whose rows were not all read is removed', () => {
  const id = begun();
  store.addRows(id, 0, [['one'], ['two']]);
  expect(store.list()).toEqual([]);
  store.enqueue(id, 2);
  const cutOff = begun();
  store.addRows(cutOff, 0, [['three']]);
  store.removeUnread();
  expect(store.list()).toMatchObject([{ id, rows: 2, answered: 0, state: 'running', baseName: 'starter' }]);
  expect(database.prepare('SELECT count(*) FROM answered_row').pluck().get()).toBe(2);
});

test('what has no answer yet is asked again, and nothing else', () => {
  const id = tableOf([['one'], ['two'], ['three'], ['four']]);
  put(id, { position: 1, answer: 'b' }, { position: 2, answer: '', note: 'empty' });
  expect(store.unanswered(id, 0, 10).map(({ position }) => position)).toEqual([0, 3]);
  expect(store.unanswered(id, 1, 10).map(({ position }) => position)).toEqual([3]);
  expect(store.get(id).answered).toBe(2);
});

test('labels are counted, the most frequent first, and long or missing answers are not among them', () => {
  const id = tableOf(Array.from({ length: 7 }, (_, place) => [`row ${place}`]));
  const answers = ['no', 'yes', 'no', 'x'.repeat(61), 'yes', 'no'];
  put(id, ...answers.map((answer, position) => ({ position, answer })), { position: 6, answer: '', note: 'empty' });
  expect(store.counts(id)).toEqual({
    answers: [
      { answer: 'no', rows: 3 },
      { answer: 'yes', rows: 2 },
    ],
    others: 1,
    notes: { empty: 1, unnamed: 0, shortened: 0, cut: 0, replaced: 0, unrunnable: 0 },
    hasCertainty: false,
  });
});

test('lists are counted label by label, and rows come by a label that they have', () => {
  const form = { kind: 'list' as const, texts: ['late', 'lost', 'la', 'refund'], between: ', ', most: 3 };
  const id = begun(['text'], form);
  store.addRows(
    id,
    0,
    Array.from({ length: 5 }, (_, place) => [`row ${place}`]),
  );
  store.enqueue(id, 2);
  const answers = ['late, lost', 'lost', 'la', 'refund, la, lost'];
  put(id, ...answers.map((answer, position) => ({ position, answer })), { position: 4, answer: '', note: 'empty' });
  expect(store.counts(id)).toMatchObject({
    answers: [
      { answer: 'lost', rows: 3 },
      { answer: 'la', rows: 2 },
      { answer: 'late', rows: 1 },
      { answer: 'refund', rows: 1 },
    ],
    others: 0,
  });
  expect(positions({ id, only: { answer: 'lost' }, offset: 0, limit: 9 })).toEqual([0, 1, 3]);
  expect(positions({ id, only: { answer: 'la' }, offset: 1, limit: 9 })).toEqual([3]);
  expect(store.countRows({ id, only: { answer: 'late' }, order: 'file' })).toBe(1);
});

// Regression: “refund and late” was counted as a label of its own.
test('labels are counted whatever parts them', () => {
  const form = { kind: 'list' as const, texts: ['late', 'lost', 'refund'], between: ', ', most: 3 };
  const id = begun(['text'], { ...form, orBetween: [' and ', ', and '] });
  store.addRows(id, 0, [['one'], ['two'], ['three']]);
  store.enqueue(id, 2);
  const answers = ['late and lost', 'refund, late, and lost', 'refund'];
  put(id, ...answers.map((answer, position) => ({ position, answer })));
  expect(store.counts(id)).toMatchObject({
    answers: [
      { answer: 'late', rows: 2 },
      { answer: 'lost', rows: 2 },
      { answer: 'refund', rows: 2 },
    ],
    others: 0,
  });
  expect(positions({ id, only: { answer: 'lost' }, offset: 0, limit: 9 })).toEqual([0, 1]);
});

test('what a field of objects has is counted, and rows come by it; what is no object has nothing there', () => {
  const id = tableOf(Array.from({ length: 7 }, (_, place) => [`row ${place}`]));
  const objects = [
    { 'a "b"': 'high', urgent: true },
    { 'a "b"': 'low', urgent: false },
    { 'a "b"': 'high', urgent: null },
    { urgent: true, note: 'x'.repeat(61) },
  ].map((object) => JSON.stringify(object));
  put(id, ...[...objects, '{"a \\"b\\"": "hi', '["high"]'].map((answer, position) => ({ position, answer })), {
    position: 6,
    answer: '',
    note: 'empty',
  });
  expect(store.counts(id, 'a "b"')).toMatchObject({
    answers: [
      { answer: 'high', rows: 2 },
      { answer: 'low', rows: 1 },
    ],
    others: 3,
  });
  expect(store.counts(id, 'urgent').answers).toEqual([
    { answer: 'true', rows: 2 },
    { answer: 'false', rows: 1 },
  ]);
  expect(store.counts(id, 'note')).toMatchObject({ answers: [], others: 6 });
  expect(positions({ id, only: { answer: 'high', field: 'a "b"' }, offset: 0, limit: 9 })).toEqual([0, 2]);
  expect(positions({ id, only: { answer: 'true', field: 'urgent' }, offset: 1, limit: 9 })).toEqual([3]);
  expect(store.countRows({ id, only: { answer: 'false', field: 'urgent' }, order: 'file' })).toBe(1);
});

// Only fields of the outermost object were looked at.
test('what a field of an object within another has is counted by its path', () => {
  const type = { type: 'string', enum: ['b2b', 'b2c'] };
  const customer = { type: 'object', properties: { type, '"no."': type } };
  const id = begun(['text'], { kind: 'json', schema: { type: 'object', properties: { customer, type } } });
  store.addRows(
    id,
    0,
    Array.from({ length: 5 }, (_, place) => [`row ${place}`]),
  );
  store.enqueue(id, 2);
  const objects = [
    { customer: { type: 'b2b', '"no."': 'b2c' }, type: 'b2c' },
    { customer: { type: 'b2c' }, type: 'b2c' },
    { customer: { type: 'b2b' } },
    { customer: 'b2b' },
    ['b2b'],
  ];
  put(id, ...objects.map((object, position) => ({ position, answer: JSON.stringify(object) })));
  expect(store.counts(id, 'customer.type')).toMatchObject({
    answers: [
      { answer: 'b2b', rows: 2 },
      { answer: 'b2c', rows: 1 },
    ],
    others: 2,
  });
  expect(store.counts(id, 'type').answers).toEqual([{ answer: 'b2c', rows: 2 }]);
  expect(store.counts(id, 'customer."no."').answers).toEqual([{ answer: 'b2c', rows: 1 }]);
  expect(positions({ id, only: { answer: 'b2b', field: 'customer.type' }, offset: 0, limit: 9 })).toEqual([0, 2]);
});

test('rows with one answer, or one note, come in pages of their own', () => {
  const id = tableOf(Array.from({ length: 6 }, (_, place) => [`row ${place}`]));
  put(id, ...['no', 'yes', 'no', 'yes', 'no'].map((answer, position) => ({ position, answer })), {
    position: 5,
    answer: 'no',
    note: 'cut',
  });
  const only = { answer: 'no' };
  expect(store.countRows({ id, only, order: 'file' })).toBe(4);
  expect(positions({ id, only, offset: 1, limit: 2 })).toEqual([2, 4]);
  expect(positions({ id, only: { note: 'cut' }, offset: 0, limit: 9 })).toEqual([5]);
  expect(positions({ id, offset: 2, limit: 2 })).toEqual([2, 3]);
});

test('the least certain answers come first if they are asked for so, without those of which nothing is known', () => {
  const id = tableOf(Array.from({ length: 4 }, (_, place) => [`row ${place}`]));
  put(
    id,
    { position: 0, answer: 'no', certainty: 0.9 },
    { position: 1, answer: 'no', certainty: 0.4 },
    { position: 3, answer: 'yes', certainty: 0.6 },
  );
  expect(store.counts(id).hasCertainty).toBe(true);
  expect(positions({ id, order: 'unsure', offset: 0, limit: 9 })).toEqual([1, 3, 0]);
  expect(positions({ id, order: 'unsure', only: { answer: 'no' }, offset: 0, limit: 9 })).toEqual([1, 0]);
  expect(store.countRows({ id, only: undefined, order: 'unsure' })).toBe(3);
});

test('labels, notes and the least certain are found without reading all rows', () => {
  const plan = (sql: string) =>
    (database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all('t') as { detail: string }[]).map(({ detail }) => detail).join();
  const where = 'FROM answered_row WHERE table_id = ? AND';
  expect(plan(`SELECT answer, count(*) ${where} answer <> '' AND length(answer) <= 60 GROUP BY answer`)).toContain(
    'COVERING INDEX answered_row_label',
  );
  expect(plan(`SELECT position ${where} certainty IS NOT NULL ORDER BY certainty, position`)).toMatch(
    /^[^,]*answered_row_unsure[^,]*$/,
  );
  expect(plan(`SELECT count(*) ${where} note IS NOT NULL GROUP BY note`)).toContain('answered_row_note');
});

// Regression: the database was busy reading while the file was written, and the answering failed.
test('answers are stored while the table is saved', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'answered-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const id = tableOf(Array.from({ length: 20_000 }, (_, place) => [`row ${place} ${'word '.repeat(20)}`]));
  const out = join(folder, 'saved.csv');
  let isSaved = false;
  const saving = writeAnsweredTable(store, { table: store.get(id), out }).finally(() => (isSaved = true));
  for (let position = 0; !isSaved && position < 20_000; position++) {
    put(id, { position, answer: 'yes' });
    await nextTurn();
  }
  expect(await saving).toMatchObject({ rows: 20_000 });
  expect(store.get(id).answered).toBeGreaterThan(1);
  expect(readFileSync(out, 'utf8').trimEnd().split('\n')).toHaveLength(20_001);
});

test('a saved table has its own columns, then the answers, how sure they are, and notes', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'answered-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const id = tableOf(
    [
      ['=1+1', 'old'],
      ['two', ''],
      ['three', ''],
    ],
    ['text', 'answer'],
  );
  put(id, { position: 0, answer: '-yes', certainty: 0.5 }, { position: 1, answer: '', note: 'empty' });
  const table = store.get(id);
  const written = async (name: string, forSpreadsheet: boolean) => {
    const { file } = await writeAnsweredTable(store, { table, out: join(folder, name), forSpreadsheet });
    return readFileSync(file, 'utf8').split('\r\n');
  };
  expect(await written('programs.csv', false)).toEqual([
    'text,answer,answer 2,sure,note',
    '=1+1,old,-yes,0.500,',
    'two,,,,empty',
    'three,,,,',
    '',
  ]);
  expect((await written('sheet.csv', true)).slice(0, 2)).toEqual([
    '\ufefftext,answer,answer 2,sure,note',
    "'=1+1,old,'-yes,0.500,",
  ]);
});

test('answers that are simple objects have a column for each of their fields, in a file', async () => {
  const of = { type: 'object', properties: { name: { type: 'string' } } };
  const schema = { type: 'object', properties: { sum: { type: 'string' }, text: { type: 'string' }, of } };
  const folder = mkdtempSync(join(tmpdir(), 'answered-fields-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const id = begun(['text'], { kind: 'json', schema });
  store.addRows(id, 0, [['a bill'], ['a note']]);
  store.enqueue(id, 2);
  put(id, { position: 0, answer: '{"sum":"=1","text":"x","of":{"name":"Ann"}}' });
  const { file } = await writeAnsweredTable(store, { table: store.get(id), out: join(folder, 'fields.csv') });
  expect(readFileSync(file, 'utf8').split('\r\n')).toEqual([
    'text,answer,sum,text 2,of.name',
    'a bill,"{""sum"":""=1"",""text"":""x"",""of"":{""name"":""Ann""}}",=1,x,Ann',
    'a note,,,,',
    '',
  ]);
});

function begun(columns: readonly string[] = ['text'], form?: AnswerForm): string {
  return store.insert({
    ...{ now: 1, name: 'mails.csv', base: { id: 'b', sha256: 'x' }, adapter: null, task: 'custom', columns },
    ...{ mapping: { context: 'text' }, form, schemas: null, retryQueries: false, maxTokens: 16 },
  });
}

function tableOf(rows: readonly string[][], columns?: readonly string[]): string {
  const id = begun(columns);
  store.addRows(id, 0, rows);
  store.enqueue(id, 2);
  return id;
}

function put(id: string, ...answers: (Pick<RowAnswer, 'position' | 'answer'> & Partial<RowAnswer>)[]): void {
  for (const answer of answers) store.setAnswer(id, { note: null, certainty: null, ...answer });
}

function positions(page: Parameters<AnsweredTableStore['rows']>[0]): number[] {
  return [...store.rows(page)].map(({ position }) => position);
}
