import { expect, test } from 'vitest';
import { longestPiece, nextPiece } from './stream-batch.ts';

test('the pieces of a prompt are of one length, and none is long', () => {
  for (let length = 1; length < 2000; length++) {
    const pieces: number[] = [];
    for (let left = length; left > 0; left -= pieces.at(-1) as number) pieces.push(nextPiece(left));
    expect(pieces.reduce((sum, piece) => sum + piece, 0)).toBe(length);
    expect(Math.max(...pieces)).toBeLessThanOrEqual(longestPiece);
    expect(Math.max(...pieces) - Math.min(...pieces)).toBeLessThanOrEqual(1);
  }
});
