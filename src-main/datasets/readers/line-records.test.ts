import { expect, test } from 'vitest';
import { runsOfBlanks, textRecords } from './line-records.ts';

// It was gathered without end, and looked at from its beginning for each piece: minutes for some hundred megabytes, and then an internal error.
test.each(['\n', '\r', '\r\n'])(
  'a line longer than any record, in pieces, is one record, and what is behind it is read',
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

test('a line that ends with its piece, or at a carriage return whose line feed comes in the next one, is one line', () => {
  const records = textRecords({ delimiter: runsOfBlanks, quote: '"', escape: '"' });
  const found = [...['a ', ' b\r', '\nc', '\r', 'd\n'].flatMap((text) => records.push(text)), ...records.end()];
  expect(found).toEqual([
    { cells: ['a', 'b'], line: 1 },
    { cells: ['c'], line: 2 },
    { cells: ['d'], line: 3 },
  ]);
});
