import { expect, test } from 'vitest';
import { fileKinds } from '../../../src-contract/file-kind.ts';
import { kindOfFile } from './file-kind.ts';
import { xmlTokens } from './xml-tokens.ts';

test('XML without a prolog is recognised quickly after any number of comments', () => {
  const comments = '<!---->'.repeat(50);
  expect(kindOfFile(Buffer.from(`${comments}<rows>\n<row/>\n</rows>`))).toMatch(/XML/);
  expect(kindOfFile(Buffer.from(`${comments}no element`))).toBeUndefined();
});

// Regression: every way to distribute the blanks was tried.
test('text with many blanks is quickly found to be no other kind', () => {
  const texts = [
    `${' '.repeat(60_000)}x`,
    `Title: a note\n${'      and more of it\n'.repeat(60)}`,
    `@relation a\n${'\n'.repeat(60)}x`,
  ];
  for (const text of texts) expect(kindOfFile(Buffer.from(text))).toBeUndefined();
}, 20_000);

test('a table whose cells are HTML is not an XML document', () => {
  const table = '<p><b>Q1</b></p>\t<p>A1</p>\n<p><b>Q2</b></p>\t<p>A2</p>\n';
  expect(kindOfFile(Buffer.from(table))).toBeUndefined();
  expect(kindOfFile(Buffer.from('<rows><row>1</row></rows>'))).toMatch(/XML/);
});

// Regression: their lines became the rows of a table.
test.each([
  ['a JavaScript module', 'export default [\n  { "context": "a", "target": "b" }\n];\n', 'JAVASCRIPT'],
  ['a CommonJS module', 'module.exports = [\n  { "context": "a", "target": "b" }\n];\n', 'JAVASCRIPT'],
  ['a list encoded twice', JSON.stringify('[{"context":"a","target":"b"}]'), 'JSON_TWICE'],
  ['lines encoded twice', `${JSON.stringify('{"context":"a"}')}\n${JSON.stringify('{"context":"b"}')}\n`, 'JSON_TWICE'],
] as const)('%s is not a table', (_, text, kind) => {
  expect(kindOfFile(Buffer.from(text))).toBe(fileKinds[kind]);
});

test('a quoted cell may hold JSON', () => {
  expect(kindOfFile(Buffer.from('"{""a"": 1}","b"\n"{""a"": 2}","c"\n'))).toBeUndefined();
  expect(kindOfFile(Buffer.from('"{\\"a\\": 1}","b"\n"{\\"a\\": 2}","c"\n'))).toBeUndefined();
});

test('a lone surrogate reference stays as written, and the text around it is decoded', async () => {
  const chunks = (async function* () {
    yield Buffer.from('<t>a &amp; b &lt;c&gt; &#xD83D; &#xD83D;&#xDE00;</t>');
  })();
  const texts: string[] = [];
  for await (const tokens of xmlTokens(chunks, () => new Error('too long')))
    for (const token of tokens) if (token.kind === 'text') texts.push(token.text);
  expect(texts.join('')).toBe('a & b <c> &#xD83D; &#xD83D;&#xDE00;');
});
