import type { ByteProducts } from '../byte-products.ts';
import { i8x16, i16x8, i32, type Local, v128, type WasmFunction } from '../code.ts';
import { inSteps } from './in-steps.ts';
import { asLocals, kernel, locals, partAt } from './kernel.ts';
import { atOnce, block, groupSizesOf, int4Groups, multiplesOfInt4, productGroup, stepBytes } from './layout.ts';

/** Bytes of a block's multiples for an output: two 16-bit numbers each for scales and minima. */
export const multiplesBytes = 8;

/**
 * out, numbers, multiples, groups, blocks: packs a matrix as `productInt4` reads it. Of each output and block,
 * `numbers` holds 32 bytes (those of two blocks of `FourBitBlocks`), and `multiples` what the scales and minima of both
 * are in steps of the output. Threads share the groups.
 */
export function packInt4(products: ByteProducts): WasmFunction {
  return kernel((f, take, { number, of }) => {
    const [out, numbers, multiples, groups, blocks] = locals(5, take);
    const [into, from, known, lane] = locals(4, () => f.local('i32'));
    const [, groupBytes] = groupSizesOf(f, int4Groups, blocks);
    const bytes = asLocals(Array.from({ length: block / atOnce }, () => f.local('v128')));
    const lowBits = f.let('v128', i8x16.splat(15));
    /** Of eight steps, in two vectors, pairs in the low and high bits of a byte. */
    const paired = (a: Local, b: Local): Local => {
      const [even, odd] = [v128.shuffle32(a, b, [0, 2, 4, 6]), v128.shuffle32(a, b, [1, 3, 5, 7])];
      return f.let('v128', v128.or(even, i16x8.shiftLeft(odd, 4)));
    };
    f.for(partAt(groups, number, of), partAt(groups, i32.add(number, 1), of), 1, (group) => {
      f.set(into, i32.add(out, i32.multiply(group, groupBytes)));
      f.for(0, blocks, 1, (n) => {
        f.set(lane, 0);
        const first = f.let('i32', i32.add(i32.multiply(i32.multiply(group, productGroup), blocks), n));
        f.set(from, i32.add(numbers, i32.multiply(first, block / 2)));
        f.set(known, i32.add(multiples, i32.multiply(first, multiplesBytes)));
        f.while(i32.less(lane, 4 * productGroup), () => {
          for (const half of [0, 1]) {
            const two = f.let('v128', v128.load(from, atOnce * half));
            f.set(bytes[2 * half] as Local, v128.and(two, lowBits));
            f.set(bytes[2 * half + 1] as Local, v128.and(i16x8.shiftRight(two, 4), lowBits));
          }
          const steps = inSteps(products, bytes).map((each) => f.let('v128', each));
          const at = f.let('i32', i32.add(into, lane));
          for (const half of [0, 1]) {
            const four = paired(steps[2 * half] as Local, steps[2 * half + 1] as Local);
            for (const v of [0, 1, 2, 3])
              f.do(v128.storeLane(at, four, v, multiplesOfInt4 + stepBytes * (4 * half + v)));
          }
          f.do(i32.store(at, i32.load(known)));
          f.do(i32.store(at, i32.load(known, 4), stepBytes));
          f.increase(lane, 4);
          f.increase(from, i32.multiply(blocks, block / 2));
          f.increase(known, i32.multiply(blocks, multiplesBytes));
        });
        f.increase(into, int4Groups.numbers);
      });
    });
  });
}
