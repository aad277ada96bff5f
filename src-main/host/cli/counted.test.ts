import { expect, test } from 'vitest';
import { counted } from './counted.ts';

// Regression: an import said “1 rows were left out”.
test('a count of one takes the singular', () => {
  expect([0, 1, 2].map((count) => counted(count, 'row'))).toEqual(['0 rows', '1 row', '2 rows']);
  expect([1, 2].map((count) => counted(count, 'row', ['was', 'were']))).toEqual(['1 row was', '2 rows were']);
});
