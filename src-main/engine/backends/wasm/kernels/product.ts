import type { ByteProducts } from '../byte-products.ts';
import { type Code, f32x4, i16x8, i32, i32x4, type Local, type Operand, v128, type WasmFunction } from '../code.ts';
import { cells } from '../machine-run.ts';
import { addresses, eachPart, halves, kernel, locals, type Pair, pairOf } from './kernel.ts';
import { block, bytesAtOnce, counts, groupSizesOf, middle, productGroup, rowBlockBytes, stepBytes } from './layout.ts';

/** One of two groups of outputs, or of two halves of a group. */
type Which = 0 | 1;

/** Sums for the outputs of two groups. */
type Sums = Pair<Pair<Local>>;

/** A row being multiplied. */
interface Row {
  /** Where its blocks are being read. */
  readonly at: Local;
  /** The numbers of a step of a block, and the block's multiple of the row's rounding step, for each output. */
  readonly x: Local;
  readonly count: Local;
  readonly totals: Sums;
  /** Sums of a block; its steps alternate between the two. */
  readonly sums: Pair<Sums>;
}

/**
 * Where bytes are not multiplied by fours, several rows go through a pair of groups piece by piece, of this many
 * blocks: memory delivers the next piece while they multiply. Of more rows the sums would be read and written for less.
 */
const pieceBlocks = 2;
const pieceRows = { least: 3, most: 16 } as const;

/**
 * out, row of out, x, row of x, steps, rows, matrix, scales, pairs of groups of outputs, blocks, pairs at once:
 * multiplies each row of integers by a matrix, laid out by `round` and by `pack`, and scales the result. Threads share
 * the pairs: the first rows read one as memory delivers it (four rows where they can be multiplied meanwhile, otherwise
 * one), and the others, two at a time, find it in cache. Between two pieces sums are kept in `out`, as integers.
 */
