import { expect, test } from 'vitest';
import { RowLosses } from './row-losses.ts';

test('the row with the highest mean loss is named by its index, whichever micro-batch it was in', () => {
  const losses = new RowLosses([40, 7, 12]);
  losses.add(Int32Array.of(0, 2, 2), Float32Array.of(-1, -0.5, -0.25));
  losses.add(Int32Array.of(1, 1), Float32Array.of(-2, -4));
  expect(losses.worst()).toEqual({ row: 7, loss: 3 });
  expect(losses.undefinedRows()).toEqual([40, 7, 12]);
});

// Regression: the page of a run that diverged could not be shown, as it lists each row by its id.
test('a row that a step reads twice is named once', () => {
  const losses = new RowLosses([40, 7, 40]);
  losses.add(Int32Array.of(0, 1, 2), Float32Array.of(Number.NaN, -1, Number.NaN));
  expect(losses.undefinedRows()).toEqual([40]);
});

test('rows whose loss is NaN or infinite are named, and only those', () => {
  const losses = new RowLosses([40, 7, 12]);
  losses.add(Int32Array.of(0, 1, 2), Float32Array.of(-1, Number.NaN, Number.NEGATIVE_INFINITY));
  expect(losses.undefinedRows()).toEqual([7, 12]);
});
