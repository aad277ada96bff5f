import { expect, test } from 'vitest';
import { choicesGrammar } from './choices.ts';
import { accepts, goesOnWith, written } from './written.ts';

test('exactly the given texts are accepted', () => {
  const grammar = choicesGrammar(['yes', 'no', 'not sure']);
  for (const text of ['yes', 'no', 'not sure']) expect(accepts(grammar, text)).toBe(true);
  for (const text of ['', 'y', 'yes!', 'not', 'maybe', 'Yes']) expect(accepts(grammar, text)).toBe(false);
});

test('a text that begins another may end or go on', () => {
  const grammar = choicesGrammar(['no', 'not sure']);
  expect(written(grammar, 'no')?.accepting).toBe(true);
  expect(goesOnWith(grammar, 'no')).toBe('t');
  expect(written(grammar, 'not sure')?.accepting).toBe(true);
  expect(goesOnWith(grammar, 'not sure')).toBe('');
});

test('texts are compared as UTF-8', () => {
  const grammar = choicesGrammar(['예', '아니요', '😀']);
  expect(accepts(grammar, '아니요')).toBe(true);
  expect(accepts(grammar, '😀')).toBe(true);
  expect(accepts(grammar, '아')).toBe(false);
});

test('the same text may be given twice', () => {
  expect(accepts(choicesGrammar(['a', 'a']), 'a')).toBe(true);
});
