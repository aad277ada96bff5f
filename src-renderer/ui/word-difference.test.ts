import { expect, test } from 'vitest';
import { wordDifference } from './word-difference.ts';

const told = (answer: string, target: string) =>
  wordDifference(answer, target)
    .map(({ kind, text }) => `${{ same: '', extra: '+', missing: '−' }[kind]}${text.trim()}`)
    .join('|');

test('words that only one of the texts has are told apart', () => {
  expect(told('the red fox runs', 'the fox runs fast')).toBe('the|+red|fox runs|−fast');
  expect(told('SELECT name FROM city', 'SELECT name FROM city')).toBe('SELECT name FROM city');
});

test('punctuation and signs of Chinese stand for themselves', () => {
  expect(told('T1.year = 2014', 'T1.year >= 2014')).toBe('T1.year|−>|= 2014');
  expect(told('北京市', '北京')).toBe('北京|+市');
});

test('nothing against something, and a very long text', () => {
  expect(told('', 'a b')).toBe('−a b');
  expect(wordDifference('x '.repeat(2000), 'y')).toHaveLength(2);
});
