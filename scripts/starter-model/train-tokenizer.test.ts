import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Tokenizer } from '@huggingface/tokenizers';
import { expect, test } from 'vitest';
import { byteAlphabet } from './byte-alphabet.ts';
import { learnMerges } from './byte-pairs.ts';
import { trainTokenizer } from './train-tokenizer.ts';

const small = load(trainTokenizer(['Mina lives in Busan. Mina is 20.', '미나는 부산에 산다.'], 300));

test('the most frequent pair is joined first, and pairs are counted anew after it', () => {
  const pieces = new Map([
    ['abab', 3],
    ['abc', 1],
  ]);
  expect(learnMerges(pieces, 10)).toEqual([
    ['a', 'b'],
    ['ab', 'ab'],
  ]);
});

test('the byte alphabet has 256 different characters and writes a space as Ġ', () => {
  expect(new Set(byteAlphabet).size).toBe(256);
  expect(byteAlphabet[0x20]).toBe('Ġ');
});

test('a text that stands alone has the tokens that it has after a space', () => {
  const alone = small.encode('Busan').ids;
  const within = small.encode('Mina lives in Busan').ids;
  expect(within.slice(-alone.length)).toEqual(alone);
});

test('digits are tokens of their own', async () => {
  expect((await shipped()).encode('Mina is 2045').tokens.slice(-4)).toEqual(['Ġ2', '0', '4', '5']);
});

test('a Korean name has the same tokens with and without a particle', async () => {
  const { tokens } = (await shipped()).encode('김민서');
  expect((await shipped()).encode('김민서는 부산에 산다.').tokens.slice(0, tokens.length)).toEqual(tokens);
});

test.each([
  'English text, with "marks".',
  'SELECT name FROM t WHERE x >= 3;',
  '김민서는 뷁을 샀다',
  '😀 👩‍🚀',
  'a  b\n\n\tc ',
])('decoding returns %j after one space', async (text) => {
  for (const tokenizer of [small, await shipped()])
    expect(tokenizer.decode(tokenizer.encode(text).ids)).toBe(` ${text}`);
});

test('the end of text is token 0', async () => {
  expect((await shipped()).encode('<|endoftext|>').ids).toEqual([0]);
});

async function shipped(): Promise<Tokenizer> {
  const folder = join(import.meta.dirname, '../../resources/starter-model');
  const read = async (name: string) => JSON.parse(await readFile(join(folder, name), 'utf8'));
  return load({ tokenizer: await read('tokenizer.json'), config: await read('tokenizer_config.json') });
}

function load({ tokenizer, config }: { tokenizer: object; config: object }): Tokenizer {
  return new Tokenizer(tokenizer, config);
}