export function product(products: ByteProducts): WasmFunction {
  return kernel((f, take, thread) => {
    const [out, outRow, x, row, steps, rows, matrix, scales, pairs] = locals(9, take);
    const [blocks, pairsAtOnce] = locals(2, take);
    // Whether memory is read alternately in two places in this run (`MemoryOrder`).
    const isApart = f.let('i32', i32.load(cells.readsApart));
    const [sumsSize, groupSize] = groupSizesOf(f, blocks);
    const number = () => f.local('i32');
    const vector = () => f.local('v128');
    const [stop, stride, distance] = locals(3, number);
    const [left, at, step, into, end, isOne] = locals(6, number);
    // Where a piece starts in a group's sums and blocks, and in a row; how many blocks it has; where the group ends.
    const [sumsStart, weightsStart, rowStart, atOnce, groupEnd] = locals(5, number);
    // For a pair of groups: their indices, outputs and block sums, and where the sums and the blocks are being read.
    const [group, outs, matrices] = [pairOf(number), pairOf(number), pairOf(number)];
    const [sumsAt, weights] = [pairOf(number), pairOf(number)];
    const factors = pairOf(() => pairOf(vector));
    const w = pairOf(vector);
    const sums = (): Sums => pairOf(() => pairOf(vector));
    const four = Array.from({ length: 4 }, (): Row => {
      return { at: number(), x: vector(), count: vector(), totals: sums(), sums: pairOf(sums) };
    });

    const increase = (sum: Pair<Local>, by: (half: Which) => Operand) => {
      for (const half of halves) f.set(sum[half], i32x4.add(sum[half], by(half)));
    };
    /** The sums of a block's outputs, to correct for the midpoint that was added to the rows. */
    const blockSums = (g: Which, half: Which) => v128.fromHalves(sumsAt[g], productGroup * half);
    /** Visits each step of a block, each group, with its outputs' bytes in `w`, and each row, with its own in `x`. */
    const eachStep = (some: readonly Row[], body: (row: Row, g: Which, i: number) => void) => {
      for (let i = 0; i < block / bytesAtOnce; i++) {
        for (const row of some) f.set(row.x, v128.splat32(row.at, bytesAtOnce * i));
        for (const g of halves) {
          for (const half of halves) f.set(w[half], v128.load(weights[g], stepBytes * i + (stepBytes / 2) * half));
          for (const row of some) body(row, g, i);
        }
      }
    };
    const multiplyByFours = (some: readonly Row[]) => {
      // Alternating, as an instruction waits for the sum that it adds to. Four rows already use all registers.
      const turns = some.length === 4 ? 1 : 2;
      eachStep(some, ({ x, sums }, g, i) => {
        const sum = sums[(i % turns) as Which][g];
        const before = (half: Which) => {
          if (i >= turns) return sum[half];
          return i === 0 ? i32x4.shiftLeft(blockSums(g, half), Math.log2(middle)) : v128.zeros;
        };
        for (const half of halves) f.set(sum[half], i32x4.relaxedDotAdd(w[half], x, before(half)));
      });
      for (const { totals, sums, count } of some)
        for (const g of halves) {
          const [even, odd] = [sums[0][g], sums[1][g]];
          if (turns === 2) increase(even, (half) => odd[half]);
          increase(totals[g], (half) => i32x4.multiply(even[half], count));
        }
    };
    /** Products of a step, times the block's multiple of the row's rounding step. */
    const counted = ({ x, count }: Row, half: Which): Code => {
      if (products === 'pairs') return i32x4.dot(i16x8.relaxedDot(w[half], x), count);
      const low = f.let('v128', i32x4.dot(i16x8.fromLowBytes(w[half]), i16x8.fromLowUnsignedBytes(x)));
      const high = f.let('v128', i32x4.dot(i16x8.fromHighBytes(w[half]), i16x8.fromHighUnsignedBytes(x)));
      const [even, odd] = [v128.shuffle32(low, high, [0, 2, 4, 6]), v128.shuffle32(low, high, [1, 3, 5, 7])];
      return i32x4.multiply(i32x4.add(even, odd), count);
    };
    const multiplyByLess = (some: readonly Row[]) => {
      for (const { at, totals } of some) {
        const middles = f.let('v128', v128.splat32(at, block + counts.middles));
        // As 16-bit numbers, of which every other product is zero.
        for (const g of halves) increase(totals[g], (half) => i32x4.dot(blockSums(g, half), middles));
      }
      eachStep(some, (row, g) => increase(row.totals[g], (half) => counted(row, half)));
    };
    /** Visits the place of each sum in `out`. */
    const eachPlace = (some: readonly Row[], body: (at: Local, sum: Pair<Local>, g: Which, n: number) => void) => {
      const rowsAt = addresses(f, into, outRow, some.length);
      for (const [n, { totals }] of some.entries())
        for (const g of halves) body(f.let('i32', i32.add(outs[g], rowsAt[n] as Local)), totals[g], g, n);
    };
    /** Writes the sums of rows for both groups, scaled back. */
    const write = (some: readonly Row[]) => {
      eachPlace(some, (place, sum, g, n) => {
        const stepOfRow = f.let('v128', v128.splat32(step, 4 * n));
        const scaled = pairOf((half) => {
          const whole = f32x4.fromI32x4(sum[half]);
          return f.let('v128', f32x4.multiply(f32x4.multiply(whole, factors[g][half]), stepOfRow));
        });
        for (const half of halves) f.do(v128.store(place, scaled[half], 16 * half));
      });
    };
    /** Multiplies the next rows by a piece of both groups. */
    const multiply = (some: readonly Row[]) => {
      for (const g of halves) {
        f.set(sumsAt[g], i32.add(matrices[g], sumsStart));
        f.set(weights[g], i32.add(matrices[g], weightsStart));
      }
      const places = addresses(f, at, row, some.length);
      for (const [n, { at: own }] of some.entries()) f.set(own, places[n] as Local);
      f.if(
        i32.equal(rowStart, 0),
        () => {
          for (const { totals } of some)
            for (const g of halves) for (const half of halves) f.set(totals[g][half], v128.zeros);
        },
        () =>
          eachPlace(some, (place, sum) => {
            for (const half of halves) f.set(sum[half], v128.load(place, 16 * half));
          }),
      );
      f.set(end, i32.add(weights[0], i32.multiply(atOnce, productGroup * block)));
      f.if(i32.less(groupEnd, end), () => f.set(end, groupEnd));
      f.while(i32.less(weights[0], end), () => {
        for (const { at, count } of some)
          f.set(count, v128.splat32(at, block + counts[products === 'pairs' ? 'halves' : 'whole']));
        (products === 'fours' ? multiplyByFours : multiplyByLess)(some);
        for (const g of halves) {
          f.increase(sumsAt[g], 2 * productGroup);
          f.increase(weights[g], productGroup * block);
        }
        for (const { at } of some) f.increase(at, rowBlockBytes);
      });
      f.if(
        i32.less(end, groupEnd),
        () =>
          eachPlace(some, (place, sum) => {
            for (const half of halves) f.do(v128.store(place, sum[half], 16 * half));
          }),
        () => write(some),
      );
      f.increase(into, i32.multiply(outRow, some.length));
      f.increase(at, i32.multiply(row, some.length));
      f.increase(step, 4 * some.length);
      f.increase(left, -some.length);
    };
    const allRows = () => {
      f.set(at, i32.add(x, rowStart));
      f.set(into, 0);
      f.set(step, steps);
      f.set(left, rows);
      const isOdd = i32.and(left, 1);
      if (products === 'fours') {
        f.if(i32.atLeast(left, 4), () => multiply(four));
        f.set(isOne, isOdd);
      }
      // There are not enough registers for four. The less the first one has to do, the sooner it reaches the next
      // lines.
      else f.set(isOne, i32.or(isOdd, i32.atLeast(left, 8)));
      f.while(i32.less(0, left), () => {
        f.if(
          isOne,
          () => multiply(four.slice(0, 1)),
          () => multiply(four.slice(0, 2)),
        );
        f.set(isOne, i32.equal(left, 1));
      });
    };
    f.set(atOnce, blocks);
    if (products !== 'fours') {
      const isSeveral = i32.and(i32.atLeast(rows, pieceRows.least), i32.atLeast(pieceRows.most, rows));
      f.if(isSeveral, () => f.set(atOnce, pieceBlocks));
    }
    eachPart(f, { units: pairs, atOnce: pairsAtOnce, thread }, (from, to) => {
      f.set(group[0], i32.shiftLeft(from, 1));
      f.set(stop, i32.shiftLeft(to, 1));
      // The groups of a pair are adjacent, or half of the part apart.
      f.set(stride, 2);
      f.set(distance, 1);
      f.if(isApart, () => {
        f.set(stride, 1);
        f.set(distance, i32.subtract(to, from));
        f.set(stop, i32.add(group[0], distance));
      });
      f.while(i32.less(group[0], stop), () => {
        f.set(group[1], i32.add(group[0], distance));
        for (const g of halves) {
          f.set(matrices[g], i32.add(matrix, i32.multiply(group[g], groupSize)));
          f.set(outs[g], i32.add(out, i32.multiply(group[g], 4 * productGroup)));
          const scalesAt = f.let('i32', i32.add(scales, i32.multiply(group[g], 4 * productGroup)));
          for (const half of halves) f.set(factors[g][half], v128.load(scalesAt, 16 * half));
        }
        f.set(groupEnd, i32.add(matrices[0], groupSize));
        f.set(sumsStart, 0);
        f.set(weightsStart, sumsSize);
        f.set(rowStart, 0);
        f.while(i32.less(i32.add(matrices[0], weightsStart), groupEnd), () => {
          allRows();
          f.increase(sumsStart, i32.multiply(atOnce, 2 * productGroup));
          f.increase(weightsStart, i32.multiply(atOnce, productGroup * block));
          f.increase(rowStart, i32.multiply(atOnce, rowBlockBytes));
        });
        f.increase(group[0], stride);
      });
    });
  });
}
