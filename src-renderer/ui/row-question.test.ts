import { expect, test } from 'vitest';
import { askedOf } from './row-question.ts';

test('returns the question at the end of a context', () => {
  expect(askedOf('Passage: Otto is a cat.\n\nQuestion: Who is a cat?')).toBe('Who is a cat?');
});

test('returns a document on one line', () => {
  expect(askedOf('Doctor: hello\nPatient: hi')).toBe('Doctor: hello Patient: hi');
});
