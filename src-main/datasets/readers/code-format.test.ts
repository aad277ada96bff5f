import { expect, test } from 'vitest';
import { codeFormat, codeText } from './code-format.ts';

test.each([
  ['00000', 42, '00042'],
  ['00000', 123_456, '123456'],
  ['000\\-0000', 312_345, '031-2345'],
  ['000 000', 7, '000 007'],
  // Regression: what stands beside the zeros made it a plain number, without them.
  ['"ID-"00000', 42, 'ID-00042'],
  ['"ID-"00000', 1_234_567, 'ID-1234567'],
  ['00000"-x"', 42, '00042-x'],
  ['\\K\\R00000', 42, 'KR00042'],
  ['[$AB-]000', 7, 'AB007'],
  ['[Red]000;[Blue]-000', 7, '007'],
  ['[$-412]000_)', 7, '007'],
  ['000;-000;"none";@', 7, '007'],
  ['"a;b"000', 7, 'a;b007'],
  ['[<=9999999]000-0000;(000) 000-0000', 1_234, '000-1234'],
  ['[<=9999999]###-####;(0##) ###-####', 212_345_678, '(021) 234-5678'],
])('%s shows %d as %s', (format, number, shown) => {
  expect(codeText(number, codeFormat(format) ?? [])).toBe(shown);
});

// Regression: with a bound from below, smaller numbers had the zeros of larger ones.
test.each(['[>=1000]0000;000', '[<=9]00;[<=99]000;0000', '[=1]000;0'])(
  '%s, of which a part is a code, is given up',
  (format) => {
    expect(codeFormat(format)).toBeUndefined();
  },
);

test.each(['0', '0"days"', '#,##0', '0.00', '0%', '0E+00', 'General', '[h]:mm', 'yyyy-mm-dd', '@', '', '#,##0 "Won"'])(
  '%s is no code',
  (format) => {
    expect(codeFormat(format)).toBeUndefined();
  },
);

test('a number whose section has no leading zeros is shown as it is', () => {
  expect(codeText(5_551_234, codeFormat('[<=9999999]###-####;(0##) ###-####') ?? [])).toBeUndefined();
  expect(codeText(7.5, codeFormat('000') ?? [])).toBeUndefined();
});

// Regression: from each bracket, the rest of the format was looked through for its end.
test.each(['[<', '[$', '['])('a format that only opens %s is none', (sign) => {
  expect(codeFormat(sign.repeat(500_000))).toBeUndefined();
});
