import { expect, test } from 'vitest';
import { askedOf } from './row-question.ts';

test('the question at the end of a context is what was asked', () => {
  expect(askedOf('Passage: Otto is a cat.\n\nQuestion: Who is a cat?')).toBe('Who is a cat?');
});

test('a document is given in one line', () => {
  expect(askedOf('Doctor: hello\nPatient: hi')).toBe('Doctor: hello Patient: hi');
});
