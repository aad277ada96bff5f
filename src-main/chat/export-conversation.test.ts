import { Marked } from 'marked';
import { expect, test } from 'vitest';
import type { Conversation, Message } from '../../src-contract/chat.ts';
import { conversationMarkdown } from './export-conversation.ts';

// Sound: only the title is read.
const conversation = { title: 'On rivers' } as Conversation;

test('a question is exported as typed, whatever Markdown or HTML it contains', () => {
  const question = [
    '# <b onclick="x">Wo</b> &lt; `a` *b* _c_ | ~~d~~ [e](f)',
    '1. first',
    '2) 둘째',
    '',
    '- third',
    '> fourth',
    '---',
    ':--',
    'def f(x):',
    '',
    '    return  x * 2',
    '\thttp://a_b.c and www.a_b.c, a_b@c.de #',
  ].join('\n');
  const html = new Marked({ gfm: true }).parse(conversationMarkdown(conversation, [said(question)], 'en')) as string;
  expect(html.match(/<[^>]*>/g)?.filter((tag) => !/^<\/?(h1|h2|p|br)>$/.test(tag))).toEqual([]);
  expect(textOf(html)).toBe(`On rivers\nQuestion\n${question.replaceAll('\n\n', '\n').replace('\t', '    ')}`);
});

test('in an answer, tags are escaped, images are not loaded, and code is left alone', () => {
  const written = 'A **bold** <img src=x> ![p](http://studio.example/p.png) `a < b`\n\n```html\n<p>![x](y)\n```';
  const html = new Marked({ gfm: true }).parse(conversationMarkdown(conversation, [answer(written)], 'en')) as string;
  expect(html).not.toContain('<img');
  expect(html).toContain('<strong>bold</strong> &lt;img src=x&gt;');
  expect(html).toContain('<code>a &lt; b</code>');
  expect(html).toContain('&lt;p&gt;![x](y)');
});

// Regression: a backslash in the answer undid the one put before the character; a fence inside a line, or an escaped
// backtick, was taken for code.
test.each([
  '\\<img src=x>',
  '\\\\<img src=x>',
  '\\![p](http://studio.example/p.png)',
  '\\`<img src=x>\\`',
  'inline ``` \n\n<img src=x>\n\n```',
  '- ```\n  code\n  ```\n\n<img src=x>',
  '> ```\n\n<img src=x>\n\n```',
  '`a\nb` <img src=x> `c`',
  'a `b\n- <img src=x> ` c',
  '<div>\n```\n\n<img src=x>\n\n```\n<img src=x>\n```',
  '`\uFFFF0\uFFFF` <img src=x>',
])('no tag in an answer gets through: %j', (written) => {
  const html = new Marked({ gfm: true }).parse(conversationMarkdown(conversation, [answer(written)], 'en')) as string;
  expect(html).not.toContain('<img');
  expect(textOf(html)).not.toContain('\\&lt;');
});

test.each([
  '``a < b``',
  '~~~\na < b\n~~~',
  'So:\n\n    a < b',
  '1. So:\n   ```\n   a < b\n   ```',
  '- `c\n  a < b`',
  '`` ` a < b``',
])('code in an answer is left as it is: %j', (written) => {
  expect(conversationMarkdown(conversation, [answer(written)], 'en')).toContain(written);
});

// marked is quadratic in the signs of a paragraph, and overflows the stack on nested quotes.
test.each([
  ['*a_', 4000],
  ['> ', 20_000],
  ['- ', 5000],
  ['`*[', 20_000],
] as const)('an answer that repeats %j is still exported', (sign, times) => {
  const written = `${sign.repeat(times)}<img src=x>`;
  expect(conversationMarkdown(conversation, [answer(written)], 'en')).toContain('&lt;img');
});

test('who answered, at what strength and how it ended is written in the chosen language', () => {
  const mixed = answer('SELECT 1', {
    ...{ adapterName: 'Rivers', adapterSha256: 'aaaabbbbcccc', strength: 0.5, task: 'nl2sql', finish: 'stopped' },
    mix: [{ adapterId: 'm', name: 'Lakes', sha256: 'ddddeeeeffff', strength: 1 }],
    ...{ comparisonId: 'c', isBest: true },
  });
  const path = [said('왜?', { passage: '강은 흐른다.' }), mixed, answer('', { onPath: false, comparisonId: 'c' })];
  expect(conversationMarkdown(conversation, path, 'ko').split('\n\n')).toEqual([
    ...['# On rivers', '## 질문', '지문:', '```\n강은 흐른다.\n```', '왜?'],
    ...['## Rivers (aaaabbbb, 강도 0.5) + Lakes (ddddeeee)의 답변', '```sql\nSELECT 1\n```'],
    '멈췄습니다. 비교한 답변 가운데 가장 나은 것으로 골랐습니다. 대화는 이 답변에서 이어집니다.',
    ...['## 기본 모델 (12345678)의 답변', '(없음)\n'],
  ]);
});

test('a query that took the place of another is followed by that one', () => {
  const replaced = answer('SELECT 1', { task: 'nl2sql', firstText: 'SELEKT 1' });
  const [, , , ...rest] = conversationMarkdown(conversation, [replaced], 'en').split('\n\n');
  expect(rest).toEqual(['This query took the place of a first one, which cannot be run:', '```sql\nSELEKT 1\n```\n']);
});

function said(text: string, input: Message['input'] = null): Message {
  // Sound here and below: no other field is read.
  return { role: 'user', text, input } as Message;
}

function answer(text: string, more: Partial<Message> = {}): Message {
  const base = {
    adapterName: null,
    adapterSha256: null,
    baseSha256: '1234567890',
    strength: null,
    mix: [],
    task: null,
    firstText: null,
  };
  return {
    role: 'assistant',
    text,
    ...base,
    finish: 'end',
    comparisonId: null,
    isBest: false,
    onPath: true,
    ...more,
  } as Message;
}

function textOf(html: string): string {
  const bare = html
    .replaceAll('<br>', '\n')
    .replace(/<[^>]*>/g, '')
    .replace(/\n+/g, '\n')
    .trim()
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
  const signs = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&nbsp;': ' ', '&amp;': '&' };
  return Object.entries(signs).reduce((text, [entity, sign]) => text.replaceAll(entity, sign), bare);
}

test('a long run of blanks is scanned only once', () => {
  const written = conversationMarkdown(conversation, [said(`a${' '.repeat(500_000)}b`)], 'en');
  expect(written.length).toBeGreaterThan(500_000);
});
