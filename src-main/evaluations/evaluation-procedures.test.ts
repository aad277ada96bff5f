import { hash } from 'node:crypto';
import { createRouterClient } from '@orpc/server';
import { beforeEach, expect, test, vi } from 'vitest';
import type { BlindChoice, BlindPair } from '../../src-contract/blind-vote.ts';
import type { CallerContext } from '../../src-contract/caller.ts';
import type { EvaluationResult, EvaluationRow } from '../../src-contract/evaluation.ts';
import { openDatabase, type StudioDatabase } from '../database/open.ts';
import type { ProcessLock } from '../database/process-lock.ts';
import { JobStore } from '../jobs/job-store.ts';
import { BlindVoteStore } from './blind-vote-store.ts';
import { evaluationProcedures } from './evaluation-procedures.ts';
import { EvaluationStore } from './evaluation-store.ts';
import type { EvaluatingParts } from './start-evaluation.ts';

let database: StudioDatabase;
let client: ReturnType<typeof clientOf>;
const changed = vi.fn();
const pair: BlindPair = { id: 'e', of: 1, against: 0 };

beforeEach(() => {
  database = openDatabase(':memory:');
  client = clientOf(database);
});

// Twelve rows: both models give the last two the same answer, but for the space around one of them.
test('every row whose answers differ is asked about once, in an order that looks random and stays', async () => {
  const { rows, identical } = await client.blindRows(pair);
  expect(identical).toBe(2);
  const order = rows.map(({ position }) => position);
  expect(order.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  // By the hashes as their definition says, so that nothing asked before changes its place.
  const rank = (position: number) => hash('sha256', `e 1 0 ${position}`).slice(1);
  expect(order).toEqual(order.toSorted((a, b) => (rank(a) < rank(b) ? -1 : 1)));
  expect(order).not.toEqual(order.toSorted((a, b) => a - b));
  expect(await clientOf(database).blindRows(pair)).toEqual({ rows, identical });
});

test('targets that are no JSON have no fields', async () => {
  expect(await client.breakdown({ id: 'e' })).toMatchObject({ fields: null, labels: [] });
  await expect(client.breakdown({ id: 'gone' })).rejects.toMatchObject({ code: 'EVALUATION_NOT_FOUND' });
});

// Fields, labels and how sure answers are were asked for one by one, each with a reading of all rows.
test('all that the rows tell is found in one reading of them', async () => {
  const rows = vi.spyOn(EvaluationStore.prototype, 'rows');
  await client.breakdown({ id: 'e' });
  expect(rows).toHaveBeenCalledOnce();
  rows.mockRestore();
});

test('either answer may be shown first, and nothing that is sent tells whose it is', async () => {
  const shown = await Promise.all(Array.from({ length: 10 }, (_, position) => client.blindRow({ ...pair, position })));
  const firsts = shown.map(({ first }) => first.replace(/ \d+$/, ''));
  expect(new Set(firsts)).toEqual(new Set(['base says', 'rivers says']));
  for (const [position, { first, second, ...rest }] of shown.entries()) {
    expect([first, second].toSorted()).toEqual([`base says ${position}`, `rivers says ${position}`]);
    expect(rest).toEqual({ context: `asked ${position}`, target: `target ${position}` });
  }
});

test('choices are kept, replaced, and counted for whoever they were for', async () => {
  await choose({ 0: 'rivers', 1: 'rivers', 2: 'rivers', 3: 'rivers', 4: 'rivers', 5: 'rivers', 6: 'base', 7: 'equal' });
  await choose({ 6: 'rivers' });
  // Those of other two models are not counted.
  changed.mockClear();
  await client.blindVote({ id: 'e', of: 2, against: 0, position: 0, choice: 'equal' });
  // Another window may be asking about the same rows.
  expect(changed).toHaveBeenCalledOnce();
  const again = clientOf(database);
  const result = await again.blindResult(pair);
  expect(result).toMatchObject({ of: 1, against: 0, equal: 1, identical: 2, open: 2 });
  // 7 of 7: Wilson's interval from 7 / (7 + 1.96²), and 2 / 2⁷ by a sign test.
  expect(result.models).toEqual({ one: 7, other: 0, low: expect.closeTo(0.6457, 4), high: 1, sure: true });
  const { rows } = await again.blindRows(pair);
  const firsts = rows.filter(({ choice }) => choice === 'first').length;
  expect(rows.filter(({ choice }) => choice === null)).toHaveLength(2);
  expect(result.places).toMatchObject({ one: firsts, other: 7 - firsts });
});

test('the exported table says what was preferred and what was shown first, and nothing of it before a vote', async () => {
  expect((await client.csv({ id: 'e' })).text).not.toContain('preferred');
  await choose({ 0: 'rivers', 1: 'base', 2: 'equal' });
  const [head = '', ...lines] = (await client.csv({ id: 'e' })).text.trim().split('\r\n');
  expect(head.split(',').slice(-2)).toEqual([
    'rivers or base: starter: preferred',
    'rivers or base: starter: shown first',
  ]);
  const told = lines.map((line) => line.split(',').slice(-2));
  expect(told.map(([preferred]) => preferred)).toEqual([
    ...['rivers', 'base: starter', 'equal', '', '', '', '', '', '', '', 'same answer', 'same answer'],
  ]);
  const { first } = await client.blindRow({ ...pair, position: 0 });
  expect(told[0]?.[1]).toBe(first.startsWith('base') ? 'base: starter' : 'rivers');
});

test('what cannot be judged is refused by a sentence', async () => {
  const refused = { code: 'EVALUATION_NOT_JUDGEABLE' };
  await expect(client.blindRows({ id: 'e', of: 3, against: 0 })).rejects.toMatchObject(refused);
  await expect(client.blindRows({ id: 'e', of: 1, against: 1 })).rejects.toMatchObject(refused);
  await expect(client.blindResult({ id: 'e', of: 1, against: 2 })).rejects.toMatchObject(refused);
  await expect(client.blindRow({ ...pair, position: 12 })).rejects.toMatchObject(refused);
  // Both answers are the same.
  await expect(client.blindVote({ ...pair, position: 11, choice: 'first' })).rejects.toMatchObject(refused);
  await expect(client.blindRows({ ...pair, id: 'f' })).rejects.toMatchObject({ code: 'EVALUATION_NOT_FOUND' });
});

test('votes come back with a deletion that is undone, and go with one that is not', async () => {
  await choose({ 0: 'rivers' });
  await client.delete({ id: 'e' });
  await expect(client.blindResult(pair)).rejects.toMatchObject({ code: 'EVALUATION_NOT_FOUND' });
  await client.restore({ id: 'e' });
  expect((await client.blindResult(pair)).models.one).toBe(1);
  await client.delete({ id: 'e' });
  storeOf(database).removeDeleted(Date.now());
  expect(database.prepare('SELECT count(*) FROM blind_vote').pluck().get()).toBe(0);
});

/** Chooses by whose answer it is, as a person would by reading it. */
async function choose(wanted: Readonly<Record<number, 'rivers' | 'base' | 'equal'>>): Promise<void> {
  for (const [place, whose] of Object.entries(wanted)) {
    const position = Number(place);
    const { first } = await client.blindRow({ ...pair, position });
    const choice: BlindChoice = whose === 'equal' ? 'equal' : first.startsWith(whose) ? 'first' : 'second';
    await client.blindVote({ ...pair, position, choice });
  }
}

function storeOf(database: StudioDatabase): EvaluationStore {
  // Sound: it is only asked for its token, and who is alive.
  const lock = { token: 'a', isAlive: () => true } as Partial<ProcessLock> as ProcessLock;
  return new EvaluationStore(database, new JobStore(database, lock));
}

/** As after a start of the studio: nothing but the database is kept. The first one fills it. */
function clientOf(database: StudioDatabase) {
  const store = storeOf(database);
  if (store.list().length === 0) fill(database, store);
  // Sound: nothing else is needed without a measurement.
  const parts = { store } as Partial<EvaluatingParts> as EvaluatingParts;
  return createRouterClient(evaluationProcedures({ ...parts, votes: new BlindVoteStore(database), changed }), {
    context: { caller: 'page' } satisfies CallerContext,
  });
}

/** The base and two adapters; the id is given, so that what is drawn from it is the same every time. */
function fill(database: StudioDatabase, store: EvaluationStore): void {
  database.exec('PRAGMA foreign_keys = OFF');
  database.exec(`
    INSERT INTO job (id, kind, state, owner, place, created_at) VALUES ('e', 'evaluation', 'finished', 'a', 1, 1);
    INSERT INTO evaluation (id, task, dataset_id, base_model_id, adapter_ids, split, main_metric)
      VALUES ('e', 'summarisation', 'd', 'b', '["r", "s"]', 'test', 'rougeL');
  `);
  database.exec('PRAGMA foreign_keys = ON');
  const rows: EvaluationRow[] = Array.from({ length: 12 }, (_, place) => ({
    ...{ exampleId: `r${place}`, context: `asked ${place}`, target: `target ${place}` },
    answers: (place < 10 ? ['base says', 'rivers says', 'seas say'] : ['same', ' same\n', 'other']).map((text) => ({
      ...{ text: place < 10 ? `${text} ${place}` : text, score: 0, marks: {}, target: null },
    })),
  }));
  for (const [adapterId, adapter] of [
    [null, 'starter'],
    ['r', 'rivers'],
    ['s', 'seas'],
  ] as const) {
    const result: EvaluationResult = { adapterId, adapter, n: 12, metrics: {}, interval: null, seconds: 1 };
    store.addResult('e', { result, rows, comparisons: [], answersSha256: '' });
  }
}
