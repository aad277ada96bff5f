import { expect, test } from 'vitest';
import { withPart } from './cell-content.ts';

test('editing the question leaves the passage unchanged, and the reverse', () => {
  const context = 'Passage: The Rhine.\n\nQuestion: Which?';
  expect(withPart('mrc', { context }, 'question', 'What?')).toEqual({
    context: 'Passage: The Rhine.\n\nQuestion: What?',
  });
  expect(withPart('mrc', { context }, 'passage', 'A\n\nb')).toEqual({ context: 'Passage: A\n\nb\n\nQuestion: Which?' });
});

test('editing the target leaves the context unchanged', () => {
  expect(withPart('mrc', { context: 'own' }, 'answer', 'new')).toEqual({ target: 'new' });
});

test('replaces a context in a custom layout whole', () => {
  expect(withPart('mrc', { context: 'own' }, 'context', 'new')).toEqual({ context: 'new' });
  expect(withPart('summarisation', { context: 'a document' }, 'document', 'another')).toEqual({ context: 'another' });
});
