import { expect, test } from 'vitest';
import { newId } from './new-id.ts';

test('an id is 20 lower-case letters and digits', () => {
  expect(newId()).toMatch(/^[0-9a-z]{20}$/);
});

test('ids sort by age', () => {
  expect(newId(1_000) < newId(1_001)).toBe(true);
  expect(newId(1_700_000_000_000) < newId(2_700_000_000_000)).toBe(true);
});

// Regression: “undefined” was in them for each digit, and nothing recognised what was named by them.
test('with a clock before 1970 they are ids like any other, and sort by age', () => {
  expect(newId(-1)).toMatch(/^z{10}[0-9a-z]{10}$/);
  expect(newId(-1_000) < newId(-999)).toBe(true);
});

test('ids of the same millisecond differ', () => {
  expect(new Set(Array.from({ length: 1000 }, () => newId(5))).size).toBe(1000);
});
