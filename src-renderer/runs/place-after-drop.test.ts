import { expect, test } from 'vitest';
import { placeAfterDrop } from './place-after-drop.ts';

test('an item dropped beside itself keeps its place', () => {
  expect(placeAfterDrop(1, 1)).toBe(2);
  expect(placeAfterDrop(1, 2)).toBe(2);
});

test('an item moves to the front, to the end, and between others', () => {
  expect(placeAfterDrop(2, 0)).toBe(1);
  expect(placeAfterDrop(0, 3)).toBe(3);
  // a b c d: a dropped between c and d is the third.
  expect(placeAfterDrop(0, 3)).toBe(3);
  // d dropped between a and b is the second.
  expect(placeAfterDrop(3, 1)).toBe(2);
});
