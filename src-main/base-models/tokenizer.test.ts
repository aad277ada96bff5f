import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { Tokenizer } from './tokenizer.ts';

let tokenizer: Tokenizer;

beforeAll(async () => {
  tokenizer = await Tokenizer.read(join(import.meta.dirname, '../../resources/starter-model'));
});

test('an empty text encodes to no ids, and no ids decode to an empty text', () => {
  expect(tokenizer.encode('')).toEqual([]);
  expect(tokenizer.decode([])).toBe('');
});

test('anything but a tokenizer is refused', () => {
  expect(() => Tokenizer.from({ model: { type: 'BPE' } }, {})).toThrow(
    expect.objectContaining({ code: 'MODEL_FILE_INVALID' }),
  );
});

const bare = { added_tokens: [], normalizer: null, pre_tokenizer: null, post_processor: null, decoder: null };

// Ids of tokenizers 0.23.3; each such character was unknown.
test('a character that a unigram model has no piece for is written in bytes, if it has those', () => {
  const bytes = ['<0xEA>', '<0xB0>', '<0x80>'].map((byte) => [byte, -5]);
  const model = { type: 'Unigram', unk_id: 0, byte_fallback: true, vocab: [['<unk>', 0], ['a', -1], ...bytes] };
  const tokenizer = Tokenizer.from({ ...bare, model, decoder: { type: 'ByteFallback' } }, {});
  expect(tokenizer.encode('a가a')).toEqual([1, 2, 3, 4, 1]);
  expect(tokenizer.encode('a각a')).toEqual([1, 0, 1]);
  expect(tokenizer.decode([1, 2, 3, 4])).toBe('a가');
});

test('a word that a model of whole words does not know has the id of the unknown one', () => {
  const model = { type: 'WordLevel', vocab: { '<unk>': 0, a: 1 }, unk_token: '<unk>' };
  const tokenizer = Tokenizer.from({ ...bare, model, pre_tokenizer: { type: 'WhitespaceSplit' } }, {});
  expect(tokenizer.encode('a b a')).toEqual([1, 0, 1]);
});

// Ids of tokenizers 0.23.3.
test.each([false, true])(
  'an added token that is a single word is not found in longer ones (normalized: %s)',
  (normalized) => {
    const vocab = Object.fromEntries(
      ['<unk>', 'c', 'a', 't', ' ', '가', '_', '-', 's'].map((token, id) => [token, id]),
    );
    const json = {
      ...{ ...bare, normalizer: normalized ? { type: 'Lowercase' } : null },
      model: { type: 'BPE', vocab, merges: [], unk_token: '<unk>' },
      added_tokens: [
        { id: 14, content: 'cat', single_word: true, normalized },
        { id: 15, content: '<s>', normalized: false },
      ],
    };
    const tokenizer = Tokenizer.from(json, {});
    const found = { cat: [14], 'a cat': [2, 4, 14], 'a-cat-s': [2, 7, 14, 7, 8], '<s>cat<s>': [15, 14, 15] };
    const within = { cats: [1, 2, 3, 8], catcat: [1, 2, 3, 1, 2, 3], 가cat: [5, 1, 2, 3], cat_: [1, 2, 3, 6] };
    const both = { 'catt cat': [1, 2, 3, 3, 4, 14], 'scat<s>cat': [8, 1, 2, 3, 15, 14] };
    for (const [text, ids] of Object.entries({ ...found, ...within, ...both })) {
      expect([text, tokenizer.encode(text)]).toEqual([text, ids]);
    }
  },
);

test.each(['continuing_subword_prefix', 'end_of_word_suffix'])('merges with a %s are refused', (mark) => {
  const model = { type: 'BPE', vocab: { a: 0, b: 1 }, merges: [], [mark]: '##' };
  expect(() => Tokenizer.from({ ...bare, model }, {})).toThrow(
    expect.objectContaining({ data: expect.objectContaining({ reason: expect.stringContaining('“##”') }) }),
  );
});

