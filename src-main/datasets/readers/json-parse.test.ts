import { expect, test } from 'vitest';
import { parseJson } from './json-parse.ts';

test.each([
  ['{"a":1,"a":2}', { a: 1, 'a 2': 2 }],
  ['{"a":1,"a":2,"a 2":3}', { a: 1, 'a 2': 2, 'a 2 2': 3 }],
  ['{"a" : {"b":1, "b" : 2}, "b":3}', { a: { b: 1, 'b 2': 2 }, b: 3 }],
  ['[{"a":1},{"a":2}]', [{ a: 1 }, { a: 2 }]],
  ['{"a":"\\"a\\": 1","b":": \\\\"}', { a: '"a": 1', b: ': \\' }],
  ['{"a":": x","\\u0061":1.10}', { a: ': x', 'a 2': '1.10' }],
])('keys of one object are kept apart: %s', (text, value) => {
  const twice: string[] = [];
  expect(parseJson(text, (name) => twice.push(name))).toEqual(value);
  expect(twice.length > 0).toBe(JSON.stringify(value).includes(' 2"'));
});
