import { expect, test } from 'vitest';
import { withLineEndsOf } from './typed-line-ends.ts';

test.each(['one\r\ntwo\r\n', 'one\rtwo', 'one\ntwo\r\nthree\r', 'one'])(
  'keeps the line endings of an unedited %j',
  (before) => {
    const asBoxesGiveIt = before.replaceAll('\r\n', '\n').replaceAll('\r', '\n');
    expect(withLineEndsOf(before, asBoxesGiveIt)).toBe(before);
    expect(withLineEndsOf(before, before)).toBe(before);
  },
);

test('an edited text keeps its kind of line ending, new lines included', () => {
  expect(withLineEndsOf('one\r\ntwo', 'one\ntwo\nthree')).toBe('one\r\ntwo\r\nthree');
  expect(withLineEndsOf('one\rtwo', 'one\n2')).toBe('one\r2');
  expect(withLineEndsOf('one\ntwo', 'one\n2')).toBe('one\n2');
  expect(withLineEndsOf('one', 'one\ntwo')).toBe('one\ntwo');
});

test('an edited text with mixed line endings gets plain newlines', () => {
  expect(withLineEndsOf('one\r\ntwo\nthree', 'one\ntwo\n3')).toBe('one\ntwo\n3');
});
