import { expect, test } from 'vitest';
import { StudioError } from '../../src-contract/errors.ts';
import { judgeOf } from './judge.ts';

const signal = new AbortController().signal;

test('reading comprehension counts equal answers and shared words', async () => {
  const judge = judgeOf('mrc', undefined);
  expect(judge.mainMetric).toBe('exactMatch');
  expect(await judge.mark('The hill', { target: 'hill', database: null }, signal)).toEqual({ exactMatch: 1, f1: 1 });
});

test('a summary is judged by ROUGE', async () => {
  const judge = judgeOf('summarisation', undefined);
  const marks = await judge.mark('a dog barks', { target: 'a dog barks', database: null }, signal);
  expect(marks).toEqual({ rouge1: 1, rouge2: 1, rougeL: 1 });
  expect(judge.mainMetric).toBe('rougeL');
});

test('queries are compared by what they give where there is a database', async () => {
  const asked: string[] = [];
  const judge = judgeOf('nl2sql', async (database, sql) => {
    asked.push(`${database}: ${sql}`);
    if (sql.includes('nonsense')) throw new StudioError('SQL_REFUSED', { reason: 'no such column' });
    return { rows: [[sql.includes('2') ? 2 : 1]] };
  });
  expect(judge.mainMetric).toBe('executionAccuracy');
  const row = { target: 'SELECT 1', database: 'pets' };
  expect(await judge.mark('SELECT  1', row, signal)).toEqual({ executionAccuracy: 1, sqlMatch: 1 });
  expect(await judge.mark('SELECT count(*) FROM one', row, signal)).toEqual({ executionAccuracy: 1, sqlMatch: 0 });
  expect(await judge.mark('SELECT 2', row, signal)).toEqual({ executionAccuracy: 0, sqlMatch: 0 });
  expect(await judge.mark('SELECT nonsense', row, signal)).toEqual({ executionAccuracy: 0, sqlMatch: 0 });
  // The gold query is run once.
  expect(asked.filter((sql) => sql === 'pets: SELECT 1')).toHaveLength(1);
});

test('without a database, queries are compared as text', async () => {
  const judge = judgeOf('nl2sql', undefined);
  expect(judge.mainMetric).toBe('sqlMatch');
  expect(await judge.mark('select 1;', { target: 'SELECT 1', database: null }, signal)).toEqual({ sqlMatch: 1 });
});
