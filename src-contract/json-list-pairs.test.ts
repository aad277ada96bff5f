import { expect, test } from 'vitest';
import { pairLists } from './json-list-pairs.ts';
import { isList, type JsonValue, readJson } from './json-text.ts';

/** Each pair in its line, a value before its target. */
function paired(value: string, target: string): string {
  const { pairs, isReordered } = pairLists(listOf(value), listOf(target));
  const text = (each: JsonValue | undefined) => (each === undefined ? '–' : plain(each));
  return (
    pairs.map(({ value, target }) => `${text(value)}:${text(target)}`).join(' ') + (isReordered ? ' reordered' : '')
  );
}

test('the same elements stand beside each other, wherever they are', () => {
  expect(paired('["a", "b"]', '["a", "b"]')).toBe('a:a b:b');
  expect(paired('["b", "a"]', '["a", "b"]')).toBe('b:b a:a reordered');
  expect(paired('["b", "a", "a"]', '["a", "b"]')).toBe('b:b a:a a:– reordered');
  expect(paired('["b"]', '["a", "b", "c"]')).toBe('–:a b:b –:c');
  expect(paired('["a", "b"]', '["b", "a", "b"]')).toBe('–:b a:a b:b');
  expect(paired('["x"]', '["a", "b"]')).toBe('x:a –:b');
  expect(paired('[]', '["a"]')).toBe('–:a');
});

test('objects stand beside those with which they have most fields in common', () => {
  expect(paired('[{"n": 1, "p": 5}, {"n": 2, "p": 7}]', '[{"n": 2, "p": 5}, {"n": 1, "p": 5}]')).toBe(
    'n1p5:n1p5 n2p7:n2p5 reordered',
  );
  // The nearest have a number in common, but then the others would have nothing.
  expect(paired('[{"n": 2, "p": 1}, {"n": 1, "p": 3}]', '[{"n": 1, "p": 1}, {"n": 2, "p": 2}]')).toBe(
    'n2p1:n2p2 n1p3:n1p1 reordered',
  );
  expect(paired('[{"n": 2, "p": 6}]', '[{"n": 1, "p": 5}, {"n": 2, "p": 5}]')).toBe('–:n1p5 n2p6:n2p5');
});

test('very long lists of different objects keep their order', () => {
  const list = (of: (n: number) => object) => JSON.stringify(Array.from({ length: 300 }, (_, n) => of(n)));
  const text = paired(
    list((n) => ({ n, p: 0 })),
    list((n) => ({ n: 299 - n, p: 1 })),
  );
  expect(text).toMatch(/^n0p0:n299p1 n1p0:n298p1 .*n299p0:n0p1$/);
});

function listOf(text: string): readonly JsonValue[] {
  const value = readJson(text);
  if (value === undefined || !isList(value)) throw new Error(text);
  return value;
}

function plain(value: JsonValue): string {
  if (value instanceof Map) return [...value].map(([key, inner]) => `${key}${plain(inner)}`).join('');
  return String((value as { written?: string }).written ?? value);
}
