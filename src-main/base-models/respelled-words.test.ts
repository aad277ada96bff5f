import { join } from 'node:path';
import { expect, test } from 'vitest';
import { RespelledWords } from './respelled-words.ts';
import { Tokenizer } from './tokenizer.ts';

/** A byte-level tokenizer that knows “ cat” and “ ca”, “at” and “ 값” as tokens. */
function byteLevel(): Tokenizer {
  const merges = ['a t', 'Ġ c', 'Ġc a', 'Ġca t', 'ê °', 'ê° Ĵ', 'Ġ ê°Ĵ'];
  const letters = ['a', 'c', 's', 't', 'x', ',', 'Ġ', 'ê', '°', 'Ĵ'];
  const tokens = [...letters, ...merges.map((pair) => pair.replace(' ', ''))];
  const vocab = Object.fromEntries(tokens.map((token, id) => [token, id]));
  return Tokenizer.from(
    {
      model: { type: 'BPE', vocab, merges },
      pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false },
      decoder: { type: 'ByteLevel' },
      ...{ normalizer: null, post_processor: null, added_tokens: [] },
    },
    {},
  );
}

test('words are spelled without the space before them, to the end of the word', () => {
  const tokenizer = byteLevel();
  const words = new RespelledWords(tokenizer);
  const prompt = tokenizer.encode('x cats, cat 값');
  const found = words.of(prompt).map(({ ids, end }) => [ids, tokenizer.decode(prompt.slice(0, end))]);
  expect(found).toEqual([
    [tokenizer.encode('cats'), 'x cats'],
    [tokenizer.encode('cat'), 'x cats, cat'],
    [tokenizer.encode('값'), 'x cats, cat 값'],
  ]);
});

test('a tokenizer that puts a space before every text needs nothing respelled', async () => {
  const tokenizer = await Tokenizer.read(join(import.meta.dirname, '../../resources/starter-model'));
  expect(new RespelledWords(tokenizer).of(tokenizer.encode('The cat sat on the mat.'))).toEqual([]);
});
