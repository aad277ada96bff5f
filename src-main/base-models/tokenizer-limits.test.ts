import { expect, test } from 'vitest';
import { Tokenizer } from './tokenizer.ts';
import { mayTakeForEver } from './tokenizer-limits.ts';

const vocab = { a: 0, b: 1 };
const bpe = { type: 'BPE', vocab, merges: [], unk_token: null };
const parts = { added_tokens: [], normalizer: null, pre_tokenizer: null, post_processor: null, decoder: null };
const tokenizer = (changed: object, model: object = bpe) => Tokenizer.from({ ...parts, ...changed, model }, {});
const replace = (letter: string, content: unknown) => ({ type: 'Replace', pattern: { String: letter }, content });
const refusal = (code: string) =>
  expect.objectContaining({
    code: 'MODEL_FILE_INVALID',
    data: expect.objectContaining({ because: expect.objectContaining({ code }) }),
  });

const much = 'a'.repeat(3000);
const growing = [replace('a', much), replace('a', [much])];

// Regression: the arrays of a text that grew to a hundred million letters ended the whole process.
test.each([
  ['a normalizer', { normalizer: { type: 'Sequence', normalizers: growing } }],
  ['a normalizer that puts texts before', { normalizer: { type: 'Prepend', prepend: 'a'.repeat(2_000_000) } }],
  ['a pre-tokenizer', { pre_tokenizer: { type: 'Sequence', pretokenizers: growing } }],
  ['a pre-tokenizer’s blank', { pre_tokenizer: { type: 'Metaspace', replacement: 'a'.repeat(2_000_000) } }],
])('a text that %s makes far longer is refused', (_, changed) => {
  expect(() => tokenizer(changed).encode('a b')).toThrow(refusal('TOKENIZER_GROWS'));
});

test('a text that a decoder makes far longer is refused', () => {
  const grows = tokenizer({ decoder: { type: 'Sequence', decoders: growing } });
  expect(grows.encode('ab')).toEqual([0, 1]);
  expect(() => grows.decode([0])).toThrow(refusal('TOKENIZER_GROWS'));
});

test('a text may become several times as long, as often as it is read', () => {
  const doubling = tokenizer({
    normalizer: { type: 'Sequence', normalizers: [replace('a', 'aa'), replace('b', 'bb')] },
  });
  for (let time = 0; time < 3; time++) expect(doubling.encode('ab'.repeat(400_000))).toHaveLength(1_600_000);
});

// Regression: pieces without a length were cut until memory ran out.
test.each([0, -1, 0.5, 'x', null])('pieces of the length %j are refused', (length) => {
  expect(() => tokenizer({ pre_tokenizer: { type: 'FixedLength', length } })).toThrow(refusal('TOKENIZER_PART'));
});

// Regression: `String` calls what a file names `toString`.
test('a pattern that is no text is refused', () => {
  const pattern = { Regex: { toString: 1 } };
  expect(() => tokenizer({ pre_tokenizer: { type: 'Split', pattern } })).toThrow(refusal('TOKENIZER_UNREADABLE'));
});

// Regression: people read “(this.config.additional_special_tokens ?? []).forEach is not a function”.
test('what is of the wrong kind is reported in words', () => {
  const config = { additional_special_tokens: 'x' };
  expect(() => Tokenizer.from({ ...parts, model: bpe }, config)).toThrow(
    expect.objectContaining({ message: expect.stringContaining('is of the wrong kind') }),
  );
});

test('a pattern of many thousand letters is refused', () => {
  const pattern = { Regex: `[${'\\p{L}'.repeat(10_000)}]` };
  expect(() => tokenizer({ pre_tokenizer: { type: 'Split', pattern } })).toThrow(refusal('TOKENIZER_PART'));
});

// Regression: each of these held the thread that all models share for hours.
test.each([
  ['(a|a)*b'],
  ['\\s*\\s*\\s*x'],
  ['a*a*x'],
  ['a|a{2,}a{2,}x'],
  [`${'a?'.repeat(30)}x`],
  [`${'a{0,9}'.repeat(10)}x`],
  [`${'a{0,99}'.repeat(4)}x`],
  [`${'(a|a)'.repeat(30)}x`],
  ['(a*)\\1b'],
])('the pattern %s gets a time limit', (Regex) => {
  expect(mayTakeForEver({ pre_tokenizer: { type: 'Split', pattern: { Regex } }, model: bpe })).toBe(true);
});

// Regression: thirty signs in a pattern that nothing uses held the thread for hours before any limit applied.
test.each([`[${'[\\]'.repeat(1000)}`, '['.repeat(4000)])('a pattern of broken classes is judged at once', (Regex) => {
  const began = performance.now();
  expect(mayTakeForEver({ pre_tokenizer: { type: 'ByteLevel', unused: { Regex } }, model: bpe })).toBe(false);
  expect(performance.now() - began).toBeLessThan(2000);
});

test('a decoder’s pattern gets a time limit too', () => {
  const slow = tokenizer(
    { decoder: { type: 'Replace', pattern: { Regex: '(a+)+x' }, content: '' } },
    { ...bpe, vocab: { ...vocab, ['a'.repeat(60)]: 2 } },
  );
  expect(() => slow.decode([2])).toThrow(refusal('TOKENIZER_SLOW'));
});

test('words and pieces of any length, and a thousand parts, get a time limit', () => {
  const wordPiece = { type: 'WordPiece', vocab, unk_token: 'a' };
  expect(mayTakeForEver({ model: { ...wordPiece, max_input_chars_per_word: 100 } })).toBe(false);
  expect(mayTakeForEver({ model: { ...wordPiece, max_input_chars_per_word: 1e9 } })).toBe(true);
  expect(mayTakeForEver({ model: { type: 'Unigram', vocab: [['a'.repeat(1000), 0]] } })).toBe(true);
  const pretokenizers = Array.from({ length: 1000 }, () => ({ type: 'Whitespace' }));
  expect(mayTakeForEver({ pre_tokenizer: { type: 'Sequence', pretokenizers }, model: bpe })).toBe(true);
});

// Regression: its pieces were arguments of one call, of which there may not be that many.
test('a word of a unigram model may have two hundred thousand pieces', () => {
  const unigram = {
    type: 'Unigram',
    unk_id: 0,
    vocab: [
      ['<unk>', -9],
      ['a', -1],
    ],
  };
  expect(tokenizer({}, unigram).encode('a'.repeat(200_000))).toHaveLength(200_000);
});

// Regression: their ids were arguments of one call too.
test('a tokenizer may have two hundred thousand added tokens', () => {
  const added = Array.from({ length: 200_000 }, (_, place) => ({ id: 2 + place, content: `<${place}>` }));
  expect(tokenizer({ added_tokens: added }).encode('a<7>')).toEqual([0, 9]);
});
