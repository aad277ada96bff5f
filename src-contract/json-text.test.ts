import { expect, test } from 'vitest';
import { jsonIn, jsonKey, readJson } from './json-text.ts';

const keyOf = (text: string) => {
  const value = readJson(text);
  return value === undefined ? undefined : jsonKey(value);
};

test('what a value is written like does not matter, nor the order of its keys', () => {
  expect(keyOf('{"name":"Müller","n":1}')).toBe(keyOf('{\n  "n": 1.0, "name": "M\\u00fcller" }'));
  expect(keyOf('[100, 0.5, -0, 1e2, 0.10]')).toBe(keyOf('[1e2, 5E-1, 0, 100.0, 1e-1]'));
  expect(keyOf('{"a":[1,2]}')).not.toBe(keyOf('{"a":[2,1]}'));
  expect(keyOf('{"a":1}')).not.toBe(keyOf('{"a":"1"}'));
  expect(keyOf('{"a":null}')).not.toBe(keyOf('{}'));
});

test('numbers are compared to their last digit', () => {
  expect(keyOf('[9007199254740993]')).not.toBe(keyOf('[9007199254740992]'));
  expect(keyOf('[0.30000000000000004]')).not.toBe(keyOf('[0.3]'));
  expect(keyOf('[1e999999999999999999]')).toBe(keyOf('[10e999999999999999998]'));
  expect(keyOf('[1e400]')).not.toBe(keyOf('[1e500]'));
});

test('of a key that stands twice the last counts, and __proto__ is a key', () => {
  expect(keyOf('{"a":1,"a":2}')).toBe(keyOf('{"a":2}'));
  expect(keyOf('{"__proto__":{"a":1}}')).toBe('{"__proto__":{"a":1e0}}');
  expect(keyOf('{"__proto__":{"a":1}}')).not.toBe(keyOf('{}'));
});

test('what Python prints, NaN, single values and what is cut off are no JSON', () => {
  for (const text of ["{'a': 1}", '{"a": NaN}', '[Infinity]', '"a"', '12', '', '{"a": 1,}', '{"a": [1, 2'])
    expect(jsonIn(text), text).toBeUndefined();
});

test('a code block that is the whole text is put off; what else stands around is told', () => {
  expect(jsonIn('```json\n{"a": 1}\n```')).toMatchObject({ alone: true, before: '', after: '' });
  expect(jsonIn(' [1]\n')).toMatchObject({ alone: true });
  expect(jsonIn('Here it is:\n```\n{"a": 1}\n```\nAnything else?')).toMatchObject({
    ...{ alone: false, before: 'Here it is:', after: 'Anything else?' },
  });
  const within = jsonIn('As in [1], "it" is "{"a": "} [2]"} (sure).');
  expect(within).toMatchObject({ before: 'As in [1], "it" is "', after: '(sure).', alone: false });
});

test('long and deep texts are read in one pass or not at all', () => {
  expect(jsonIn('['.repeat(100_000))).toBeUndefined();
  expect(jsonIn(`${'['.repeat(100_000)}${']'.repeat(100_000)}`)).toBeUndefined();
  expect(keyOf(`${'['.repeat(200)}${']'.repeat(200)}`)).toBeDefined();
  expect(jsonIn('{"a'.repeat(100_000))).toBeUndefined();
  for (const part of ['```\n{', '```x\n', '```', '["']) expect(jsonIn(part.repeat(50_000)), part).toBeUndefined();
  expect(jsonIn(`[1] `.repeat(50_000))).toMatchObject({ alone: false });
  expect(keyOf(`[1${'0'.repeat(100_000)}1, 1]`)).toBeDefined();
});
