import { expect, test } from 'vitest';
import { percent, signedPercent, significant } from './numbers.ts';

test('a share has a minus of its own, and none where it rounds to nothing', () => {
  expect([percent(0.123), percent(-0.136), percent(-0.0004)]).toEqual(['12.3 %', '−13.6 %', '0.0 %']);
});

test('figures that count are written, also where they are noughts', () => {
  expect([2.9, 0.0323, 21.66, 1034.4, 0].map((value) => significant(value))).toEqual([
    '2.90',
    '0.0323',
    '21.7',
    '1,034',
    '0',
  ]);
});

test('a change says its direction, unless there is none', () => {
  expect([0.123, -0.136, 0.0004, -0.0004].map(signedPercent)).toEqual(['+12.3 %', '−13.6 %', '0.0 %', '0.0 %']);
});
