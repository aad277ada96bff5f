import { expect, test } from 'vitest';
import { jsonGrammar } from './json.ts';
import { SchemaRefused } from './schema-refused.ts';
import { accepts, goesOnWith, holds } from './written.ts';

const grammar = (pattern: string, more: object = {}) => jsonGrammar({ type: 'string', pattern, ...more });

/** Which of these texts the pattern lets through. Node's own expressions are the judge. */
function expectLikeNode(pattern: string, texts: readonly string[]) {
  const judge = new RegExp(pattern, 'u');
  const compiled = grammar(pattern);
  for (const text of texts) expect([text, holds(compiled, text)]).toEqual([text, judge.test(text)]);
}

test.each([
  'b',
  '^a',
  'c$',
  '^abc$',
  'a|^b|c$',
  '^(?:a|b)*c?$',
  '^a+b{2}$',
  '^a{1,2}b{0,1}c{0,}$',
  '^[^a]*$',
  '^[a-cA-C_-]+$',
  '^\\w+\\s?\\d*$',
  '^\\W$',
  '^.$',
  '^(?!ab)[a-z]+$',
  '^(?=.*c)(?=a).*$',
  '^a(?=b)b',
  '^(?<name>a)b*?$',
  '^\\u0061\\x62\\u{63}$',
  '^[\\u{1F600}-\\u{1F64F}]$',
  '^[가-힣]+$',
  '\\.|\\\\|\\/|"',
  '^$',
  'x^|b',
  '^[\\s\\S]{2,3}$',
])('is understood as Node does: %s', (pattern) => {
  expectLikeNode(pattern, [
    ...['', 'a', 'b', 'c', 'ab', 'abc', 'aab', 'aabb', 'abb', 'abbc', 'abbb', 'cab', 'aaabb', 'bb', 'ac', 'acb', 'xyz'],
    ...[
      'A_b-C',
      'a1',
      'a 1',
      'a\n',
      '\n',
      '\t',
      '\u0001',
      '"',
      '\\',
      '/',
      '.',
      'é',
      '😀',
      '😀😀',
      '가나',
      '가a',
      ' ',
      '-',
    ],
  ]);
});

test('only what can still become a match is let through', () => {
  expect(goesOnWith(grammar('^(cat|car|dog)$'), '"')).toBe('cd');
  expect(goesOnWith(grammar('^(cat|car|dog)$'), '"ca')).toBe('rt');
  expect(goesOnWith(grammar('^(cat|car|dog)$'), '"cat')).toBe('"');
  // Behind “b” nothing would be left.
  expect(goesOnWith(grammar('^(?!.*b)[a-c]+$'), '"a')).toBe('"ac');
});

test('each code point is written in one way', () => {
  const any = grammar('^[\\s\\S]$');
  expect(accepts(any, '"\\n"')).toBe(true);
  expect(accepts(any, '"\\u0001"')).toBe(true);
  expect(accepts(any, '"\\u0061"')).toBe(false);
  expect(accepts(any, '"\\/"')).toBe(false);
});

test('a length goes with a pattern, and a string is never led where it could not end in time', () => {
  const pairs = grammar('^(ab)+$', { minLength: 3, maxLength: 7 });
  expect(['ab', 'abab', 'ababab', 'abababab'].map((text) => holds(pairs, text))).toEqual([false, true, true, false]);
  expect(goesOnWith(pairs, '"ababab')).toBe('"');
  expect(holds(grammar('^.*$', { maxLength: 1 }), '😀')).toBe(true);
  expect(() => grammar('^abc', { maxLength: 2 })).toThrow(SchemaRefused);
});

test.each(['(a)\\1', '(?<=a)b', '\\bword\\b', '\\p{L}'])('what has no simple automaton is refused: %s', (pattern) => {
  expect(() => grammar(pattern)).toThrow(
    expect.objectContaining({ reason: 'unsupported', path: '#', keyword: 'pattern' }),
  );
});

// They were called not supported, as if they were expressions.
test.each(['(', ')', '[a', 'a**', 'a{2,1}', '\\k<a>', '(?i)a', '[[a]&&[b]]'])(
  'what is no regular expression (ECMA-262) is called that: %s',
  (pattern) => {
    expect(() => grammar(pattern)).toThrow(
      expect.objectContaining({ reason: 'invalid', path: '#', keyword: 'pattern' }),
    );
  },
);

test('a pattern that nothing matches is impossible', () => {
  expect(() => grammar('^a(?=b)c')).toThrow(expect.objectContaining({ reason: 'impossible' }));
});
