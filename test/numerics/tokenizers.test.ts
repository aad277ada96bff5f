import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { Tokenizer } from '../../src-main/base-models/tokenizer.ts';
import { mayTakeForEver } from '../../src-main/base-models/tokenizer-limits.ts';
import { openGguf } from '../../src-main/engine/formats/gguf.ts';
import { knownPreTokenizers, preTokenizerOf } from '../../src-main/engine/formats/gguf-pre-tokenizers.ts';
import { ggufTokenizer } from '../../src-main/engine/formats/gguf-tokenizer.ts';

// Ids of the same texts (English, Korean, German, Chinese, Arabic, emoji, SQL, code, unusual white space) from the
// reference libraries; see golden/make_tokenizers.py.
const folder = join(import.meta.dirname, 'golden/tokenizers');
const { texts, ids } = JSON.parse(await readFile(join(folder, 'ids.json'), 'utf8')) as {
  texts: string[];
  ids: Record<string, number[][]>;
};
const byteLevel = ['gpt-2', 'smollm', 'llama-bpe', 'qwen2', 'tekken'];

async function fromJson(family: string): Promise<Tokenizer> {
  return Tokenizer.from(JSON.parse(await readFile(join(folder, `${family}.json`), 'utf8')), {});
}

async function fromGguf(family: string): Promise<Tokenizer> {
  const file = await openGguf(join(folder, `${family}.gguf`));
  try {
    const { tokenizer, config } = ggufTokenizer(file);
    // As it is read back: it is written as JSON.
    return Tokenizer.from(JSON.parse(JSON.stringify(tokenizer)), config);
  } finally {
    await file.close();
  }
}

describe.each([
  ...[...byteLevel, 'unigram'].map((family) => ({ family, from: 'tokenizer.json', read: fromJson })),
  ...[...byteLevel, 'spm'].map((family) => ({ family, from: 'GGUF', read: fromGguf })),
])('$family from $from', ({ family, read }) => {
  let tokenizer: Tokenizer;
  beforeAll(async () => {
    tokenizer = await read(family);
  });

  test.each(texts.map((text, t) => ({ text, expected: ids[family]?.[t] })))(
    'the ids of $text',
    ({ text, expected }) => {
      expect(tokenizer.encode(text)).toEqual(expected);
    },
  );
});

test('how common models cut texts needs no time limit', () => {
  const timed = knownPreTokenizers()
    .split(', ')
    .filter((name) => mayTakeForEver({ ...preTokenizerOf(name), model: { type: 'BPE' } }));
  expect(timed).toEqual([]);
});
