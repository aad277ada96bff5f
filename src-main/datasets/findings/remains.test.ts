import { expect, test } from 'vitest';
import { judgeHtml } from './html-remains.ts';
import { judgeLetters } from './misread-letters.ts';
import { withoutRemains } from './remains.ts';

const misread = (text: string) => new TextDecoder('windows-1252').decode(Buffer.from(text));

test.each([
  ['<p>Hello&nbsp;there</p><p>Tom &amp; Jerry</p>', 'Hello there\n\nTom & Jerry'],
  ['One.<br /><br />Two<br>Three', 'One.\n\nTwo\nThree'],
  ['Passage: <p>One</p><p>Two</p>\n\nQuestion: Who?', 'Passage: One\n\nTwo\n\nQuestion: Who?'],
  ['Steps<ol class="a"><li>one</li><li>two</li></ol>', 'Steps\n\n- one\n- two'],
  ['<div style="color:red">Hi <a href="https://x.org">there</a></div>\nnext', 'Hi there\nnext'],
  ['Line one\nLine two &amp; three', 'Line one\nLine two & three'],
  ['It&#39;s rock &#146;n&#146; &amp;quot;roll&amp;quot;', 'It\'s rock ’n’ "roll"'],
])('what is left of a web page is taken out of a text: %j', (context, mended) => {
  expect(judgeHtml({ context, target: 'x' }).kind).toBe('sure');
  expect(withoutRemains({ context: 'x', target: context }, judgeHtml)).toEqual({ context: 'x', target: mended });
  // Cleaned once, it is clean.
  expect(judgeHtml({ context: mended, target: 'x' }).kind).toBe('none');
});

// Regression: what might be a name of a tag was read again without each of its last letters.
test('an unbroken text behind a bracket is looked at quickly', () => {
  expect(judgeHtml({ context: `<br><p>${'a'.repeat(10)}</p> <${'a'.repeat(1_000_000)}`, target: 'x' }).kind).toBe(
    'sure',
  );
}, 20_000);

test.each([
  'if (a < b) { return x<y; }',
  'List<String> names',
  'a &lt;b&gt; c',
  '<Button>ok</Button><br/>',
  'SELECT a FROM t WHERE a<b AND c>d',
  '{"text": "a &amp; b"}',
  'use `<br>` here',
  '```\n<p>a</p>\n```',
  'Which tag breaks a line: <br>?',
  'Write HTML: <p>a</p>',
  'x<sup>2</sup><br>y',
  '<table><tr><td>1</td></tr></table>',
  '| a | b<br>c |\n|---|---|',
  '<s>[INST] hello [/INST]</s>',
  '<p>',
  '<?xml version="1.0"?><p>a</p>',
  '<p>&nbsp;</p>',
])('code, markup and talk of them are left as they are: %j', (context) => {
  const pair = { context, target: 'x' };
  expect(judgeHtml(pair).kind).toBe('meant');
  expect(withoutRemains(pair, judgeHtml)).toEqual(pair);
});

test.each(['R&D; x', 'a < b and b > c', 'I <3 you', 'write to <john@x.org> or <https://x.org/a>'])(
  'nothing of a web page is in %j',
  (context) => expect(judgeHtml({ context, target: 'x' }).kind).toBe('none'),
);

test.each([
  'I don’t know',
  'café crème “à la carte” — 20 °C',
  'Österreich, Größe, wąż, łódź',
  'Nguyễn sống ở Việt Nam. Thật không?',
  'Привет мир',
  '안녕하세요 여러분',
  '你好，世界。',
  '😀 fine',
])('letters in UTF-8 that were read as Western ones are read anew: %s', (text) => {
  expect(withoutRemains({ context: misread(text), target: 'x' }, judgeLetters)).toEqual({ context: text, target: 'x' });
  expect(withoutRemains({ context: 'x', target: misread(misread(text)) }, judgeLetters).target).toBe(text);
});

// Most programs lose the byte that Windows has no letter for.
test('a closing quotation mark without its last letter is known by the opening one', () => {
  expect(withoutRemains({ context: 'â€œHelloâ€, he said', target: 'â€' }, judgeLetters)).toEqual({
    context: '“Hello”, he said',
    target: 'â€',
  });
});

test.each([
  'MANHÃ… e IRMÃ”, MAÇÃ®',
  '«está»… y «allá»—',
  'die Umlaute „Ä“ und „Ä…“',
  'CAFÉ” et été»',
  'la lettre «Â» ou Â\u00a0: x',
  'naïve Ångström ÄÖÜ çãõ',
  'the 3 × 4 ÷ 2 ±5',
])('letters that may be meant are left: %s', (context) => {
  expect(judgeLetters({ context, target: 'x' }).kind).toBe('none');
});

test('likely ones are read anew beside those that are beyond doubt', () => {
  expect(withoutRemains({ context: 'Viá»‡t', target: 'Ã©' }, judgeLetters)).toEqual({ context: 'Việt', target: 'é' });
  expect(judgeLetters({ context: 'why is é shown as Ã© in UTF-8?', target: 'x' }).kind).toBe('meant');
});
