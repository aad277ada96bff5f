import { expect, test } from 'vitest';
import { runsOfBlanks, textRecords } from './line-records.ts';

// Regression: such a line was collected without end and rescanned for each piece: minutes for some hundred megabytes,
// then an internal error.
test.each(['\n', '\r', '\r\n'])(
  'a line beyond the maximum record length is one record, and reading continues after it',
  (lineEnd) => {
    const records = textRecords({ delimiter: runsOfBlanks, quote: '"', escape: '"' });
    const piece = 'x'.repeat(9_000_000);
    const pieces = [`a  b${lineEnd}${piece}`, piece, piece, `${piece} c${lineEnd}`, `d  e${lineEnd}`];
    const found = [...pieces.flatMap((text) => records.push(text)), ...records.end()];
    expect(found.map(({ line, problem }) => ({ line, problem }))).toEqual([
      { line: 1 },
      { line: 2, problem: 'TOO_LONG' },
      { line: 3 },
    ]);
    expect(found[2]?.cells).toEqual(['d', 'e']);
  },
);

test('a line ending at a piece boundary, even between CR and LF, is one line', () => {
  const records = textRecords({ delimiter: runsOfBlanks, quote: '"', escape: '"' });
  const found = [...['a ', ' b\r', '\nc', '\r', 'd\n'].flatMap((text) => records.push(text)), ...records.end()];
  expect(found).toEqual([
    { cells: ['a', 'b'], line: 1 },
    { cells: ['c'], line: 2 },
    { cells: ['d'], line: 3 },
  ]);
});
