import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { ModelText } from '../base-models/model-text.ts';
import type { Engine, GenerateJob, TokenEvent } from '../engine/engine.ts';
import { type AnsweringJob, answerRows } from './answer-rows.ts';
import type { AnsweredTableStore, NewAnsweredTable, RowAnswer } from './answered-table-store.ts';

let text: ModelText;
beforeAll(async () => {
  text = await ModelText.read(join(import.meta.dirname, '../../resources/starter-model'), [0]);
});

const forever = new AbortController().signal;
const about = { id: 't', task: 'nl2sql', maxTokens: 64, retryQueries: false } as const;

test('a table without a column for the schema is answered with the only one, or with that of each row’s database', async () => {
  const ofOne = { ...about, columns: ['question'], mapping: { question: 'question' } };
  const only = await answered(ofOne, { rows: [['How many?']], schemas: { '': 'boat(id)' } });
  expect(only.contexts).toEqual(['Schema:\nboat(id)\n\nQuestion: How many?']);

  const ofSeveral = { ...about, columns: ['db', 'q'], mapping: { database: 'db', question: 'q' } };
  const rows = [
    ['sea', 'How many?'],
    ['air', 'Which?'],
    ['constructor', 'Who?'],
    ['sea', ' '],
  ];
  const several = await answered(ofSeveral, { rows, schemas: { sea: 'boat(id)', air: 'plane(id)' } });
  expect(several.contexts).toEqual([
    'Schema:\nboat(id)\n\nQuestion: How many?',
    'Schema:\nplane(id)\n\nQuestion: Which?',
  ]);
  expect(several.answers.map(({ note }) => note)).toEqual([null, null, 'unnamed', 'empty']);
});

test('a query that cannot be run is noted, and replaced if others are to be tried', async () => {
  const table = { ...about, columns: ['schema', 'question'], mapping: { schema: 'schema', question: 'question' } };
  const rows = [['boat(id)', 'How many?']];
  const asked = { rows, schemas: null, texts: { 0: 'bad', 3: 'good' } };
  expect((await answered(table, asked)).answers).toMatchObject([{ answer: 'bad', note: 'unrunnable' }]);
  const retried = { ...table, retryQueries: true };
  expect((await answered(retried, asked)).answers).toMatchObject([{ answer: 'good', note: 'replaced' }]);
  const none = { ...asked, texts: { 0: 'bad' } };
  expect((await answered(retried, none)).answers).toMatchObject([{ answer: 'bad', note: 'unrunnable' }]);
});

/** The answers of an engine that writes these texts by seed, or “good”, and the contexts that it read. */
async function answered(
  table: AnsweringJob['table'],
  asked: {
    rows: readonly string[][];
    schemas: NewAnsweredTable['schemas'];
    texts?: Readonly<Record<number, string>>;
  },
) {
  const { rows, schemas, texts } = asked;
  const contexts: string[] = [];
  const store = {
    schemas: () => schemas,
    unanswered: (_: string, from: number) => rows.map((cells, position) => ({ position, cells })).slice(from),
  } as Partial<AnsweredTableStore> as AnsweredTableStore;
  const engine = {
    async *generate({ seed, promptIds }: GenerateJob): AsyncGenerator<TokenEvent> {
      if (seed === 0) contexts.push((await text.decode([...promptIds])).trim());
      const written = texts === undefined ? 'good' : (texts[seed] ?? 'bad');
      for (const id of await text.targetIds(written)) yield { kind: 'token', id };
      yield { kind: 'finished', finish: 'end', firstTokenMs: 1, switchMs: 0, seconds: 1, readTokens: 3 };
    },
  } as Partial<Engine> as Engine;
  const runnable = () => async (query: string) => query.startsWith('good');
  const job = {
    name: 'tiny',
    table,
    form: undefined,
    names: {},
    base: { path: '/m', contextLength: 512 },
    adapter: null,
  };
  const answers = await Array.fromAsync(answerRows({ ...job, runnable }, { engine, text, store }, forever));
  return { contexts, answers: (answers as RowAnswer[]).toSorted((a, b) => a.position - b.position) };
}
