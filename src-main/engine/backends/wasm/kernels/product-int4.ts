import type { ByteProducts } from '../byte-products.ts';
import { type Code, f32x4, i8x16, i16x8, i32x4, type Local, v128, type WasmFunction } from '../code.ts';
import { halves, type Pair, pairOf } from './kernel.ts';
import { block, bytesAtOnce, countsForInt4, int4Groups, multiplesOfInt4, stepBytes } from './layout.ts';
import { type Blocks, type Multiplier, mostRows, product, type Sums } from './product.ts';

/** Steps of a block in a vector of weights: one in the low bits of its bytes, one in the high bits. */
const stepsOfVector = 2;
/** Vectors after which sums of 16 bits are full: 16 products of 15 and 127 each. */
const vectorsOfSum = 4;
const parts = block / bytesAtOnce / stepsOfVector / vectorsOfSum;

/** What is kept of a row while its block is multiplied. */
interface Own {
  /** The numbers of two steps. */
  readonly x: Pair<Local>;
  /** Sums of a part of the block, and of all of it. */
  readonly part: Sums;
  readonly whole: Sums;
}

/**
 * Rows are as laid out by `roundForInt4`, and matrices by `packInt4`: a block's sums are integers, times its scales and
 * plus the minima times the sums of the row; the totals are floats.
 */
export const productInt4 = product(int4Groups, multiplier);

function multiplier(f: WasmFunction, products: ByteProducts, { weights }: Blocks): Multiplier {
  const vector = () => f.local('v128');
  const sums = (): Sums => pairOf(() => pairOf(vector));
  const own = Array.from({ length: mostRows }, (): Own => ({ x: pairOf(vector), part: sums(), whole: sums() }));
  const ownOf = (n: number) => own[n] as Own;
  const w = pairOf(() => pairOf(vector));
  const [loaded, scales, x, step] = [pairOf(vector), pairOf(vector), vector(), vector()];
  const lowBits = f.let('v128', i8x16.splat(15));

  /** Products of a step of weights and of a row. */
  const dot = (row: Local, weight: Local): Code => {
    if (products !== 'single') return i16x8.relaxedDot(row, weight);
    const low = i32x4.dot(i16x8.fromLowBytes(row), i16x8.fromLowUnsignedBytes(weight));
    const high = i32x4.dot(i16x8.fromHighBytes(row), i16x8.fromHighUnsignedBytes(weight));
    return i16x8.narrow(low, high);
  };
  const added = (sum: Local, row: Local, weight: Local, isFirst: boolean): Code => {
    if (products === 'fours') return i32x4.relaxedDotAdd(row, weight, isFirst ? v128.zeros : sum);
    return isFirst ? dot(row, weight) : i16x8.add(sum, dot(row, weight));
  };
  /** The sums of a part, times their scales. By fours, each part is one half of the block. */
  const scaledPart = (sum: Local, scale: Local, part: number): Code => {
    if (products !== 'fours') return i32x4.dot(sum, scale);
    return i32x4.multiply(sum, i32x4.shiftRight(part === 0 ? i32x4.shiftLeft(scale, 16) : scale, 16));
  };
  return {
    multiply(rows) {
      for (let part = 0; part < parts; part++) {
        for (let v = 0; v < vectorsOfSum; v++) {
          const i = vectorsOfSum * part + v;
          for (const [n, { at }] of rows.entries())
            for (const s of halves) f.set(ownOf(n).x[s], v128.splat32(at, bytesAtOnce * (stepsOfVector * i + s)));
          for (const g of halves) {
            for (const half of halves)
              f.set(loaded[half], v128.load(weights[g], multiplesOfInt4 + stepBytes * i + (stepBytes / 2) * half));
            for (const half of halves) f.set(w[0][half], v128.and(loaded[half], lowBits));
            for (const half of halves) f.set(w[1][half], v128.and(i16x8.shiftRight(loaded[half], 4), lowBits));
            for (const n of rows.keys())
              for (const s of halves)
                for (const half of halves) {
                  const sum = ownOf(n).part[g][half];
                  f.set(sum, added(sum, ownOf(n).x[s], w[s][half], v === 0 && s === 0));
                }
          }
        }
        for (const g of halves) {
          for (const half of halves) f.set(scales[half], v128.load(weights[g], (stepBytes / 2) * half));
          for (const n of rows.keys())
            for (const half of halves) {
              const { part: sum, whole } = ownOf(n);
              const scaled = scaledPart(sum[g][half], scales[half], part);
              f.set(whole[g][half], part === 0 ? scaled : i32x4.add(whole[g][half], scaled));
            }
        }
      }
      for (const [n, { at, totals }] of rows.entries()) {
        f.set(x, v128.splat32(at, block + countsForInt4.sums));
        f.set(step, v128.splat32(at, block + countsForInt4.step));
        for (const g of halves)
          for (const half of halves) {
            const minima = v128.load(weights[g], stepBytes + (stepBytes / 2) * half);
            const sum = i32x4.add(ownOf(n).whole[g][half], i32x4.dot(minima, x));
            f.set(totals[g][half], f32x4.add(totals[g][half], f32x4.multiply(f32x4.fromI32x4(sum), step)));
          }
      }
    },
    scaled: (total, steps) => f32x4.multiply(total, steps),
  };
}
