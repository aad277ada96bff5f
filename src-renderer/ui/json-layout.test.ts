import { expect, test } from 'vitest';
import { layOutJson, startsAsJson } from './json-layout.ts';

test('an answer in JSON has a field per line, and short lists on one', () => {
  expect(layOutJson('{"name":"M\\u00fcller, {A}", "tags":["a","b"],"items": [{"n":1},{}],"x":{}}')).toBe(
    `{
  "name": "Müller, {A}",
  "tags": ["a", "b"],
  "items": [
    {"n": 1},
    {}
  ],
  "x": {}
}`,
  );
});

test('nothing that was written is left out', () => {
  expect(layOutJson('{"a": 1, "a": 2} and so on, [sic]: "x')).toBe('{\n  "a": 1,\n  "a": 2\n} and so on, [sic]: "x');
  expect(layOutJson('{"a": [1, "b')).toBe('{\n  "a": [\n    1,\n    "b');
  expect(layOutJson(']}}{')).toBe('\n]}}{');
});

test('only a text that begins as JSON is taken for it', () => {
  for (const text of ['{', '{"a', '[{"a": 1}]', '["a"]', '[]', '{}']) expect(startsAsJson(text), text).toBe(true);
  for (const text of ['[1] says so', '[Note] {"a": 1}', '{name}', 'so: {"a": 1}', '- [ ] to do'])
    expect(startsAsJson(text), text).toBe(false);
});

test('an answer that only opens brackets is laid out quickly', () => {
  expect(layOutJson('{"a":['.repeat(20_000)).length).toBeLessThan(5_000_000);
});
