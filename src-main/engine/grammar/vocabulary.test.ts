import { expect, test } from 'vitest';
import type { GrammarState } from './grammar-state.ts';
import { Vocabulary } from './vocabulary.ts';

const tokens = ['a', 'ab', 'abc', undefined, 'b', 'bc', 'ab', '', 'xy', '\xff'];
const vocabulary = new Vocabulary(tokens);

/** Exactly this text. */
function only(text: string, at = 0): GrammarState {
  return {
    accepting: at === text.length,
    next: (byte) => (text.charCodeAt(at) === byte ? only(text, at + 1) : undefined),
  };
}

test('tokens that may follow are found, also those spelled alike', () => {
  expect([...vocabulary.following(only('abcd'))].sort()).toEqual([0, 1, 2, 6]);
  expect([...vocabulary.following(only('bc'))].sort()).toEqual([4, 5]);
  expect([...vocabulary.following(only('\xff'))]).toEqual([9]);
  expect([...vocabulary.following(only('x'))]).toEqual([]);
  expect([...vocabulary.following(only(''))]).toEqual([]);
});

test('a token leads to the state behind its last byte, or nowhere', () => {
  expect(vocabulary.after(only('abc'), 2)?.accepting).toBe(true);
  expect(vocabulary.after(only('abc'), 1)?.accepting).toBe(false);
  for (const id of [3, 4, 7, 8, 99]) expect(vocabulary.after(only('abc'), id), `${id}`).toBeUndefined();
});

test('walking the vocabulary finds what trying each token finds', () => {
  /** Words of a and b of which no three in a row are alike. */
  const varied = (run: string): GrammarState => ({
    accepting: true,
    next: (byte) => {
      const letter = String.fromCharCode(byte);
      if (letter !== 'a' && letter !== 'b') return undefined;
      const next = run.startsWith(letter) ? run + letter : letter;
      return next.length < 3 ? varied(next) : undefined;
    },
  });
  const words = Array.from({ length: 254 }, (_, n) =>
    (n + 2).toString(2).slice(1).replaceAll('0', 'a').replaceAll('1', 'b'),
  );
  const many = new Vocabulary(words);
  for (const run of ['', 'a', 'bb']) {
    const tried = words.flatMap((_, id) => (many.after(varied(run), id) === undefined ? [] : [id]));
    expect([...many.following(varied(run))].sort((a, b) => a - b)).toEqual(tried);
    expect(tried.length).toBeGreaterThan(10);
  }
});
