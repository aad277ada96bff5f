import { expect, test } from 'vitest';
import { medianError, numberAxis, numberPairs, placeOn } from './number-picture.ts';

const rows = [
  { target: '$1,200', answers: [{ text: 'About 900 dollars' }, { text: '$1,200' }] },
  { target: '-3.5', answers: [{ text: 'none' }, { text: '-3' }] },
  { target: 'unknown', answers: [{ text: '5' }, { text: '5' }] },
];

test('answers stand beside their targets where both have a number', () => {
  expect(numberPairs(rows, 0)).toEqual([{ target: 1200, answer: 900 }]);
  expect(numberPairs(rows, 1)).toEqual([
    { target: 1200, answer: 1200 },
    { target: -3.5, answer: -3 },
  ]);
  expect(numberPairs(rows, 2)).toEqual([]);
});

test('half of the answers are off by the median error', () => {
  const pairs = [0, 1, 5, 1000].map((error) => ({ target: 10, answer: 10 - error }));
  expect(medianError(pairs)).toBe(1);
  expect(medianError(pairs.slice(1))).toBe(5);
  expect(medianError([])).toBeUndefined();
});

test('an axis has a few round ticks, and all targets lie between the first and the last', () => {
  expect(numberAxis([6, 657.5])).toMatchObject({ ticks: [0, 200, 400, 600, 800], low: 0, high: 800 });
  expect(numberAxis([-0.25, 0.4]).ticks).toEqual([-0.4, -0.2, 0, 0.2, 0.4]);
  expect(numberAxis([1990, 2003]).ticks).toEqual([1990, 1995, 2000, 2005]);
  for (const same of [0, 7, -7]) {
    const { ticks, low, high } = numberAxis([same]);
    expect(ticks.length).toBeGreaterThan(1);
    expect(low <= same && same <= high).toBe(true);
  }
});

test('a number outside the axis is at its end', () => {
  const axis = numberAxis([0, 100]);
  expect([-5, 0, 25, 100, 1e9].map((value) => placeOn(axis, value))).toEqual([0, 0, 0.25, 1, 1]);
});
