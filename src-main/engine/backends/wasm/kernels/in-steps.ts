import type { ByteProducts } from '../byte-products.ts';
import { type Local, type Operand, v128 } from '../code.ts';
import { asLocals } from './kernel.ts';

/** Of eight 16-bit numbers each of two vectors, alternately one of each: the first four, and the last four. */
const firstOfEach = alternately(0);
const lastOfEach = alternately(8);

function alternately(start: number): number[] {
  return [0, 2, 4, 6].flatMap((at) => [0, 1, 16, 17].map((byte) => start + at + byte));
}

/**
 * The 64 bytes of a block in the order in which `productInt4` takes steps of four: as they are where it multiplies by
 * fours; otherwise two of each half of the block, whose scales differ, so that one 16-bit sum is of one half.
 */
export function inSteps(products: ByteProducts, bytes: readonly Local[]): readonly Operand[] {
  if (products === 'fours') return bytes;
  const [a, b, c, d] = asLocals(bytes);
  return [
    v128.shuffleBytes(a, c, firstOfEach),
    v128.shuffleBytes(a, c, lastOfEach),
    v128.shuffleBytes(b, d, firstOfEach),
    v128.shuffleBytes(b, d, lastOfEach),
  ];
}
