import { expect, test } from 'vitest';
import { longestPiece, nextPiece, tokensOfPiece } from './stream-batch.ts';

test.each([256, 128, 16])('a prompt is cut into chunks of about %d tokens that differ by at most one', (usual) => {
  for (let length = 1; length < 2000; length++) {
    const pieces: number[] = [];
    for (let left = length; left > 0; left -= pieces.at(-1) as number) pieces.push(nextPiece(left, usual));
    expect(pieces.reduce((sum, piece) => sum + piece, 0)).toBe(length);
    expect(Math.max(...pieces)).toBeLessThanOrEqual(Math.min(longestPiece, 1.5 * usual));
    expect(Math.max(...pieces) - Math.min(...pieces)).toBeLessThanOrEqual(1);
  }
});

test('the larger the model, the shorter the prefill chunks', () => {
  const sizes = [1e6, 135e6, 500e6, 1.2e9, 4e9];
  expect(sizes.map((size) => tokensOfPiece('kernels', size))).toEqual([128, 128, 64, 32, 16]);
  expect(sizes.map((size) => tokensOfPiece('graph', size))).toEqual([256, 256, 128, 128, 128]);
});
