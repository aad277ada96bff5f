import { expect, test } from 'vitest';
import { cellText } from './result-cell.ts';

// Regression: integers were rounded to 15 digits too.
test('prints integers with every digit, and fractions with 15', () => {
  expect([4111111111111111, -2026, 0.1 + 0.2, 12.5, null, 'NULL?'].map(cellText)).toEqual([
    ...['4111111111111111', '-2026', '0.3', '12.5', 'NULL', 'NULL?'],
  ]);
});
