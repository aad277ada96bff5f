import { expect, test } from 'vitest';
import { StudioError } from '../../src-contract/errors.ts';
import { judgeOf } from './judge.ts';

const signal = new AbortController().signal;
const words = { language: 'en', runQuery: undefined, measure: 'exactMatch', targets: [] } as const;

test('reading comprehension is judged by exact match and F1, or as texts if its answers are sentences', async () => {
  expect(judgeOf('mrc', { ...words, measure: 'rougeL' }).mainMetric).toBe('rougeL');
  const judge = judgeOf('mrc', words);
  expect(judge.mainMetric).toBe('exactMatch');
  expect(await judge.mark('The hill', { target: 'hill', database: null }, signal)).toEqual({ exactMatch: 1, f1: 1 });
});

// An exact match compares without signs: every answer to moods of -1, 0 and 1 was right if the figure was.
test('labels that differ by a sign are different answers', async () => {
  const targets = ['-1', '0', '1'].flatMap((mood) => [mood, mood]);
  const judge = judgeOf('custom', { ...words, targets });
  const mark = (answer: string, target: string) => judge.mark(answer, { target, database: null }, signal);
  expect(await mark('1', '-1')).toEqual({ exactMatch: 0, f1: 0 });
  expect(await mark('-1.', '-1')).toEqual({ exactMatch: 1, f1: 1 });
  expect(await mark('0', '-1')).toEqual({ exactMatch: 0, f1: 0 });
});

test('lists of labels are the same in any order, parted as the targets are', async () => {
  const targets = ['late, C++', 'C', 'late', 'damaged, late, C'];
  const judge = judgeOf('custom', { ...words, measure: 'labelsMatch', targets });
  const mark = (answer: string, target: string) => judge.mark(answer, { target, database: null }, signal);
  expect(await mark('C++,  Late', 'late, C++')).toEqual({ labelsMatch: 1, labelsF1: 1 });
  expect(await mark('C, late', 'late, C++')).toEqual({ labelsMatch: 0, labelsF1: 0.5 });
  expect(await mark('late, late', 'late')).toEqual({ labelsMatch: 1, labelsF1: 1 });
  expect(await mark('late; C', 'late, C')).toEqual({ labelsMatch: 0, labelsF1: 0 });
  expect(await mark('', 'late')).toEqual({ labelsMatch: 0, labelsF1: 0 });
  expect(await mark('damaged', 'damaged, late, C')).toEqual({ labelsMatch: 0, labelsF1: 0.5 });
});

test('a summary is judged by ROUGE, and its words are counted', async () => {
  const judge = judgeOf('summarisation', words);
  const marks = await judge.mark('a dog barks', { target: 'a dog barks', database: null }, signal);
  expect(marks).toEqual({
    ...{ rouge1: 1, rouge2: 1, rougeL: 1, rouge1Stemmed: 1, rouge2Stemmed: 1, rougeLStemmed: 1 },
    ...{ words: 3, targetWords: 3 },
  });
  expect(judge.mainMetric).toBe('rougeL');
});

test('with a database, queries are compared by their results and their parts', async () => {
  const asked: string[] = [];
  const runQuery = async (database: string | null, sql: string) => {
    asked.push(`${database}: ${sql}`);
    if (sql.includes('pragma_table_info(m.name)'))
      return {
        rows: [
          ['cat', 'name'],
          ['cat', 'age'],
        ],
        truncated: false,
      };
    if (sql.includes('pragma_foreign_key_list')) return { rows: [], truncated: false };
    if (sql.includes('nonsense')) throw new StudioError('SQL_REFUSED', { reason: 'no such column' });
    return { rows: [[sql.includes('age') ? 3 : 'Minka']], truncated: false };
  };
  const judge = judgeOf('nl2sql', { ...words, runQuery });
  expect(judge.mainMetric).toBe('executionAccuracy');
  const row = { target: 'SELECT name FROM cat', database: 'pets' };
  const right = { executionAccuracy: 1, exactSet: 1, runs: 1 };
  expect(await judge.mark('select name from cat;', row, signal)).toEqual(right);
  expect(await judge.mark('SELECT DISTINCT name FROM cat', row, signal)).toEqual(right);
  expect(await judge.mark("SELECT 'Minka'", row, signal)).toEqual({ ...right, exactSet: 0 });
  expect(await judge.mark('SELECT age FROM cat', row, signal)).toEqual({ executionAccuracy: 0, exactSet: 0, runs: 1 });
  expect(await judge.mark('SELECT nonsense', row, signal)).toEqual({ executionAccuracy: 0, exactSet: 0, runs: 0 });
  // The target's query is run once, and the schema is read once.
  expect(asked.filter((sql) => sql === 'pets: SELECT name FROM cat')).toHaveLength(1);
  expect(asked.filter((sql) => sql.includes('pragma_table_info(m.name)'))).toHaveLength(1);
});

test('without a database, queries are compared as text', async () => {
  const judge = judgeOf('nl2sql', words);
  expect(judge.mainMetric).toBe('sqlMatch');
  expect(await judge.mark('select 1;', { target: 'SELECT 1', database: null }, signal)).toEqual({ sqlMatch: 1 });
});
