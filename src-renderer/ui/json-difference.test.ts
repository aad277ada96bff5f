import { expect, test } from 'vitest';
import { readJson } from '../../src-contract/json-text.ts';
import { jsonDifference } from './json-difference.ts';

/** Extra in angles, missing in strokes, as they stand in their lines. */
function shown(value: string, target: string): string {
  const [one, other] = [readJson(value), readJson(target)];
  if (one === undefined || other === undefined) throw new Error('both are JSON');
  const marked = { same: ['', ''], extra: ['<', '>'], missing: ['-', '-'] } as const;
  return jsonDifference(one, other)
    .map(({ depth, stretches, isReordered }) => {
      const text = stretches.map(({ kind, text }) => `${marked[kind][0]}${text}${marked[kind][1]}`);
      return '  '.repeat(depth) + text.join('') + (isReordered ? ' ~' : '');
    })
    .join('\n');
}

test('the fields that differ are marked, in the order of the target', () => {
  expect(shown('{"c": true, "b": 1, "a": "x"}', '{"a": "x", "b": 1.0, "d": null, "c": false}')).toBe(
    `{
  "a": "x",
  "b": 1,
  -"d": null,-
  "c": <true>-false-
}`,
  );
  expect(shown('{"a": {"b": [1, 2]}, "e": {"f": {}}}', '{"a": {"b": [1, 2]}}')).toBe(
    `{
  "a": {
    "b": [1, 2]
  },
  <"e": {>
    <"f": {}>
  <}>
}`,
  );
});

test('a place that is missing from a list does not mark those after it', () => {
  expect(shown('[{"n": 1}, {"n": 3}]', '[{"n": 1}, {"n": 2}, {"n": 3}]')).toBe(
    '[\n  {"n": 1},\n  -{"n": 2},-\n  {"n": 3}\n]',
  );
  expect(shown('[1, 5, 6]', '[1, 2]')).toBe('[\n  1,\n  <5>-2-,\n  <6>\n]');
});

// Compared place by place, such lists were marked from the first difference on.
test('an element stands beside the one it is most like, and another order is told', () => {
  expect(shown('{"a": ["y", "x"]}', '{"a": ["x", "y"]}')).toBe('{\n  "a": ["y", "x"] ~\n}');
  expect(shown('["z", "x"]', '["x", "y", "z"]')).toBe('[ ~\n  "z",\n  "x",\n  -"y"-\n]');
  expect(shown('[{"n": "b", "q": 2}, {"n": "c", "q": 9}]', '[{"n": "c", "q": 3}, {"n": "b", "q": 2}]')).toBe(
    '[ ~\n  {"n": "b", "q": 2},\n  {\n    "n": "c",\n    "q": <9>-3-\n  }\n]',
  );
});

test('where one has a list and the other has not, both are shown', () => {
  expect(shown('{"a": [{}, 1]}', '{"a": "none"}')).toBe('{\n  <"a": [>\n    <{},>\n    <1>\n  <]>\n  -"a": "none"-\n}');
});
