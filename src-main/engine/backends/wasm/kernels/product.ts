import type { ByteProducts } from '../byte-products.ts';
import { type Code, i32, type Local, v128, type WasmFunction } from '../code.ts';
import { cells } from '../machine-run.ts';
import { addresses, eachPart, halves, kernel, locals, type Pair, pairOf } from './kernel.ts';
import { type GroupLayout, groupSizesOf, productGroup, rowBlockBytes } from './layout.ts';

/** One of two groups of outputs, or of two halves of a group. */
export type Which = 0 | 1;

/** Sums for the outputs of two groups. */
export type Sums = Pair<Pair<Local>>;

/** A row being multiplied. */
export interface Row {
  /** Where its blocks are being read. */
  readonly at: Local;
  readonly totals: Sums;
}

/** What is being read of a pair of groups: what is known about a block, and its numbers. */
export interface Blocks {
  readonly heads: Pair<Local>;
  readonly weights: Pair<Local>;
}

/** How a kind of matrix is multiplied. */
export interface Multiplier {
  /** Adds the products of a block of both groups and one of each row to the row's totals. */
  multiply(rows: readonly Row[]): void;
  /** A result from its total, the outputs' steps, and where the row's step is. */
  scaled(total: Local, steps: Local, stepOfRow: Code): Code;
}

/** Vectors for a number of rows; a kernel always multiplies the first ones. */
export const mostRows = 4;

/**
 * Where bytes are not multiplied by fours, several rows go through a pair of groups piece by piece, of this many
 * blocks: memory delivers the next piece while they multiply. Of more rows the sums would be read and written for less.
 */
const pieceBlocks = 2;
const pieceRows = { least: 3, most: 16 } as const;

/**
 * out, row of out, x, row of x, steps, rows, matrix, scales, pairs of groups of outputs, blocks, pairs at once:
 * multiplies each row of integers by a matrix, and scales the result. Threads share the pairs: the first rows read one
 * as memory delivers it (four rows where they can be multiplied meanwhile, otherwise one), and the others, two at a
 * time, find it in cache. Between two pieces totals are kept in `out`.
 */
export function product(
  layout: GroupLayout,
  multiplierOf: (f: WasmFunction, products: ByteProducts, blocks: Blocks) => Multiplier,
): (products: ByteProducts) => WasmFunction {
  return (products) =>
    kernel((f, take, thread) => {
      const [out, outRow, x, row, steps, rows, matrix, scales, pairs] = locals(9, take);
      const [blocks, pairsAtOnce] = locals(2, take);
      // Whether memory is read alternately in two places in this run (`MemoryOrder`).
      const isApart = f.let('i32', i32.load(cells.readsApart));
      const [headsSize, groupSize] = groupSizesOf(f, layout, blocks);
      const number = () => f.local('i32');
      const vector = () => f.local('v128');
      const [stop, stride, distance] = locals(3, number);
      const [left, at, step, into, end, isOne] = locals(6, number);
      // Where a piece starts in a group's heads and numbers, and in a row; how many blocks it has; where the group ends.
      const [headsStart, weightsStart, rowStart, atOnce, groupEnd] = locals(5, number);
      // For a pair of groups: their indices, outputs and matrices, and where these are being read.
      const [group, outs, matrices] = [pairOf(number), pairOf(number), pairOf(number)];
      const [heads, weights] = [pairOf(number), pairOf(number)];
      const factors = pairOf(() => pairOf(vector));
      const all = Array.from({ length: mostRows }, (): Row => ({ at: number(), totals: pairOf(() => pairOf(vector)) }));
      const multiplier = multiplierOf(f, products, { heads, weights });

      /** Visits the place of each total in `out`. */
      const eachPlace = (some: readonly Row[], body: (at: Local, total: Pair<Local>, g: Which, n: number) => void) => {
        const rowsAt = addresses(f, into, outRow, some.length);
        for (const [n, { totals }] of some.entries())
          for (const g of halves) body(f.let('i32', i32.add(outs[g], rowsAt[n] as Local)), totals[g], g, n);
      };
      /** Writes the results of rows for both groups. */
      const write = (some: readonly Row[]) => {
        eachPlace(some, (place, total, g, n) => {
          const stepOfRow = v128.splat32(step, 4 * n);
          const scaled = pairOf((half) => f.let('v128', multiplier.scaled(total[half], factors[g][half], stepOfRow)));
          for (const half of halves) f.do(v128.store(place, scaled[half], 16 * half));
        });
      };
      /** Multiplies the next rows by a piece of both groups. */
      const multiply = (some: readonly Row[]) => {
        for (const g of halves) {
          f.set(heads[g], i32.add(matrices[g], headsStart));
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
            eachPlace(some, (place, total) => {
              for (const half of halves) f.set(total[half], v128.load(place, 16 * half));
            }),
        );
        f.set(end, i32.add(weights[0], i32.multiply(atOnce, layout.numbers)));
        f.if(i32.less(groupEnd, end), () => f.set(end, groupEnd));
        f.while(i32.less(weights[0], end), () => {
          multiplier.multiply(some);
          for (const g of halves) {
            f.increase(heads[g], layout.head);
            f.increase(weights[g], layout.numbers);
          }
          for (const { at } of some) f.increase(at, rowBlockBytes);
        });
        f.if(
          i32.less(end, groupEnd),
          () =>
            eachPlace(some, (place, total) => {
              for (const half of halves) f.do(v128.store(place, total[half], 16 * half));
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
          f.if(i32.atLeast(left, 4), () => multiply(all));
          f.set(isOne, isOdd);
        }
        // There are not enough registers for four. The less the first one has to do, the sooner it reaches the next
        // lines.
        else f.set(isOne, i32.or(isOdd, i32.atLeast(left, 8)));
        f.while(i32.less(0, left), () => {
          f.if(
            isOne,
            () => multiply(all.slice(0, 1)),
            () => multiply(all.slice(0, 2)),
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
          f.set(headsStart, 0);
          f.set(weightsStart, headsSize);
          f.set(rowStart, 0);
          f.while(i32.less(i32.add(matrices[0], weightsStart), groupEnd), () => {
            allRows();
            f.increase(headsStart, i32.multiply(atOnce, layout.head));
            f.increase(weightsStart, i32.multiply(atOnce, layout.numbers));
            f.increase(rowStart, i32.multiply(atOnce, rowBlockBytes));
          });
          f.increase(group[0], stride);
        });
      });
    });
}