// Templates of such models wrote nothing for `bos_token`.
test('special tokens that only special_tokens_map.json names are known, unless the config has its own', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tokenizer-'));
  const write = (file: string, json: object) => writeFile(join(folder, file), JSON.stringify(json));
  try {
    await write('tokenizer.json', { ...bare, model: { type: 'BPE', vocab: { a: 0 }, merges: [] } });
    await write('special_tokens_map.json', { bos_token: '<s>', eos_token: { content: '</s>', lstrip: false } });
    expect((await Tokenizer.read(folder)).specialTokens).toEqual({ bos_token: '<s>', eos_token: '</s>' });
    await write('tokenizer_config.json', { eos_token: '<end>', added_tokens_decoder: {} });
    expect((await Tokenizer.read(folder)).specialTokens).toEqual({ eos_token: '<end>' });
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('a long text is encoded as often as asked, with the same ids', () => {
  const text = 'The tower stands on the hill. '.repeat(500);
  const first = tokenizer.encode(text);
  const [begin, length] = [first.slice(0, 5), first.length];
  first.length = 0;
  expect(tokenizer.encode(text)).toHaveLength(length);
  expect(tokenizer.encode(`${text}!`).slice(0, 5)).toEqual(begin);
  expect(tokenizer.decode(tokenizer.encode(text)).trim()).toBe(text.trim());
});

const letters = Object.fromEntries(
  ['<unk>', 'a', 'b', '.', ' ', '▁', '▁▁', '..', 'a.'].map((token, id) => [token, id]),
);

// Ids of tokenizers 0.23.3: marks were cut in one piece, and what is merged was cut off.
test.each([
  [{ type: 'Punctuation', behavior: 'Isolated' }, [1, 3, 3, 2]],
  [{ type: 'Punctuation', behavior: 'Contiguous' }, [1, 7, 2]],
  [{ type: 'Punctuation', behavior: 'Removed' }, [1, 2]],
  [{ type: 'Punctuation', behavior: 'MergedWithPrevious' }, [8, 3, 2]],
  [{ type: 'Split', pattern: { Regex: '[.]+' }, behavior: 'MergedWithNext', invert: false }, [1, 0]],
  [{ type: 'Split', pattern: { Regex: '[ab]+' }, behavior: 'Isolated', invert: true }, [1, 7, 2]],
])('a..b is cut with %j into %j', (pre_tokenizer, ids) => {
  const model = { type: 'WordLevel', vocab: letters, unk_token: '<unk>' };
  expect(Tokenizer.from({ ...bare, pre_tokenizer, model }, {}).encode('a..b')).toEqual(ids);
});

// Ids of tokenizers 0.23.3: two blanks were one piece.
test.each([
  [true, [5, 1, 5, 5, 2]],
  [false, [5, 1, 6, 2]],
])('words begin at blanks that became marks, if these are cut (%s)', (split, ids) => {
  const model = { type: 'BPE', vocab: letters, merges: [['▁', '▁']], unk_token: '<unk>' };
  const pre_tokenizer = { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split };
  expect(Tokenizer.from({ ...bare, pre_tokenizer, model }, {}).encode('a  b')).toEqual(ids);
});

// Ids of tokenizers 0.23.3: those of all words in a row were one.
test('unknown letters in a row are one token in each word', () => {
  const pre_tokenizer = { type: 'WhitespaceSplit' };
  const vocab = Object.entries(letters).map(([piece, id]) => [piece, -id]);
  const unigram = { ...bare, pre_tokenizer, model: { type: 'Unigram', unk_id: 0, vocab } };
  expect(Tokenizer.from(unigram, {}).encode('xy z abx')).toEqual([0, 0, 1, 2, 0]);
  const bpe = { type: 'BPE', vocab: letters, merges: [], unk_token: '<unk>', fuse_unk: true };
  expect(Tokenizer.from({ ...bare, pre_tokenizer, model: bpe }, {}).encode('xy z abx')).toEqual([0, 0, 1, 2, 0]);
});

// Texts of tokenizers 0.23.3.
test('a byte order mark that was written in bytes is decoded', () => {
  const vocab = Object.fromEntries(['a', '<0xEF>', '<0xBB>', '<0xBF>'].map((piece, id) => [piece, id]));
  const model = { type: 'BPE', vocab, merges: [], byte_fallback: true };
  const decoder = { type: 'Sequence', decoders: [{ type: 'ByteFallback' }, { type: 'Fuse' }] };
  expect(Tokenizer.from({ ...bare, model, decoder }, {}).decode([0, 1, 2, 3, 0])).toBe('a\uFEFFa');
});

test.each([
  ['never', ' a b'],
  ['always', 'a b'],
])('the first blank is decoded unless it was put there (%s)', (prepend_scheme, text) => {
  const model = { type: 'BPE', vocab: letters, merges: [] };
  const decoder = { type: 'Metaspace', replacement: '▁', prepend_scheme, split: true };
  expect(Tokenizer.from({ ...bare, model, decoder }, {}).decode([5, 1, 5, 2])).toBe(text);
});
