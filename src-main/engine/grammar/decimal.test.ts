import { expect, test } from 'vitest';
import { decimal } from './decimal.ts';
import { accepts } from './written.ts';

const fits = (text: string, limits: Parameters<typeof decimal>[0]) => accepts(decimal(limits), text);

test('numbers have a sign, and digits before and behind the point, only as far as their targets have', () => {
  const price = { signed: false, digits: 3, decimals: 2 };
  for (const text of ['0', '7', '999', '12.5', '0.05']) expect(fits(text, price)).toBe(true);
  for (const text of ['', '.5', '1.', '00', '01', '1000', '1.234', '-1', '+1', '1e3', '1,5', ' 1', '1.2.3'])
    expect(fits(text, price)).toBe(false);
  const change = { signed: true, digits: 1, decimals: 0 };
  expect(['-3', '3', '0', '-0'].map((text) => fits(text, change))).toEqual([true, true, true, true]);
  expect(['-', '--3', '3-', '3.0', '12'].map((text) => fits(text, change))).toEqual(Array(5).fill(false));
});
