import { expect, test } from 'vitest';
import { answeredColumns } from './answered-columns.ts';

// Regression: “answer” came beside “Answer”, which spreadsheets, databases and the studio's own import take for the same.
test('a name that differs from one of the table only in its case gets a number', () => {
  const table = { columns: ['Passage', 'Answer ', 'NOTE'], task: 'mrc' } as const;
  expect(answeredColumns(table, { fields: ['Town', 'town'], sure: true, note: true, language: 'en' })).toEqual({
    answer: 'answer 2',
    fields: ['Town', 'town 2'],
    sure: 'sure',
    note: 'note 2',
  });
});

// Behind Korean columns came English ones.
test('columns are named in Korean for who reads Korean', () => {
  const named = (task: 'summarisation' | 'mrc' | 'nl2sql' | 'custom', columns: readonly string[] = []) =>
    answeredColumns({ columns, task }, { fields: [], sure: true, note: true, language: 'ko' });
  expect(named('custom', ['내용', '비고'])).toEqual({ answer: '답', fields: [], sure: '확신', note: '비고 2' });
  expect([named('summarisation').answer, named('mrc').answer, named('nl2sql').answer]).toEqual(['요약문', '답', 'sql']);
});
