import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { TextStream } from './text-stream.ts';
import { Tokenizer, withoutLeadingSpace } from './tokenizer.ts';

let tokenizer: Tokenizer;

beforeAll(async () => {
  tokenizer = await Tokenizer.read(join(import.meta.dirname, '../../resources/starter-model'));
});

const texts = [
  'SELECT count(*) FROM singer WHERE age >= 30 ;',
  'naïve café 🙂🙃',
  '서울은 대한민국의 수도이다.',
  'a\n\n  b\tc , d .',
];

test.each(texts)('%j round-trips, apart from the leading space of this tokenizer', (text) => {
  expect(withoutLeadingSpace(tokenizer.decode(tokenizer.encode(text)))).toBe(text);
});

test.each(texts)('streaming %j never emits half a character, and adds up to the whole', async (text) => {
  const stream = new TextStream(tokenizer);
  const deltas = await pushed(stream, tokenizer.encode(text));
  for (const delta of deltas) expect(delta).not.toContain('\uFFFD');
  expect(withoutLeadingSpace(deltas.join(''))).toBe(text);
});

test('a character whose last bytes never arrive is dropped', async () => {
  const stream = new TextStream(tokenizer);
  const ids = tokenizer.encode('ok 🙂').slice(0, -1);
  expect((await pushed(stream, ids)).join('')).toBe(' ok ');
});

test('the end-of-text token adds no text', async () => {
  const end = tokenizer.idOf('<|endoftext|>') ?? -1;
  const stream = new TextStream(tokenizer);
  expect((await pushed(stream, [...tokenizer.encode('Paris'), end])).join('')).toBe(' Paris');
});

test('a continuation keeps its first space although the decoder drops that of a text', async () => {
  const model = { type: 'BPE', vocab: { '▁a': 0, '▁b': 1, c: 2 }, merges: [] };
  const strip = { type: 'Strip', content: ' ', start: 1, stop: 0 };
  const decoders = [{ type: 'Replace', pattern: { String: '▁' }, content: ' ' }, { type: 'Fuse' }, strip];
  const parts = { added_tokens: [], normalizer: null, pre_tokenizer: null, post_processor: null };
  const tokenizer = Tokenizer.from({ ...parts, model, decoder: { type: 'Sequence', decoders } }, {});
  expect((await pushed(new TextStream(tokenizer), [1, 2, 1])).join('')).toBe('bc b');
  expect((await pushed(new TextStream(tokenizer, 0), [1, 2, 1])).join('')).toBe(' bc b');
});

async function pushed(stream: TextStream, ids: readonly number[]): Promise<string[]> {
  const deltas: string[] = [];
  for (const id of ids) deltas.push(await stream.push(id));
  return deltas;
}
