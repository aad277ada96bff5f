import type { ByteProducts } from '../byte-products.ts';
import { type Code, f32x4, i16x8, i32x4, type Local, type Operand, v128, type WasmFunction } from '../code.ts';
import { halves, type Pair, pairOf } from './kernel.ts';
import { block, bytesAtOnce, counts, int8Groups, middle, productGroup, stepBytes } from './layout.ts';
import { type Blocks, type Multiplier, mostRows, product, type Row, type Sums, type Which } from './product.ts';

/** What is kept of a row while its block is multiplied. */
interface Own {
  /** The numbers of a step of the block, and the block's multiple of the row's rounding step, for each output. */
  readonly x: Local;
  readonly count: Local;
  /** Sums of the block; its steps alternate between the two. */
  readonly sums: Pair<Sums>;
}

/** Rows are as laid out by `roundForInt8`, and matrices by `packInt8`: sums are integers, scaled at the end. */
export const productInt8 = product(int8Groups, multiplier);

function multiplier(f: WasmFunction, products: ByteProducts, { heads, weights }: Blocks): Multiplier {
  const vector = () => f.local('v128');
  const w = pairOf(vector);
  const sums = (): Sums => pairOf(() => pairOf(vector));
  const own = Array.from({ length: mostRows }, (): Own => ({ x: vector(), count: vector(), sums: pairOf(sums) }));
  const ownOf = (n: number) => own[n] as Own;
  const increase = (sum: Pair<Local>, by: (half: Which) => Operand) => {
    for (const half of halves) f.set(sum[half], i32x4.add(sum[half], by(half)));
  };
  /** The sums of a block's outputs, to correct for the midpoint that was added to the rows. */
  const blockSums = (g: Which, half: Which) => v128.fromHalves(heads[g], productGroup * half);
  /** Visits each step of a block, each group, with its outputs' bytes in `w`, and each row, with its own in `x`. */
  const eachStep = (rows: readonly Row[], body: (n: number, g: Which, i: number) => void) => {
    for (let i = 0; i < block / bytesAtOnce; i++) {
      for (const [n, { at }] of rows.entries()) f.set(ownOf(n).x, v128.splat32(at, bytesAtOnce * i));
      for (const g of halves) {
        for (const half of halves) f.set(w[half], v128.load(weights[g], stepBytes * i + (stepBytes / 2) * half));
        for (const n of rows.keys()) body(n, g, i);
      }
    }
  };
  const multiplyByFours = (rows: readonly Row[]) => {
    // Alternating, as an instruction waits for the sum that it adds to. Four rows already use all registers.
    const turns = rows.length === mostRows ? 1 : 2;
    eachStep(rows, (n, g, i) => {
      const { x, sums } = ownOf(n);
      const sum = sums[(i % turns) as Which][g];
      const before = (half: Which) => {
        if (i >= turns) return sum[half];
        return i === 0 ? i32x4.shiftLeft(blockSums(g, half), Math.log2(middle)) : v128.zeros;
      };
      for (const half of halves) f.set(sum[half], i32x4.relaxedDotAdd(w[half], x, before(half)));
    });
    for (const [n, { totals }] of rows.entries())
      for (const g of halves) {
        const { sums, count } = ownOf(n);
        const [even, odd] = [sums[0][g], sums[1][g]];
        if (turns === 2) increase(even, (half) => odd[half]);
        increase(totals[g], (half) => i32x4.multiply(even[half], count));
      }
  };
  /** Products of a step, times the block's multiple of the row's rounding step. */
  const counted = ({ x, count }: Own, half: Which): Code => {
    if (products === 'pairs') return i32x4.dot(i16x8.relaxedDot(w[half], x), count);
    const low = f.let('v128', i32x4.dot(i16x8.fromLowBytes(w[half]), i16x8.fromLowUnsignedBytes(x)));
    const high = f.let('v128', i32x4.dot(i16x8.fromHighBytes(w[half]), i16x8.fromHighUnsignedBytes(x)));
    const [even, odd] = [v128.shuffle32(low, high, [0, 2, 4, 6]), v128.shuffle32(low, high, [1, 3, 5, 7])];
    return i32x4.multiply(i32x4.add(even, odd), count);
  };
  const multiplyByLess = (rows: readonly Row[]) => {
    for (const { at, totals } of rows) {
      const middles = f.let('v128', v128.splat32(at, block + counts.middles));
      // As 16-bit numbers, of which every other product is zero.
      for (const g of halves) increase(totals[g], (half) => i32x4.dot(blockSums(g, half), middles));
    }
    eachStep(rows, (n, g) => increase((rows[n] as Row).totals[g], (half) => counted(ownOf(n), half)));
  };
  return {
    multiply(rows) {
      for (const [n, { at }] of rows.entries())
        f.set(ownOf(n).count, v128.splat32(at, block + counts[products === 'pairs' ? 'halves' : 'whole']));
      (products === 'fours' ? multiplyByFours : multiplyByLess)(rows);
    },
    scaled: (total, steps, stepOfRow) => f32x4.multiply(f32x4.multiply(f32x4.fromI32x4(total), steps), stepOfRow),
  };
}
