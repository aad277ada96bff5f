import { expect, test } from 'vitest';
import { readTaskFields } from './task-fields.ts';

test('a passage may contain blank lines and colons', () => {
  expect(readTaskFields('mrc', 'Passage: First: a.\n\nSecond.\n\nQuestion: Who?')).toEqual({
    text: 'Who?',
    input: { passage: 'First: a.\n\nSecond.' },
  });
});

test('a schema starts on the line after its label', () => {
  expect(readTaskFields('nl2sql', 'Schema:\nsinger(name text)\n\nQuestion: How many singers?')).toEqual({
    text: 'How many singers?',
    input: { schema: 'singer(name text)' },
  });
});

test('reads a document as the text itself', () => {
  expect(readTaskFields('summarisation', 'Doctor: hello\n\nPatient: hi')).toEqual({
    text: 'Doctor: hello\n\nPatient: hi',
    input: {},
  });
});

test('a context in another layout is returned whole', () => {
  expect(readTaskFields('mrc', 'just a question')).toEqual({ text: 'just a question', input: {} });
});
