import { expect, test } from 'vitest';
import { isPlainNumber, numberOf, onlyNumberIn } from './text-number.ts';

test.each<[string, number]>([
  ['42', 42],
  [' -3 ', -3],
  ['−0.5', -0.5],
  ['+7', 7],
  ['0', 0],
  ['1,234', 1234],
  ['1,234.50', 1234.5],
  ['1.234,50', 1234.5],
  ['1.234.567', 1_234_567],
  ['1.234', 1.234],
  ['3,5', 3.5],
  ["12'000", 12_000],
  ['12\u00a0000 kr', 12_000],
  ['$1,250.50', 1250.5],
  ['-$5', -5],
  ['$-5', -5],
  ['€ -5', -5],
  ['12 %', 12],
  ['3,5 kg', 3.5],
  ['5,000원', 5000],
  ['EUR 12', 12],
])('%s is a number', (text, value) => {
  expect(numberOf(text)?.value).toBe(value);
});

test.each([
  '',
  'five',
  '007',
  'A-12',
  'B12',
  '2024-05-01',
  '12:30',
  '010 1234 5678',
  '1.2.3',
  '3 to 5',
  '1,23,456',
  'in the year 1984',
  '12 of the guests came',
])('“%s” is none', (text) => {
  expect(numberOf(text)).toBeUndefined();
});

test('what stands around a number tells units apart, not their case or the blanks before them', () => {
  const around = (text: string) => numberOf(text)?.around;
  expect(around('5 KM')).toBe(around('-5km'));
  expect(around('5 m')).not.toBe(around('5 km'));
  expect(around('5')).not.toBe(around('5 km'));
  expect(around('$5')).not.toBe(around('€5'));
});

test('a number is found among words if it is the only one', () => {
  expect(onlyNumberIn('The total comes to $1,250.50, please.')).toBe(1250.5);
  expect(onlyNumberIn('It fell to -3 degrees')).toBe(-3);
  expect(onlyNumberIn('Between 3-5 days')).toBeUndefined();
  expect(onlyNumberIn('None at all.')).toBeUndefined();
});

test('plain numbers are those of JSON', () => {
  expect(['0', '-1', '12.50', '1000'].every(isPlainNumber)).toBe(true);
  expect(['', '01', '1.', '.5', '1,5', '+1', '1e3', '5 %'].some(isPlainNumber)).toBe(false);
});
