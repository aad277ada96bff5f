import { expect, test } from 'vitest';
import { cellOf } from './cell-text.ts';
import { parseJson } from './json-parse.ts';

test.each([
  ['{"a":1,"a":2}', { a: 1, 'a 2': 2 }],
  ['{"a":1,"a":2,"a 2":3}', { a: 1, 'a 2': 2, 'a 2 2': 3 }],
  ['{"a" : {"b":1, "b" : 2}, "b":3}', { a: { b: 1, 'b 2': 2 }, b: 3 }],
  ['[{"a":1},{"a":2}]', [{ a: 1 }, { a: 2 }]],
  ['{"a":"\\"a\\": 1","b":": \\\\"}', { a: '"a": 1', b: ': \\' }],
  ['{"a":": x","\\u0061":1.10}', { a: ': x', 'a 2': '1.10' }],
])('duplicate keys of an object are kept apart: %s', (text, value) => {
  const twice: string[] = [];
  expect(parseJson(text, { onTwice: (name) => twice.push(name) })).toEqual(value);
  expect(twice.length > 0).toBe(JSON.stringify(value).includes(' 2"'));
});

test.each([
  ['{"a":1,}', { a: 1 }],
  ['{"a":[1,2 ,\n],\n}', { a: [1, 2] }],
  ['{"a":"x\ny\tz","b":NaN,}', { a: 'x\ny\tz', b: 'NaN' }],
  ['{"a":",}","b":"\\",]",}', { a: ',}', b: '",]' }],
  ['{"a":1,"a":2,}', { a: 1, 'a 2': 2 }],
])('unambiguous slips are repaired: %s', (text, value) => {
  let mended = 0;
  expect(parseJson(text, { onMended: () => mended++ })).toEqual(value);
  expect(mended).toBe(1);
});

test.each(['{"a":1,,}', '[,]', '{,}', '{"a":,}', '{"a":1 "b":2,}', '{"a":"x\n'])(
  'other slips are rejected: %s',
  (text) => {
    expect(parseJson(text)).toBeUndefined();
  },
);

test.each([
  ['lists', '[', ']'],
  ['objects', '{"a":[', ']}'],
])('nested %s are parsed only as deep as they can be written again', (_name, open, close) => {
  const nested = (depth: number) => open.repeat(depth) + close.repeat(depth);
  expect(JSON.stringify(parseJson(nested(400)))).toBe(nested(400));
  expect(parseJson(nested(20_000))).toBeUndefined();
});

// Regression: a megabyte of them held the whole studio, as each was numbered from 2 again.
test('a hundred thousand equal keys are kept apart', () => {
  const row = `{${Array.from({ length: 100_000 }, () => '"a":1').join(',')}}`;
  expect(Object.keys(Object(parseJson(row))).at(-1)).toBe('a 100000');
});

// Regression: as a target, {"total": 10.0} was {"total": "10.0"}, which a model learned to write.
test('numbers in a list or object are written out again as they were', () => {
  const { a } = parseJson('{"a":{"n":1.10,"most":[12345678901234567891, 1e5, -0],"text":"1.10"}}') as { a: unknown };
  expect(cellOf(a)).toBe('{"n":1.10,"most":[12345678901234567891,1e5,-0],"text":"1.10"}');
});
