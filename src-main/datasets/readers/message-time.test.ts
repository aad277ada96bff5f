import { expect, test } from 'vitest';
import { isPause } from './message-time.ts';

test.each([
  ['1/3/24, 9:12 AM', '1/3/24, 1:12 PM', true],
  ['1/3/24, 9:12 AM', '1/3/24, 1:11 PM', false],
  ['1/3/24, 11:58\u202fPM', '1/4/24, 12:03\u202fAM', false],
  ['03.01.24, 21:00:10', '04.01.24, 07:00:00', true],
  ['2024. 1. 3. 오전 11:50', '2024. 1. 3. 오후 12:10', false],
  ['2024년 1월 3일 오후 11:59', '2024년 1월 4일 오전 12:01', false],
  ['2024-01-03T09:00:00.5Z', '2024-01-03T12:59:00Z', false],
  ['2024-01-03 09:00', '2024-01-03 13:00', true],
  ['1704270000', '1704284400', true],
  ['1704270000000', '1704270060000', false],
  ['3 January', '3 January', false],
  ['3 January', '4 January', true],
])('a pause of four hours ends a conversation, however times are written: %s, %s', (before, after, expected) => {
  expect(isPause(before, after)).toBe(expected);
});
