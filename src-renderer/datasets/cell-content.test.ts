import { expect, test } from 'vitest';
import { withPart } from './cell-content.ts';

test('an edited question leaves the passage as it is', () => {
  const context = 'Passage: The Rhine.\n\nQuestion: Which?';
  expect(withPart('mrc', { context }, 'question', 'What?')).toEqual({
    context: 'Passage: The Rhine.\n\nQuestion: What?',
  });
  expect(withPart('mrc', { context }, 'passage', 'A\n\nb')).toEqual({ context: 'Passage: A\n\nb\n\nQuestion: Which?' });
});

test('an edited target leaves the context as it is', () => {
  expect(withPart('mrc', { context: 'own' }, 'answer', 'new')).toEqual({ target: 'new' });
});

test('a context of a table’s own layout is replaced whole', () => {
  expect(withPart('mrc', { context: 'own' }, 'context', 'new')).toEqual({ context: 'new' });
  expect(withPart('summarisation', { context: 'a document' }, 'document', 'another')).toEqual({ context: 'another' });
});
