import { expect, test } from 'vitest';
import { type XmlToken, xmlTokens } from './xml-tokens.ts';

test('tokens that span pieces are read as if they came in one', async () => {
  const xml =
    '<?xml version="1.0"?><a b="1 > 0">one<!-- a - comment > with -- signs -->two<![CDATA[ ]]<]>]]></a><e/> tail <never';
  const whole = await tokensOf([xml]);
  expect(whole.map((token) => (token.kind === 'text' ? token.text : `${token.kind} ${token.name}`))).toEqual([
    'open a',
    'one',
    'two',
    ' ]]<]>',
    'close a',
    'open e',
    ' tail ',
  ]);
  for (const length of [1, 2, 3, 7]) {
    const pieces = Array.from({ length: Math.ceil(xml.length / length) }, (_, at) =>
      xml.slice(at * length, (at + 1) * length),
    );
    expect(merged(await tokensOf(pieces)), `in pieces of ${length}`).toEqual(whole);
  }
});

// Regression: each was searched again from its start with every piece; 16 MB took six seconds, and 64 MB a hundred.
test.each([
  ['an unclosed comment', '<!--', 'a -> <b> - '],
  ['text without tags', '<a>', 'words and '],
  ['an unclosed literal', '<![CDATA[', 'a < b ]> '],
])('%s takes time linear in its length', async (_, head, filler) => {
  const piece = Buffer.from(filler.repeat(Math.floor(16_384 / filler.length)));
  const began = performance.now();
  let tokens = 0;
  async function* pieces() {
    yield Buffer.from(head);
    for (let at = 0; at < 4096; at++) yield piece;
  }
  for await (const found of xmlTokens(pieces(), tooLong)) tokens += found.length;
  expect(tokens).toBeLessThan(3);
  expect(performance.now() - began).toBeLessThan(5000);
});

// Regression: it was held whole, up to the 64 GB that an archive entry may unpack to.
test('a token that is too long is refused as soon as that is known', async () => {
  const piece = Buffer.alloc(1024 * 1024, 'x');
  let read = 0;
  async function* endless() {
    for (yield Buffer.from('<c><v>'); ; read++) yield piece;
  }
  await expect(Array.fromAsync(xmlTokens(endless(), tooLong))).rejects.toThrow('too long');
  expect(read).toBeLessThan(70);
});

const tooLong = () => new Error('too long');

async function tokensOf(pieces: readonly string[]): Promise<XmlToken[]> {
  const chunks = (async function* () {
    for (const piece of pieces) yield Buffer.from(piece);
  })();
  const tokens: XmlToken[] = [];
  for await (const found of xmlTokens(chunks, tooLong)) tokens.push(...found);
  return tokens;
}

/** A text may come as several tokens. */
function merged(tokens: readonly XmlToken[]): XmlToken[] {
  const whole: XmlToken[] = [];
  for (const token of tokens) {
    const before = whole.at(-1);
    if (token.kind === 'text' && before?.kind === 'text' && !/^(?:two| \]\])/.test(token.text)) {
      whole[whole.length - 1] = { kind: 'text', text: before.text + token.text };
    } else whole.push(token);
  }
  return whole;
}
