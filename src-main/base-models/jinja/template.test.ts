import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Template } from './template.ts';

const messages = [
  { role: 'system', content: '' },
  { role: 'user', content: 'Hi' },
  { role: 'assistant', content: '<think>\nwhy\n</think>\n\n  because \n' },
];

const now = new Date(2026, 4, 3, 14, 7, 9);

const render = (source: string) => new Template(source).render({ messages, tools: null }, now);

// Expected: jinja2 3.1.6 with the settings of transformers 5.24.
test.each([
  // Qwen 3 keeps the blanks of an earlier answer: only line ends are taken away.
  ["{{ messages[2].content.split('</think>')[-1].lstrip('\\n') }}|", '  because \n|'],
  [
    "{{ 'xxaxx'.strip('x') }} {{ 'xyaxy'.lstrip('xy') }} {{ 'abc\\n\\n '.rstrip('\\n ') }} {{ ' a '.strip(none) }}",
    'a axy abc a',
  ],
  ["{{ 'xxaxx' | trim('x') }}{{ nothing | trim }}{{ 3 | trim }}", 'a3'],
  ["[{{ '\uFEFF a \u0085'.strip() }}] [{{ '\u001F a\u3000' | trim }}]", '[\uFEFF a] [a]'],
  ['{{ "they\'re BILL\'s 3d foo-bar 한국a" | title }}', "They're Bill's 3d Foo-Bar 한국a"],
  ['{{ "they\'re bill\'s friends from the UK 3d 한국a".title() }}', "They'Re Bill'S Friends From The Uk 3D 한국A"],
  ["{{ 'hELLO wORLD'.capitalize() }} {{ 'éA' | capitalize }}", 'Hello world Éa'],
  ["{{ '%s is %d%% of %05.2f|%5s|%-5s|' | format('a', 3, 3.14159, 'b', 'c') }}", 'a is 3% of 03.14|    b|c    |'],
  ["{{ '%s %s' | format(false, true) }}", 'False True'],
  // A system turn without words is a system turn all the same.
  ['{% if messages[0].content != false %}said{% endif %}', 'said'],
  [
    "{% for same in ['' == false, 0 == false, '1' == 1, [1] == [1], {'a': [1]} == {'a': [1]}, [1] == ['1']] %}{{ 'yes ' if same else 'no ' }}{% endfor %}",
    'no yes no yes yes no ',
  ],
  ['{{ tools is defined and tools is none }}', 'True'],
  // A tool that a conversation does not have is not none.
  [
    "{% for same in [nothing == none, nothing != None, tools == none, none != tools, messages[0].name == none, none == none, '' == none, nothing == nothing] %}{{ 'yes ' if same else 'no ' }}{% endfor %}",
    'no yes yes no no yes no yes ',
  ],
  ['x\r\n{% if true %}\r\ny\r\n{% endif %}\r\nz', 'x\ny\nz'],
  [
    "{{ strftime_now('%d %b %Y, %B %A %-d %e %I %p %H:%M:%S %y %j') }}",
    '03 May 2026, May Sunday 3  3 02 PM 14:07:09 26 123',
  ],
])('%j is rendered as %j', (source, text) => {
  expect(render(source)).toBe(text);
});

// What Jinja2 3.1.6 writes with the settings of transformers 5.25; null is a refusal. `messages` are four turns.
const answers = JSON.parse(readFileSync(join(import.meta.dirname, 'jinja2-answers.json'), 'utf8')) as {
  readonly messages: readonly unknown[];
  readonly answers: readonly (readonly [string, string | null])[];
};

test.each(answers.answers)('%j is written as Jinja2 writes it', (source, text) => {
  const given = { messages: answers.messages, tools: null, documents: null, add_generation_prompt: true };
  const write = () => new Template(source).render(given, now);
  if (text === null) expect(write).toThrow();
  else expect(write()).toBe(text);
});

// A system turn written before `continue`, as in EXAONE 4, was lost.
test.each(['continue', 'break'])('what a round wrote before it ends with %s stays', (end) => {
  const source = `{% for m in messages %}{% if m.role == 'system' %}[{{ m.role }}]{% ${end} %}{% elif loop.last %}{% for x in [1, 2, 3] %}{{ x }}{% if x == 2 %}!{% break %}{% endif %},{% endfor %}{% endif %}{{ m.role }};{% endfor %}.`;
  expect(render(source)).toBe(end === 'continue' ? '[system]user;1,2!assistant;.' : '[system].');
});

test('a pattern that names more or fewer values than there are is refused', () => {
  expect(() => render("{{ '%s %s' | format(1) }}")).toThrow('fewer values');
  expect(() => render("{{ '%s' | format(1, 2) }}")).toThrow('more values');
  expect(() => render("{{ '%d' | format('a') }}")).toThrow('no number for %d');
});

test('what is not there has no methods', () => {
  expect(() => render('{{ nothing.strip() }}')).toThrow("'nothing' is undefined");
});

