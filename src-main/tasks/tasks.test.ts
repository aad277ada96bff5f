import { expect, test } from 'vitest';
import { tasks } from './tasks.ts';

test('a reading task shows the passage and then the question', () => {
  expect(tasks.mrc.renderContext({ passage: 'Anna lives in Bonn.', question: 'Where does Anna live?' })).toBe(
    'Passage: Anna lives in Bonn.\n\nQuestion: Where does Anna live?',
  );
});

test('a query task shows the schema and then the question', () => {
  expect(tasks.nl2sql.renderContext({ schema: 'city(name text)', question: 'How many cities?' })).toBe(
    'Schema:\ncity(name text)\n\nQuestion: How many cities?',
  );
});

test('documents and custom contexts are rendered verbatim', () => {
  expect(tasks.summarisation.renderContext({ document: ' as it is\n' })).toBe(' as it is\n');
  expect(tasks.custom.renderContext({ context: ' as it is\n' })).toBe(' as it is\n');
});

test('every field of a task has column names to look for', () => {
  for (const task of Object.values(tasks)) {
    for (const field of [...task.fields.context, task.fields.target, 'group']) {
      expect(task.columnNames[field]?.length, `${task.id} ${field}`).toBeGreaterThan(2);
    }
  }
});
