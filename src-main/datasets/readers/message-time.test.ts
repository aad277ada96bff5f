import { expect, test } from 'vitest';
import { isPause, TimeEvidence } from './message-time.ts';

test.each([
  ['1/3/24, 9:12 AM', '1/3/24, 1:12 PM', true],
  ['1/3/24, 9:12 AM', '1/3/24, 1:11 PM', false],
  ['1/3/24, 11:58\u202fPM', '1/4/24, 12:03\u202fAM', false],
  ['03.01.24, 21:00:10', '04.01.24, 07:00:00', true],
  ['2024. 1. 3. 오전 11:50', '2024. 1. 3. 오후 12:10', false],
  ['2024년 1월 3일 오후 11:59', '2024년 1월 4일 오전 12:01', false],
  ['2024/01/03 午後11:59', '2024/01/04 午前0:01', false],
  ['2024/1/3 上午9:00', '2024/1/3 下午1:30', true],
  ['2024-01-03T09:00:00.5Z', '2024-01-03T12:59:00Z', false],
  ['2024-01-03T23:59:00.1230000+00:00', '2024-01-04T00:01:00.0000000+00:00', false],
  ['2024-01-03 09:00', '2024-01-03 13:00', true],
  ['January 3, 2024 at 11:59 PM', 'January 4, 2024 at 12:01 AM', false],
  ['03-Jan-24 11:59 PM', '09-Jan-24 12:01 AM', true],
  ['1704270000', '1704284400', true],
  ['1704270000000', '1704270060000', false],
  ['1704270000.123', '1704270060.456', false],
  ['3 January', '3 January', false],
  ['3 January', '4 January', true],
])('a pause of four hours ends a conversation, however times are written: %s, %s', (before, after, expected) => {
  const evidence = new TimeEvidence();
  for (const time of [before, after]) evidence.see(time, '');
  expect(isPause(before, after, evidence.reading.dates)).toBe(expected);
});

// Regression: from each blank before what else a time says, those behind it were passed over again.
test('a text of many blanks is read as a time once', () => {
  const time = `1/3/24${' '.repeat(500_000)}x 9:12`;
  expect(isPause(time, `${time} AM`, 'mdy')).toBe(false);
});

// Regression: late on one day and early on another were taken for the same night, however many days lie between.
test('six days are a pause, even from late to early', () => {
  expect(isPause('2024-01-03 23:50', '2024-01-09 00:10', 'ymd')).toBe(true);
});

test.each([
  ['day first, as there is no month 13', ['13/1/24, 9:00', '1/2/24, 9:00'], 'dmy'],
  ['month first, as there is no month 13', ['1/13/24, 9:00', '2/1/24, 9:00'], 'mdy'],
  ['day first, as time only goes on', ['3/1/24, 9:00', '4/1/24, 9:00', '1/2/24, 9:00', '2/2/24, 9:00'], 'dmy'],
  ['month first, as time only goes on', ['1/3/24, 9:00', '1/4/24, 9:00', '2/1/24, 9:00', '2/2/24, 9:00'], 'mdy'],
  ['year first', ['2024/1/3 9:00', '2024/2/1 9:00'], 'ymd'],
  ['year first, in two digits', ['24. 1. 31. 9:00', '24. 2. 1. 9:00'], 'ymd'],
])('the order of day and month is told by the times together: %s', (_, times, expected) => {
  const evidence = new TimeEvidence();
  for (const time of times) evidence.see(time, '');
  expect(evidence.reading).toMatchObject({ dates: expected, isNewestFirst: false });
});

test('the newest comes first where nearly all times go back, each within its conversation', () => {
  const evidence = new TimeEvidence();
  const times = [3, 2, 1].map((hour) => `9/1/24, ${hour}:00 PM`);
  // The conversation that began last is first.
  for (const talk of ['b', 'a']) for (const time of times) evidence.see(time, talk);
  expect(evidence.reading).toMatchObject({ isNewestFirst: true, steps: { back: 4, all: 4 } });
  for (const time of ['9/1/24, 4:00 PM', '9/1/24, 5:00 PM']) evidence.see(time, 'a');
  expect(evidence.reading.isNewestFirst).toBe(false);
});
