import { expect, test } from 'vitest';
import { placeAfterDrop } from './place-after-drop.ts';

const list = ['a', 'b', 'c', 'd'].map((id) => ({ id }));

test('an item dropped beside itself keeps its place', () => {
  expect(placeAfterDrop(list, 'b', 1)).toBeUndefined();
  expect(placeAfterDrop(list, 'b', 2)).toBeUndefined();
});

test('an item moves to the front, to the end, and between others', () => {
  expect(placeAfterDrop(list, 'c', 0)).toBe(1);
  expect(placeAfterDrop(list, 'a', 4)).toBe(4);
  // a dropped between c and d is the third, d dropped between a and b the second.
  expect(placeAfterDrop(list, 'a', 3)).toBe(3);
  expect(placeAfterDrop(list, 'd', 1)).toBe(2);
});

// Regression: it was looked for as an object, of which a list read again has another: it came to the wrong place.
test('an item that has left the list while it was dragged is not moved', () => {
  expect(placeAfterDrop(list.slice(1), 'a', 2)).toBeUndefined();
  expect(placeAfterDrop(list.slice(1), 'd', 1)).toBe(2);
});
