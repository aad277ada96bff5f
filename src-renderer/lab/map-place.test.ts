import { expect, test } from 'vitest';
import { cellAfter, cellAt } from './map-place.ts';

const values = [
  [1, 2, 3],
  [4, 5, 6],
];
const maps = [
  { name: 'q', values, x: 10, y: 20, cellWidth: 5, cellHeight: 10 },
  { name: 'v', values, x: 10, y: 60, cellWidth: 5, cellHeight: 10 },
];

test('maps a point in the picture to the cell of the map there', () => {
  expect(cellAt(maps, 10, 20)).toEqual({ map: 0, i: 0, j: 0 });
  expect(cellAt(maps, 24.9, 39)).toEqual({ map: 0, i: 1, j: 2 });
  expect(cellAt(maps, 12, 61)).toEqual({ map: 1, i: 0, j: 0 });
  expect(cellAt(maps, 25, 20)).toBeUndefined();
  expect(cellAt(maps, 12, 45)).toBeUndefined();
});

test('arrow keys stay inside the maps and move from one map to the next vertically', () => {
  const corner = { map: 0, i: 1, j: 2 };
  expect(cellAfter(maps, corner, 'ArrowRight')).toEqual(corner);
  expect(cellAfter(maps, corner, 'ArrowDown')).toEqual({ map: 1, i: 0, j: 2 });
  expect(cellAfter(maps, { map: 1, i: 0, j: 1 }, 'ArrowUp')).toEqual({ map: 0, i: 1, j: 1 });
  expect(cellAfter(maps, { map: 0, i: 0, j: 0 }, 'ArrowLeft')).toEqual({ map: 0, i: 0, j: 0 });
});
