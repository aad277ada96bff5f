import { expect, test } from 'vitest';
import { wordDifferences } from './word-differences.ts';

test('marks only the words that the other text lacks', () => {
  expect(wordDifferences('WHERE year = 2014 LIMIT 1', 'WHERE year >= 2014 LIMIT 1')).toEqual([
    { text: 'WHERE year = 2014 LIMIT 1', differs: false },
  ]);
  expect(wordDifferences('SELECT name, capacity FROM a', 'SELECT name FROM b')).toEqual([
    { text: 'SELECT name', differs: false },
    { text: ', capacity', differs: true },
    { text: ' FROM ', differs: false },
    { text: 'a', differs: true },
  ]);
});

test('the pieces join up to the original text, whatever it is compared with', () => {
  for (const [text, other] of [
    ['', 'x'],
    ['한강은 서울을 흐른다', ''],
    ['a  b\n\nc', 'c b a'],
    ['x '.repeat(5000), 'x'],
  ] as const) {
    expect(
      wordDifferences(text, other)
        .map((piece) => piece.text)
        .join(''),
    ).toBe(text);
  }
});

test('the same text has no differences', () => {
  expect(wordDifferences('one two', 'one  two').filter(({ differs }) => differs)).toEqual([]);
});
