import { expect, test } from 'vitest';
import { type JsonLayout, JsonValues } from './json-values.ts';

// Regression: an extra bracket or brace made the reader find empty values forever; anything after a list was skipped.
test.each<[string, JsonLayout, string, readonly string[]]>([
  ['an extra brace in a list', 'array', '[{"a":1}},{"a":2}]', ['{"a":1}', '}', '{"a":2}']],
  ['an extra brace between objects', 'objects', '{"a":1}}\n{"a":2}', ['{"a":1}', '}', '{"a":2}']],
  ['an extra bracket between objects', 'objects', '{"a":1}]{"a":2}', ['{"a":1}', ']', '{"a":2}']],
  ['an extra bracket after a list', 'array', '[{"a":1}]]', ['{"a":1}', ']']],
  ['several lists in a row', 'array', '[{"a":1}]\n[{"a":2},\n{"a":3}]', ['{"a":1}', '{"a":2}', '{"a":3}']],
  ['an object after a list', 'array', '[{"a":1}]\n{"a":2}\n', ['{"a":1}', '{"a":2}']],
  ['text after a list', 'array', '[{"a":1}]\n-- 1 row --\n', ['{"a":1}', '-- 1 row --']],
  ['several lists of cells in a row', 'array', '[[1,2],[3]]\n[[4]]', ['[1,2]', '[3]', '[4]']],
  ['only closing brackets', 'objects', '}]}', ['}', ']', '}']],
  ['an empty list followed by one that is not', 'array', '[][{"a":1}]', ['{"a":1}']],
])('JSON values are found: %s', (_, layout, text, values) => {
  const whole = new JsonValues(layout);
  expect([...whole.push(text), ...whole.end()].map((value) => value.text)).toEqual(values);
  const pieces = new JsonValues(layout);
  const found = [...text].flatMap((letter) => pieces.push(letter));
  expect([...found, ...pieces.end()].map((value) => value.text)).toEqual(values);
});

test('values are numbered by line, or within their list', () => {
  const numbers = (layout: JsonLayout, text: string) => {
    const values = new JsonValues(layout);
    return [...[...text].flatMap((letter) => values.push(letter)), ...values.end()].map(({ number }) => number);
  };
  expect(numbers('lines', '{"a":1}\n\n{"a":2}\n{"a":')).toEqual([1, 3, 4]);
  expect(numbers('objects', '{"a":"x\ny"}\n\n{"b":2} {"c":')).toEqual([1, 2, 3]);
  expect(numbers('array', '[{"a":1},{"a":2}]\n[{"a":3}]')).toEqual([1, 2, 3]);
  expect(numbers('array', '{"train":[{"a":1},{"a":2}],"test":[{"a":3}, {"a":')).toEqual([1, 2, 1, 2]);
});

test('lists under one key are read wherever they are, and no others', () => {
  const values = new JsonValues('array', 'messages');
  const text =
    '{"name": "messages", "list": [{"id": 1, "messages": []}, {"messages": [{"a": [{"messages": 1}]}, {"b": 2}]}, {"messages": [{"c": 3}]}]}';
  // Cut anywhere, as a file is.
  const found = [...text].flatMap((letter) => values.push(letter));
  expect(found.map(({ text, list }) => [text, list])).toEqual([
    ['{"a": [{"messages": 1}]}', 0],
    ['{"b": 2}', 0],
    ['{"c": 3}', 1],
  ]);
});
