import { expect, test } from 'vitest';
import { percent, signedPercent, significant } from './numbers.ts';

test('a percentage has a true minus sign, and none if it rounds to zero', () => {
  expect([percent(0.123), percent(-0.136), percent(-0.0004)]).toEqual(['12.3 %', '−13.6 %', '0.0 %']);
});

test('significant figures are written even if they are zeros', () => {
  expect([2.9, 0.0323, 21.66, 1034.4, 0].map((value) => significant(value))).toEqual([
    '2.90',
    '0.0323',
    '21.7',
    '1,034',
    '0',
  ]);
});

test('a change is signed unless it rounds to zero', () => {
  expect([0.123, -0.136, 0.0004, -0.0004].map(signedPercent)).toEqual(['+12.3 %', '−13.6 %', '0.0 %', '0.0 %']);
});
