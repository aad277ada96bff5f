import { expect, test } from 'vitest';
import { numberMeasures } from './number-match.ts';

const right = { numberMatch: 1, withinTenth: 1, absoluteError: 0, validNumber: 1 };

// Regression: an exact match, which drops punctuation, took 1.5 for 15 and -3 for 3.
test.each([
  ['1.5', '15'],
  ['-3', '3'],
  ['$1.50', '$150'],
])('%s is not %s', (answer, target) => {
  expect(numberMeasures(answer, target)).toMatchObject({ numberMatch: 0, withinTenth: 0, validNumber: 1 });
});

// Regression: from each zero, those behind it were passed over again.
test('a number of very many zeros is compared', () => {
  expect(numberMeasures(`1.${'0'.repeat(500_000)}1`, '1')).toMatchObject({ numberMatch: 0, withinTenth: 1 });
});

test.each([
  ['1250.50', '1,250.5'],
  ['12', '12.0'],
  ['5 KG', '5kg'],
  ['-0.0', '0'],
])('%s is %s', (answer, target) => {
  expect(numberMeasures(answer, target)).toMatchObject({ numberMatch: 1, withinTenth: 1, validNumber: 1 });
});

test('numbers of many digits are told apart by the last one', () => {
  expect(numberMeasures('20261234567', '20261234568')).toMatchObject({ numberMatch: 0, withinTenth: 1 });
  expect(numberMeasures('12345678901234567891', '12345678901234567892')).toMatchObject({ numberMatch: 0 });
});

test('an answer may be near, without a unit, among words, or give no number', () => {
  expect(numberMeasures('109', '100')).toEqual({ ...right, numberMatch: 0, absoluteError: 9 });
  expect(numberMeasures('-90', '-100')).toEqual({ ...right, numberMatch: 0, absoluteError: 10 });
  expect(numberMeasures('111', '100')).toMatchObject({ withinTenth: 0 });
  expect(numberMeasures('5', '5 km')).toEqual({ ...right, numberMatch: 0 });
  expect(numberMeasures('It is 100.', '100')).toEqual({ ...right, numberMatch: 0, validNumber: 0 });
  expect(numberMeasures('no idea', '100')).toEqual({ numberMatch: 0, withinTenth: 0, validNumber: 0 });
  expect(numberMeasures('0', '0')).toEqual(right);
});

test('a target that is no number must be met to the letter', () => {
  expect(numberMeasures(' unknown', 'unknown')).toEqual({ numberMatch: 1 });
  expect(numberMeasures('0', 'unknown')).toEqual({ numberMatch: 0 });
});
