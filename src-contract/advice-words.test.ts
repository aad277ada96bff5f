import { expect, test } from 'vitest';
import { adviceText } from './advice-words.ts';

// Regression: “1 rows are too few”.
test('a single row is told as one', () => {
  expect(adviceText({ kind: 'fewRows', n: 1 }, 'en')).toBe('one row says nothing. Keep at least 30 rows for testing.');
  expect(adviceText({ kind: 'fewRows', n: 2 }, 'en')).toMatch(/^2 rows are too few/);
  expect(adviceText({ kind: 'fewRows', n: 1 }, 'ko')).toMatch(/^1행으로는/);
});
