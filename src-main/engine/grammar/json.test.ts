import { expect, test } from 'vitest';
import { jsonGrammar } from './json.ts';
import { accepts, goesOnWith, written } from './written.ts';

const anyObject = jsonGrammar();

test.each([
  '{}',
  '{ }',
  '{"a":1}',
  '{"a": [1, -2.5e3, 0, "x", true, false, null], "b": {"c": []}}',
  '{\n  "a": 1,\n  "b": [\n    {}\n  ]\n}',
  '{\n\t"a": 1\n}',
  '{"a": "\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uD83D\\ude00"}',
  '{"": "예 é 😀"}',
])('an object is accepted: %s', (text) => {
  JSON.parse(text);
  expect(accepts(anyObject, text)).toBe(true);
});

test.each([
  '',
  '[]',
  '1',
  '{',
  '{"a"}',
  '{"a":}',
  '{"a":1,}',
  '{,}',
  "{'a':1}",
  '{a:1}',
  '{"a":01}',
  '{"a":+1}',
  '{"a":1.}',
  '{"a":.5}',
  '{"a":1e}',
  '{"a":[1,]}',
  '{"a":[1 2]}',
  '{"a":nul}',
  '{"a":"\\x"}',
  '{"a":"\n"}',
  '{"a":"\\u12"}',
  '{"a":1}}',
])('what is no JSON object is not: %s', (text) => {
  expect(accepts(anyObject, text)).toBe(false);
});

test('nothing stands in front of the object or behind it', () => {
  expect(goesOnWith(anyObject, '')).toBe('{');
  expect(goesOnWith(anyObject, '{"a": 1}')).toBe('');
  expect(written(anyObject, '{"a": 1}')?.accepting).toBe(true);
});

test('between tokens there is at most one blank, or one line break with its indentation', () => {
  expect(accepts(anyObject, '{  }')).toBe(false);
  expect(accepts(anyObject, '{\n\n}')).toBe(false);
  expect(accepts(anyObject, '{ \n}')).toBe(false);
  expect(goesOnWith(anyObject, '{"a"')).toBe(' :');
  expect(goesOnWith(anyObject, '{"a": ')).not.toContain('\n');
});

// Regression: an answer of two short fields was full of tabs before it was closed.
test('there is more indentation only where more is open', () => {
  const blanks = (count: number) => `\n${' '.repeat(count)}`;
  expect(accepts(anyObject, `{${blanks(8)}}`)).toBe(true);
  expect(goesOnWith(anyObject, `{${blanks(8)}`)).toBe('"}');
  const value = { a: [{ b: { c: [[1, {}], 2] } }], d: 'e' };
  for (const indent of [1, 2, 4, '\t']) expect(accepts(anyObject, JSON.stringify(value, null, indent))).toBe(true);
  const deep = JSON.parse(`${'{"a":['.repeat(8)}${']}'.repeat(8)}`);
  expect(accepts(anyObject, JSON.stringify(deep, null, 4))).toBe(true);
  expect(goesOnWith(anyObject, `{"a":[1],${blanks(8)}`)).toBe('"');
});

test('digits do not go on for ever', () => {
  expect(goesOnWith(anyObject, `{"a":1${'0'.repeat(21)}`)).not.toContain('0');
  expect(goesOnWith(anyObject, `{"a":0.${'3'.repeat(22)}`)).not.toContain('3');
  expect(goesOnWith(anyObject, '{"a":1e99')).not.toContain('9');
});

test('a string is well-formed UTF-8', () => {
  const string = (...bytes: number[]) =>
    accepts(jsonGrammar({ type: 'string' }), Uint8Array.from([0x22, ...bytes, 0x22]));
  expect(string(0xc3, 0xa9)).toBe(true);
  expect(string(0xf0, 0x9f, 0x98, 0x80)).toBe(true);
  expect(string(0x80)).toBe(false);
  expect(string(0xc3)).toBe(false);
  expect(string(0xc0, 0xaf)).toBe(false); // “/” in too many bytes
  expect(string(0xe0, 0x80, 0xaf)).toBe(false);
  expect(string(0xed, 0xa0, 0x80)).toBe(false); // half a surrogate pair
  expect(string(0xf4, 0x90, 0x80, 0x80)).toBe(false); // behind the last code point
});

test('half a surrogate pair cannot be escaped alone', () => {
  const string = jsonGrammar({ type: 'string' });
  expect(accepts(string, '"\\ud7ff\\ue000"')).toBe(true);
  expect(accepts(string, '"\\ud83d"')).toBe(false);
  expect(accepts(string, '"\\ud83d\\u0041"')).toBe(false);
  expect(accepts(string, '"\\ude00"')).toBe(false);
});

test('wherever a string or a list goes on alike, the state is the same object', () => {
  const text = '{"list": [{"name": "a", "n": 1}, {"name": "';
  expect(written(anyObject, `${text}b`)).toBe(written(anyObject, `${text}a longer \\n text`));
  expect(written(anyObject, '{"list": [1, 2')).toBe(written(anyObject, '{"list": [3, 4, 5, 6'));
});
