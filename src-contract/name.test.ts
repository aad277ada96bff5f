import { expect, test } from 'vitest';
import { freeName, nameFrom, nameSchema, titleFrom } from './name.ts';

test.each([
  ['  Rivers \t', 'Rivers'],
  ['강 이름 (2)', '강 이름 (2)'],
  ['강'.normalize('NFD'), '강'],
  ['👩‍👩‍👧 می‌خواهم', '👩‍👩‍👧 می‌خواهم'],
  ['x'.repeat(200), 'x'.repeat(200)],
  // Regression: it was another name than “Rivers”, which nobody could see.
  ['Ri\u200bv\u00aders\u200e', 'Rivers'],
])('%j is accepted as a name, trimmed', (given, name) => {
  expect(nameSchema.parse(given)).toBe(name);
});

test.each([
  ['', 'NAME_UNSEEN'],
  [' \u00a0\t\n', 'NAME_UNSEEN'],
  ['\u200b\u3164\u2800', 'NAME_UNSEEN'],
  ['a\nb', 'NAME_UNWRITABLE'],
  ['a\u0000', 'NAME_UNWRITABLE'],
  ['txt\u202eexe', 'NAME_UNWRITABLE'],
  ['half \ud83d', 'NAME_UNWRITABLE'],
  ['x'.repeat(201), 'NAME_TOO_LONG'],
])('%j is rejected as a name', (given, code) => {
  expect(() => nameSchema.parse(given)).toThrow(
    expect.objectContaining({
      code: 'OPTION_INVALID',
      data: expect.objectContaining({ option: 'name', because: expect.objectContaining({ code }) }),
    }),
  );
});

test('a name derived from other text drops what names cannot contain', () => {
  expect(nameFrom(' Who owns\n\nthe camel?\u0007 ')).toBe('Who owns the camel?');
  expect(nameFrom('12345 👩', 7)).toBe('12345');
  expect(nameFrom('\u200b \n')).toBe('');
  expect(nameFrom('\ufeffta\u200bble')).toBe('table');
});

// Regression: a conversation was called “I bought it 8 da”, as if that had been written.
test('a title that is cut ends in dots', () => {
  expect(titleFrom('I bought it 8 days ago', 15)).toBe('I bought it 8 d…');
  expect(titleFrom('I bought it 8 days ago', 14)).toBe('I bought it 8…');
  expect(titleFrom(' I bought it\n', 12)).toBe('I bought it');
});

test('the first free number is appended to a name that is taken', () => {
  const taken = ['talks', 'talks 2', 'other'];
  expect(['songs', 'talks'].map((name) => freeName(name, (each) => taken.includes(each)))).toEqual([
    'songs',
    'talks 3',
  ]);
});
