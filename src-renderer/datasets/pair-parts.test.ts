import { expect, test } from 'vitest';
import { contextParts, emptyField, leadingPart, pairOf, renderContext } from './pair-parts.ts';

test('renders a context as the import writes it', () => {
  expect(renderContext('mrc', { passage: 'P', question: 'Q' })).toBe('Passage: P\n\nQuestion: Q');
  expect(renderContext('nl2sql', { schema: 'S', question: 'Q' })).toBe('Schema:\nS\n\nQuestion: Q');
  expect(renderContext('summarisation', { document: 'D' })).toBe('D');
});

test('uses a ready-made context as is', () => {
  expect(renderContext('mrc', { context: 'as it stands', passage: 'P' })).toBe('as it stands');
});

test('splits a context back into its fields', () => {
  expect(contextParts('mrc', 'Passage: one\n\nQuestion: no.\n\nQuestion: who?')).toEqual([
    { field: 'question', text: 'who?' },
    { field: 'passage', text: 'one\n\nQuestion: no.' },
  ]);
});

test('keeps a context in another layout whole', () => {
  expect(contextParts('nl2sql', 'How many singers?')).toEqual([{ field: 'context', text: 'How many singers?' }]);
});

test('the question represents the row if it has one', () => {
  expect(leadingPart('nl2sql', 'Schema:\nsinger(id)\n\nQuestion: How many?').text).toBe('How many?');
  expect(leadingPart('custom', 'a text').text).toBe('a text');
});

test('builds the pair of a row from the mapping', () => {
  const mapping = { passage: 'text', question: 'q', answer: 'a' };
  expect(pairOf('mrc', mapping, ['a', 'q', 'text'], ['yes', 'Is it?', 'It is.'])).toEqual({
    context: 'Passage: It is.\n\nQuestion: Is it?',
    target: 'yes',
  });
});

test('a context of several columns is shown as it will be written, and only some of them may be empty', () => {
  const mapping = { context: 'title', context2: 'colour', target: 'text' };
  const columns = ['colour', 'title', 'text'];
  expect(pairOf('custom', mapping, columns, ['red', 'Mug', 'A red mug']).context).toBe('title: Mug\ncolour: red');
  expect(pairOf('custom', mapping, columns, ['', 'Mug', 'A mug']).context).toBe('title: Mug');
  expect(emptyField('custom', mapping, columns, ['red', '', 'A mug'])).toBeUndefined();
  expect(emptyField('custom', mapping, columns, [' ', '', 'A mug'])).toBe('context');
  expect(emptyField('custom', mapping, columns, ['red', 'Mug', ''])).toBe('target');
  const both = { context: 'text', target: 'title', target2: 'colour' };
  expect(pairOf('custom', both, columns, ['', 'Mug', 'A mug']).target).toBe('{"title":"Mug","colour":""}');
  expect(emptyField('custom', both, columns, ['red', '', 'A mug'])).toBeUndefined();
  expect(emptyField('custom', both, columns, ['', '', 'A mug'])).toBe('target');
});

// Regression: the preview of what the model reads showed nothing below “Schema:”.
test('several columns of an exported dataset are shown as they will be written', () => {
  const columns = ['context.title', 'context.text', 'target'];
  const mapping = { context: 'context.title', context2: 'context.text', target: 'target' };
  expect(pairOf('custom', mapping, columns, ['Ice', 'It is cold.', 'winter'])).toEqual({
    ...{ context: 'title: Ice\ntext: It is cold.', target: 'winter' },
  });
});

test('a field that no column holds is shown as it will be written', () => {
  const mapping = { question: 'q', sql: 's' };
  expect(pairOf('nl2sql', mapping, ['q', 's'], ['How many?', 'SELECT 1'], { schema: '[tables]' }).context).toBe(
    'Schema:\n[tables]\n\nQuestion: How many?',
  );
});

test('names the required field that is empty in a row', () => {
  const mapping = { context: 'c', target: 't' };
  expect(emptyField('custom', mapping, ['c', 't'], ['text', '  '])).toBe('target');
  expect(emptyField('custom', mapping, ['c', 't'], ['text', 'answer'])).toBeUndefined();
});
