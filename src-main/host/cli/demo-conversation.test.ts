import { expect, test } from 'vitest';
import { quantile, turnOf } from './demo-conversation.ts';

test('a rendered context is split into the turn and its other inputs', () => {
  expect(turnOf('mrc', 'Passage: A.\n\nB.\n\nQuestion: Who?')).toEqual({
    text: 'Who?',
    input: { passage: 'A.\n\nB.' },
  });
  expect(turnOf('nl2sql', 'Schema:\na(b int)\n\nQuestion: How many?')).toEqual({
    text: 'How many?',
    input: { schema: 'a(b int)' },
  });
  expect(turnOf('summarisation', 'A long text.')).toEqual({ text: 'A long text.', input: {} });
});

test('a quantile is one of the values', () => {
  expect(quantile([3, 1, 2], 0.5)).toBe(2);
  expect(quantile([3, 1, 2], 0.99)).toBe(3);
  expect(quantile([], 0.5)).toBeNaN();
});
