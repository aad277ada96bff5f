import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Tokenizer } from '../../base-models/tokenizer.ts';
import { tokenBytes } from './token-bytes.ts';

const latin1 = (text: string) => Buffer.from(text).toString('latin1');

test('byte-level vocabularies write bytes with letters of their own', () => {
  const table = tokenBytes({
    model: { vocab: { Ġa: 0, Ã: 0x10, '¼': 0x11, Ċ: 2, Ļ: 3, '▁': 4 } },
    decoder: { type: 'Sequence', decoders: [{ type: 'ByteLevel' }] },
    added_tokens: [
      { id: 5, content: '<|end|>', special: true },
      { id: 6, content: '<tool> ü', special: false },
    ],
  });
  expect(table[0]).toBe(' a');
  expect([table[0x10], table[0x11]].join('')).toBe(latin1('ü'));
  expect(table[2]).toBe('\n');
  expect(table[3]).toBe('\x99');
  // No letter of the alphabet: such a token can only be meant as it stands there.
  expect(table[4]).toBe(latin1('▁'));
  expect([table[5], table[6], table[1]]).toEqual([undefined, latin1('<tool> ü'), undefined]);
});

test('SentencePiece marks spaces, and has tokens for bytes', () => {
  const parts = [
    { type: 'Replace', pattern: { String: '▁' }, content: ' ' },
    { type: 'ByteFallback' },
    { type: 'Fuse' },
    { type: 'Strip', content: ' ', start: 1, stop: 0 },
  ];
  const vocab = [
    ['<unk>', 0],
    ['▁▁Zürich', -1],
    ['<0x0A>', -2],
    ['<0xFF>', -3],
    ['a▁b', -4],
  ] as const;
  const table = tokenBytes({ model: { vocab, unk_token: '<unk>' }, decoder: { type: 'Sequence', decoders: parts } });
  expect(table).toEqual([undefined, latin1('  Zürich'), '\n', '\xff', 'a b']);
  const marked = tokenBytes({
    model: { vocab: { _a: 0, '<0x0A>': 1 } },
    decoder: { type: 'Metaspace', replacement: '_' },
  });
  expect(marked).toEqual([' a', '<0x0A>']);
});

test('the bytes of a text’s tokens are those of the text, behind the space that the tokenizer puts first', async () => {
  const folder = join(import.meta.dirname, '../../../resources/starter-model');
  const tokenizer = await Tokenizer.read(folder);
  const table = tokenBytes(JSON.parse(await readFile(join(folder, 'tokenizer.json'), 'utf8')));
  const text = 'SELECT "größe" FROM t;\n한국어 😀\t{"a": [1, 2]}';
  expect(
    tokenizer
      .encode(text)
      .map((id) => table[id])
      .join(''),
  ).toBe(latin1(` ${text}`));
});
