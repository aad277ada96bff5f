import { expect, test } from 'vitest';
import { answeredColumns } from './answered-columns.ts';

// Regression: “answer” came beside “Answer”, which spreadsheets, databases and the studio's own import take for the same.
test('a name that differs from one of the table only in its case gets a number', () => {
  const table = { columns: ['Passage', 'Answer ', 'NOTE'], task: 'mrc' } as const;
  expect(answeredColumns(table, { fields: ['Town', 'town'], sure: true, note: true })).toEqual({
    answer: 'answer 2',
    fields: ['Town', 'town 2'],
    sure: 'sure',
    note: 'note 2',
  });
});
