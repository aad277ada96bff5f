import { expect, test } from 'vitest';
import { writtenValue } from './written-value.ts';

test('lists and objects are read as written by JSON, Python and NumPy', () => {
  const answers = { text: ['in Rome', "l'an “1”"], answer_start: [3, -1.5e2] };
  expect(writtenValue(JSON.stringify(answers))).toEqual(answers);
  expect(writtenValue(`{'text': ['in Rome', "l'an “1”"], 'answer_start': [3, -1.5e2]}`)).toEqual(answers);
  const ofNumpy = `{'text': array(['in Rome', "l'an “1”"],\n      dtype=object), 'answer_start': array([3, -150.], dtype='<f8')}`;
  expect(writtenValue(ofNumpy)).toEqual(answers);
  expect(writtenValue('array([1])')).toBeUndefined();
  expect(writtenValue(` ({'a': True, 'b': (None, False, nan),},) `)).toEqual([{ a: true, b: [null, false, null] }]);
  expect(writtenValue('{}')).toEqual({});
});

test('escapes in a Python string are decoded', () => {
  expect(writtenValue(String.raw`['it\'s\n\x41\u00e9\U0001f600\\\q']`)).toEqual([`it's\nAé😀\\\\q`]);
});

test.each([
  '',
  'plain',
  '3',
  "'text'",
  '[1',
  "['a' 'b']",
  "{'a'}",
  "{'a': f()}",
  "{1: 'a'}",
  '[1] + [2]',
  '(see above)',
])('%s is left as text', (cell) => {
  expect(writtenValue(cell)).toBeUndefined();
});

test('the key __proto__ is a key like any other', () => {
  const value = writtenValue(`{'__proto__': {'a': 1}, 'b': 2}`) as Record<string, unknown>;
  expect(Object.keys(value)).toEqual(['__proto__', 'b']);
  expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
});

test('a text of a million characters is read', () => {
  expect(writtenValue(`['${"it\\'s ".repeat(2e5)}']`)).toEqual(["it's ".repeat(2e5)]);
});

test('deeply nested brackets are left as text, closed or not', () => {
  expect(writtenValue('['.repeat(1e5))).toBeUndefined();
  expect(writtenValue(`${'['.repeat(1e4)}None${']'.repeat(1e4)}`)).toBeUndefined();
});
