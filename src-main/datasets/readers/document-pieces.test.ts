import { expect, test } from 'vitest';
import { markdownBlocks, plainBlocks } from './document-blocks.ts';
import { documentPieces } from './document-pieces.ts';
import { htmlBlocks } from './html-blocks.ts';
import { mailBlocks } from './mail-blocks.ts';

test('a long section is cut between paragraphs, and a further piece is learnt from the sentence before it', () => {
  const paragraph = (name: string) => `${name} begins. ${'More is said of it here. '.repeat(20)}${name} ends.`;
  const pieces = documentPieces(markdownBlocks(`# Ice\n\n${['A', 'B', 'C'].map(paragraph).join('\n\n')}`), 'ice');
  expect(pieces).toEqual([
    { heading: 'Ice', context: 'Ice', target: `${paragraph('A')}\n\n${paragraph('B')}` },
    { heading: 'Ice', context: 'Ice\n\nB ends.', target: paragraph('C') },
  ]);
});

// Regression: a line separator behind the blanks of a heading had each of them tried as the last.
test('a heading of very many blanks is read once', () => {
  expect(markdownBlocks(`#${' '.repeat(500_000)}\u2028`).blocks).toEqual([{ text: '#' }]);
});

test.each([
  ['of one paragraph at its sentences', 'A sentence of some words. '.repeat(200)],
  ['of lines', 'a line of some words\n'.repeat(200)],
  ['without sentences', 'word '.repeat(1000)],
  ['without blanks', 'x'.repeat(5000)],
  ['in Korean, of which fewer letters fit', '모든 직원은 휴가를 쓸 수 있습니다. '.repeat(100)],
  ['of letters of two halves', '😀'.repeat(2000)],
])('a text %s is cut without losing any of it', (_, text) => {
  const pieces = documentPieces({ title: 'T', blocks: [{ text: text.trim() }] }, 't').map(({ target }) => target);
  expect(pieces.join('').replace(/\s/g, '')).toBe(text.replace(/\s/g, ''));
  expect(pieces.every((piece) => piece.length <= 1300 && piece.isWellFormed())).toBe(true);
  expect(pieces.every((piece) => !/[가-힣]/.test(piece) || piece.length <= 550)).toBe(true);
  expect(pieces.length).toBeGreaterThan(2);
});

test('a plain text has headings where short lines stand alone, but a poem has none', () => {
  expect(
    plainBlocks('Leave\n\nAll have 25 days.\n\n1. Carry over\n\nFive days\nat most.\n\n- an item\n\nKind regards,')
      .blocks,
  ).toEqual([
    { level: 1, text: 'Leave' },
    { text: 'All have 25 days.' },
    { level: 2, text: '1. Carry over' },
    { text: 'Five days\nat most.' },
    { text: '- an item' },
    { text: 'Kind regards,' },
  ]);
  expect(
    plainBlocks('The rose\n\nThe thorn\n\nThe dew\n\nis gone.').blocks.every(({ level }) => level === undefined),
  ).toBe(true);
});

test('Markdown: marks within code are no headings, and underlined lines are', () => {
  expect(markdownBlocks('Title\n=====\n```\n# no\n\n```\nSub\n---\ntext\n\n---\n').blocks).toEqual([
    { level: 1, text: 'Title' },
    { text: '```\n# no\n\n```' },
    { level: 2, text: 'Sub' },
    { text: 'text' },
  ]);
});

test.each([
  ['<h1>A &amp; B</h1><p>x<br>y</p><ul><li>one<li>two</ul>', ['A & B', 'x\ny', '- one', '- two']],
  ['a &lt; b &#x41;&#0;&#xD800; < c', ['a < b A&#0;&#xD800; < c']],
  ['<p>before<!-- never closed <p>after', ['before']],
  ['<p>before<script>never closed <p>after', ['before']],
  ['<p>text <a href="x', ['text']],
  ['<nav><p>menu</nav><main>text</main>', ['text']],
  ['<pre>\n a\n  b</pre>', [' a\n  b']],
  ['<svg/><p>text', ['text']],
])('the text of %s', (html, texts) => {
  expect(htmlBlocks(html).blocks.map(({ text }) => text)).toEqual(texts);
});

test.each([
  [
    'plain, of several lines in a header and with what it answers',
    'Subject: =?UTF-8?B?7Zqo6rO8?=\r\n =?utf-8?q?_of_ice?=\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nDear Mina,\r\n\r\nit =\r\nis =C3=A9.\r\n\r\nOn Monday Jun wrote:\r\n> quoted\r\n-- \r\nJun',
    { title: '효과 of ice', blocks: [{ text: 'Dear Mina,' }, { text: 'it is é.' }] },
  ],
  [
    'in parts',
    'Subject: Re: Ice\nContent-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Type: multipart/alternative;\n boundary=c\n\n--c\nContent-Type: text/html; charset=euc-kr\nContent-Transfer-Encoding: base64\n\nPHA+yN6woTxwPg==\n--c--\n--b\nContent-Type: text/plain\nContent-Disposition: attachment\n\nno\n--b--',
    { title: 'Ice', blocks: [{ text: '휴가' }] },
  ],
  [
    'of parts without an end',
    `Content-Type: multipart/mixed; boundary=b\n\n${'--b\nContent-Type: multipart/mixed; boundary=b\n\n'.repeat(50_000)}`,
    { blocks: [] },
  ],
  ['of a header only', 'Subject: Ice', { title: 'Ice', blocks: [] }],
])('a mail %s', (_, mail, document) => {
  expect(mailBlocks(Buffer.from(mail, 'latin1'))).toEqual(document);
});

// In time that grows with its length only: otherwise this would take minutes.
test('letters without a blank are cut too, and nothing of them is lost', () => {
  const letters = 'QUJD😀Q'.repeat(3_000_000);
  const targets = documentPieces({ title: 'Data', blocks: [{ text: letters }] }, 'data').map(({ target }) => target);
  expect(targets.join('') === letters).toBe(true);
  expect(targets.every((target) => target.isWellFormed())).toBe(true);
  expect(Math.max(...targets.map(({ length }) => length))).toBe(1200);
});

// In time that grows with their length only: otherwise these would take hours.
test.each([
  ['tags that never end', '<a'.repeat(1_000_000)],
  ['signs', '< '.repeat(1_000_000)],
  ['scripts that never end', `${'<script>'.repeat(200_000)}`],
  ['line breaks', `${'<br>'.repeat(300_000)}x`],
  ['blanks', `${' '.repeat(2_000_000)}x`],
])('hostile pages are read to their end: %s', (_, html) => {
  const { blocks } = htmlBlocks(`<p>first<p>${html}`);
  expect(blocks[0]).toEqual({ text: 'first' });
  expect(plainBlocks(html).blocks.length + markdownBlocks(`---\n${html}`).blocks.length).toBeGreaterThan(0);
});
