import { expect, test } from 'vitest';
import { isMostlySame, wordDifference } from './word-difference.ts';

const told = (answer: string, target: string) =>
  wordDifference(answer, target)
    .map(({ kind, text }) => `${{ same: '', extra: '+', missing: '−' }[kind]}${text.trim()}`)
    .join('|');

test('distinguishes extra words from missing ones', () => {
  expect(told('the red fox runs', 'the fox runs fast')).toBe('the|+red|fox runs|−fast');
  expect(told('SELECT name FROM city', 'SELECT name FROM city')).toBe('SELECT name FROM city');
});

test('treats punctuation marks and Chinese characters as single words', () => {
  expect(told('T1.year = 2014', 'T1.year >= 2014')).toBe('T1.year|−>|= 2014');
  expect(told('北京市', '北京')).toBe('北京|+市');
});

test('handles an empty answer and a very long text', () => {
  expect(told('', 'a b')).toBe('−a b');
  expect(wordDifference('x '.repeat(2000), 'y')).toHaveLength(2);
});

// A paraphrased summary was struck through and underlined from end to end, and could not be read.
test('texts that share less than half of the longer one are not mostly the same', () => {
  const alike = (answer: string, target: string) => isMostlySame(wordDifference(answer, target));
  expect(alike('SELECT name FROM city', 'SELECT id FROM city')).toBe(true);
  expect(alike('The patient has a cough.', 'Cough for three weeks, worse at night.')).toBe(false);
  expect(alike('No.', 'No. She has had no fever or chills, cough, congestion or nausea.')).toBe(false);
});
