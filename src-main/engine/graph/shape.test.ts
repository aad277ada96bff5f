import { expect, test } from 'vitest';
import { broadcast, multiplyDims, sizeOf, sumDims, withDim } from './shape.ts';

test('shapes broadcast from the right, sizes of 1 stretch, and names are kept', () => {
  expect(broadcast([2, 3], [3])).toEqual([2, 3]);
  expect(broadcast([2, 1, 4], [3, 1])).toEqual([2, 3, 4]);
  expect(broadcast(['rows', 1, 'tokens'], [8, 1])).toEqual(['rows', 8, 'tokens']);
  expect(broadcast([], [5])).toEqual([5]);
});

test('shapes that do not broadcast throw', () => {
  expect(() => broadcast([2], [3])).toThrow("[2] and [3] don't broadcast");
  expect(() => broadcast(['rows'], ['tokens'])).toThrow("[rows] and [tokens] don't broadcast");
});

test('known sizes are added and multiplied, and names are written out', () => {
  expect(sumDims(2, 3)).toBe(5);
  expect(sumDims('past', 'tokens')).toBe('past+tokens');
  expect(multiplyDims(2, 3)).toBe(6);
  expect(multiplyDims(3, 'tokens')).toBe('3*tokens');
  expect(multiplyDims(1, 'tokens')).toBe('tokens');
});

test('a name, sum or product is evaluated with the sizes of its names', () => {
  const sizes = new Map([
    ['past', 10],
    ['tokens', 4],
  ]);
  expect(sizeOf(7, sizes)).toBe(7);
  expect(sizeOf('tokens', sizes)).toBe(4);
  expect(sizeOf('past+tokens', sizes)).toBe(14);
  expect(sizeOf('3*tokens', sizes)).toBe(12);
  expect(sizeOf('past+2*tokens', sizes)).toBe(18);
  expect(() => sizeOf('rows', sizes)).toThrow('the size of rows is unknown');
});

test('a dim of an existing axis is replaced, and a missing axis throws', () => {
  expect(withDim(['rows', 4], 1, 1)).toEqual(['rows', 1]);
  expect(() => withDim([4], 1, 1)).toThrow('[4] has no axis 1');
});
