import { expect, test } from 'vitest';
import { typedRow } from './typed-row.ts';

// Regression: an export with such a row was refused by the import.
test.each(['', ' \n\t', '\u200b'])('a context or target of only blanks is refused: %j', (blank) => {
  for (const field of ['context', 'target'] as const) {
    expect(() => typedRow({ [field]: blank })).toThrow(
      expect.objectContaining({
        code: 'OPTION_INVALID',
        data: expect.objectContaining({ option: field, because: { code: 'ROW_TEXT_EMPTY', data: {} } }),
      }),
    );
  }
});

test('a group and a database are trimmed, and null if nothing is left', () => {
  expect(typedRow({ group: ' rivers ', database: '  ' })).toEqual({ group: 'rivers', database: null });
  expect(typedRow({ group: null })).toEqual({ group: null });
});

test('letters in pieces are put together, as on import', () => {
  expect(typedRow({ context: '\u1100\u1161', target: 'e\u0301' })).toEqual({ context: '가', target: 'é' });
});

test('texts stay as typed, and fields that were not typed are absent', () => {
  expect(typedRow({ context: ' a ', target: 'b\n' })).toEqual({ context: ' a ', target: 'b\n' });
});