// Regression: a text of a hundred million letters, split, ended the whole process.
test.each([
  [
    '{% set all = namespace(x="a ") %}{% for i in range(27) %}{% set all.x = all.x ~ all.x %}{% endfor %}{{ all.x.split(" ") | length }}',
    'text',
  ],
  [
    '{% set all = namespace(x=[1]) %}{% for i in range(27) %}{% set all.x = all.x + all.x %}{% endfor %}{{ all.x | length }}',
    'list',
  ],
  [
    '{% set x %}{% for i in range(100000) %}{{ "%1000s" | format("a") }}{% endfor %}{% endset %}{{ x | length }}',
    'text',
  ],
])('%s makes too long a %s', (source, kind) => {
  expect(() => render(source)).toThrow(`it makes a ${kind} that is too long`);
});

// Regression: texts and lists that were each short enough were kept until they filled two gigabytes.
test.each([
  ['texts', "{% for i in range(9999) %}{% set k.x = k.x + [('a' * 1000000) | upper] %}{% endfor %}"],
  ['lists', '{% for i in range(9999) %}{% set k.x = k.x + [range(100000)] %}{% endfor %}'],
  ['lists', "{% for i in range(9999) %}{% set k.x = k.x + [('ab' * 100000) | list] %}{% endfor %}"],
  ['texts', '{{ ([[1] * 1000] * 1000) | tojson(indent=1000) }}'],
  ['texts', `{{ ('%4000000s' * 999) | format(${Array(999).fill(1)}) }}`],
  ['lists', '{% set r = range(99999) %}{% for i in r %}{% set k.x = k.x + [r | reverse] %}{% endfor %}'],
  ['lists', '{% set r = range(99999) %}{% for i in r %}{% set k.x = k.x + [r | batch(99999)] %}{% endfor %}'],
  [
    'lists',
    '{% set r = range(9999) %}{% set d = dict(r | batch(2)) %}{% for i in range(99999) %}{% set k.x = k.x + [d.items()] %}{% endfor %}',
  ],
  [
    'lists',
    '{% set r = range(9999) %}{% set d = dict(r | batch(2)) %}{% for i in range(99999) %}{% set k.x = k.x + [namespace(d)] %}{% endfor %}',
  ],
  ['texts', "{% set r = 'a' * 10000000 %}{{ ([r] * 30) | map('upper') | list | length }}"],
  ['lists', "{% set r = [range(99999)] * 200 %}{{ r | map('list') | list | length }}"],
  [
    'lists',
    "{% set r = [{'a': 1}] * 99999 %}{% for i in range(200) %}{% set k.x = k.x + r | groupby('a') %}{% endfor %}",
  ],
  ['lists', '{% set r = range(99999) %}{% for i in r recursive %}{{ loop(r) }}{% endfor %}'],
])('a template may not make too many %s: %s', (kind, source) => {
  expect(() => render(`{% set k = namespace(x=[]) %}${source}`)).toThrow(`it makes too many or too long ${kind}`);
  expect(render('{{ range(3) | join }}')).toBe('012');
});

// Regression: a billion nothings ended the whole process.
test('a list of nothing stays empty however often it is repeated', () => {
  expect(render('{{ [] * 1000000000 }}')).toBe('[]');
});

// Regression: letters of a conversation beyond four million were refused, as if the template had made too many.
test('a conversation of many whole documents is written', () => {
  const contents = Array(12).fill('가'.repeat(1_000_000));
  const written = new Template('{% for content in contents %}{{ content }}{% endfor %}').render({ contents }, now);
  expect(written).toHaveLength(12_000_000);
});

// Regression: a letter more than a million was refused.
test('a long text of the conversation is counted', () => {
  const content = '가'.repeat(1_200_000);
  expect(new Template('{{ content | length }}').render({ content }, now)).toBe('1200000');
  expect(new Template('{{ content[:2] }}{{ content[-1] }}').render({ content: `${content}😀` }, now)).toBe('가가😀');
});

test('a text is filled up with one letter', () => {
  expect(() => render("{{ 'a'.center(1000000, 'b' * 1000000) }}")).toThrow('exactly one character');
  expect(render("{{ 'a'.center(4, '😀') }}")).toBe('😀a😀😀');
});

// Regression: the constructor of JavaScript was found in `loop`.
test.each(['constructor', '__proto__', 'toString', 'hasOwnProperty'])('loop has no %s', (name) => {
  expect(render(`{% for i in [1] %}{{ loop.${name} is defined }}{{ loop['${name}'] is defined }}{% endfor %}`)).toBe(
    'FalseFalse',
  );
});

test('a range is Python’s, up to Python’s limit', () => {
  expect(
    render('{{ range(3) | join }} {{ range(2, 9, 3) | join }} {{ range(3, 0, -1) | join }} {{ range(4, 2) | join }}.'),
  ).toBe('012 258 321 .');
  expect(render('{{ range(100000) | length }}')).toBe('100000');
  for (const sizes of ['100001', '0, 1000000000', '0, 5, 0', '0, 5, 0.5'])
    expect(() => render(`{{ range(${sizes}) | length }}`)).toThrow(/range|whole number/);
});
