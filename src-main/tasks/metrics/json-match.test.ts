import { expect, test } from 'vitest';
import { jsonFields } from '../../../src-contract/json-fields.ts';
import { type JsonValue, readJson } from '../../../src-contract/json-text.ts';
import { fieldF1 } from './json-fields.ts';
import { jsonMeasures } from './json-match.ts';

const jsonOf = (text: string): JsonValue => {
  const value = readJson(text);
  if (value === undefined) throw new Error(text);
  return value;
};
const f1 = (answer: string, target: string) => fieldF1(readJson(answer), jsonOf(target));

test('an answer is right if it says the same in JSON, and only then', () => {
  const target = '{"name": "The Öst A/S", "n": 1.0}';
  const right = { jsonMatch: 1, fieldF1: 1, validJson: 1 };
  expect(jsonMeasures('{ "n":1,"name":"The \\u00d6st A/S"}', target)).toEqual(right);
  expect(jsonMeasures('```json\n{"n":1,"name":"The Öst A/S"}\n```', target)).toEqual(right);
  // Without punctuation and articles, as answers to questions are compared, these were equal.
  expect(jsonMeasures('{"name": "Öst AS", "n": 10}', target)).toEqual({ jsonMatch: 0, fieldF1: 0, validJson: 1 });
  expect(jsonMeasures('Sure: {"n":1,"name":"The Öst A/S"}', target)).toEqual({
    jsonMatch: 0,
    fieldF1: 1,
    validJson: 0,
  });
  expect(jsonMeasures("{'n': 1}", target)).toEqual({ jsonMatch: 0, fieldF1: 0, validJson: 0 });
});

test('a target that is no JSON is compared as it is', () => {
  expect(jsonMeasures(' none', 'none')).toEqual({ jsonMatch: 1 });
  expect(jsonMeasures('None', 'none')).toEqual({ jsonMatch: 0 });
});

test('fields have a path; the places of a list share one', () => {
  const fields = jsonFields(jsonOf('{"a": {"b.c": 1, "": []}, "items": [{"n": 1}, {"n": 2, "o": {}}], "x y": null}'));
  expect([...fields]).toEqual([
    ['a["b.c"]', ['1e0']],
    ['a[""][]', ['[]']],
    ['items[].n', ['1e0', '2e0']],
    ['items[].o', ['{}']],
    ['x y', ['null']],
  ]);
  expect([...jsonFields(jsonOf('[[1], 2]'))]).toEqual([
    ['[][]', ['1e0']],
    ['[]', ['2e0']],
  ]);
  expect([...jsonFields(jsonOf('{}')).keys()]).toEqual(['{}']);
});

test('the F1 of fields counts pairs of a path and a value, as often as they occur', () => {
  // 2 of 3 in the answer, 2 of 4 in the target: 2 · 2 ÷ 7.
  expect(f1('{"a": 1, "b": 2, "c": 9}', '{"a": 1, "b": 2, "c": 3, "d": 4}')).toBeCloseTo(4 / 7, 12);
  expect(f1('["x", "x", "y"]', '["y", "x"]')).toBeCloseTo(4 / 5, 12);
  // Of two elements with swapped numbers, two of four values are right.
  expect(f1('[{"a": 1, "b": 2}, {"a": 3, "b": 4}]', '[{"a": 1, "b": 4}, {"a": 3, "b": 2}]')).toBe(1 / 2);
  expect(f1('[{"a": 3, "b": 4}, {"a": 1, "b": 2}]', '[{"a": 1, "b": 2}, {"a": 3, "b": 4}]')).toBe(1);
  expect(f1('{"a": []}', '{"a": ["x"]}')).toBe(0);
  expect(f1('{}', '{}')).toBe(1);
  expect(f1('{}', '{"a": 1}')).toBe(0);
  expect(f1('nothing', '{"a": 1}')).toBe(0);
});
