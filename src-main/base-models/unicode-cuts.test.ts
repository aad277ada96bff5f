import { expect, test } from 'vitest';
import { Tokenizer } from './tokenizer.ts';

/** Whether a pre-tokenizer cuts a text into these pieces: each piece is a word of the vocabulary, in their order. */
function cuts(preTokenizer: object, text: string, pieces: readonly string[]): void {
  const words = [...new Set(pieces)];
  const vocab = Object.fromEntries(['<unk>', ...words].map((word, id) => [word, id]));
  const model = { type: 'WordLevel', vocab, unk_token: '<unk>' };
  const others = { added_tokens: [], normalizer: null, post_processor: null, decoder: null };
  const tokenizer = Tokenizer.from({ ...others, pre_tokenizer: preTokenizer, model }, {});
  expect(tokenizer.encode(text)).toEqual(pieces.map((piece) => words.indexOf(piece) + 1));
}

const hyphen = (behavior: string) => ({ type: 'Split', pattern: { String: '-' }, behavior, invert: false });

// Expected: tokenizers 0.23.3.
test.each([
  ['Isolated', ['the', '-', 'final', '-', '-', 'count', '-']],
  ['Removed', ['the', 'final', 'count']],
  ['MergedWithPrevious', ['the-', 'final-', '-', 'count-']],
  ['MergedWithNext', ['the', '-final', '-', '-count', '-']],
  ['Contiguous', ['the', '-', 'final', '--', 'count', '-']],
])('a split of the kind %s treats what it finds as the reference does', (behavior, pieces) => {
  cuts(hyphen(behavior), 'the-final--count-', pieces);
  cuts({ ...hyphen(behavior), pattern: { Regex: '[-+]' } }, 'the-final--count-', pieces);
});

test('a pattern given as text is no expression', () => {
  cuts({ ...hyphen('Removed'), pattern: { String: '.' } }, 'a.b', ['a', 'b']);
  cuts({ ...hyphen('MergedWithNext'), pattern: { String: '(' } }, 'f(x', ['f', '(x']);
});

test('a byte order mark is no blank, and a next-line character is one', () => {
  cuts({ type: 'WhitespaceSplit' }, '\uFEFFa, b\u0085c', ['\uFEFFa,', 'b', 'c']);
  cuts({ type: 'Whitespace' }, '\uFEFFa, b\u0085c½', ['\uFEFF', 'a', ',', 'b', 'c', '½']);
});

test('a joiner belongs to the word around it', () => {
  cuts({ type: 'Whitespace' }, 'नम\u200D स_1!', ['नम\u200D', 'स_1', '!']);
});
