import { type Code, f32, f32x4, i16x8, i32, i32x4, type Local, v128, type WasmFunction } from '../code.ts';
import { fourOf } from './floats.ts';
import { halves, kernel, leastStep, locals, magnitude, pairOf, partAt, rounder, writeRow } from './kernel.ts';
import { pairOutputs, productGroup, shortReach, tileBytes, tileRanks } from './layout.ts';

/**
 * Rounds a row of floats, `bytes` of them, to 16-bit integers, and moves both addresses past it. Returns its step, by
 * which the integers are to be multiplied.
 */
export function roundRow(f: WasmFunction, { from, into, bytes }: Record<'from' | 'into' | 'bytes', Local>): Local {
  const round = f.let('v128', f32x4.splat(f32.constant(rounder)));
  const end = f.let('i32', i32.add(from, bytes));
  const step = f.let('f32', f32.divide(magnitude(f, from, end), f32.constant(shortReach)));
  // NaN stays NaN: all numbers of its row get a step of NaN.
  const factor = f.let('v128', f32x4.splat(f32.divide(f32.constant(1), step)));
  f.if(f32.less(step, f32.constant(leastStep)), () => f.set(factor, v128.zeros));
  const rounded = (four: Code): Code => i32x4.subtract(f32x4.add(f32x4.multiply(four, factor), round), round);
  f.while(i32.atLeast(end, i32.add(from, 32)), () => {
    f.do(v128.store(into, i16x8.narrow(rounded(v128.load(from)), rounded(v128.load(from, 16)))));
    f.increase(into, 16);
    f.increase(from, 32);
  });
  f.while(i32.less(from, end), () => {
    f.do(i32.storeHalf(into, i32x4.lane(rounded(v128.splat32(from)), 0)));
    f.increase(into, 2);
    f.increase(from, 4);
  });
  return step;
}

/** out, steps, x, rows, size: rounds rows of floats, with a step for each row. One thread does all of it. */
export function shorten(): WasmFunction {
  return kernel((f, take) => {
    const [out, steps, x, rows, size] = locals(5, take);
    const bytes = f.let('i32', i32.shiftLeft(size, 2));
    f.for(0, rows, 1, () => {
      f.do(f32.store(steps, roundRow(f, { from: x, into: out, bytes })));
      f.increase(steps, 4);
    });
  });
}

/**
 * first tiles of pairs, ranks of tiles, tiles, x, rows, columns: lays out a matrix of shorts [rows, columns], whole
 * tiles each way, as `addTimes` reads it (`short-matrices.ts`). One thread does all of it.
 */
export function tile(): WasmFunction {
  return kernel((f, take) => {
    const [firsts, ranksOf, tiles, x, rows, columns] = locals(6, take);
    const rowBytes = f.let('i32', i32.shiftLeft(columns, 1));
    const count = f.let('i32', 0);
    const [from, at] = locals(2, () => f.local('i32'));
    const seen = f.local('v128');
    f.for(x, i32.add(x, rowBytes), 2 * pairOutputs, (pair) => {
      f.do(i32.store(firsts, count));
      f.increase(firsts, 4);
      f.set(from, pair);
      f.for(0, rows, tileRanks, (rank) => {
        f.set(seen, v128.zeros);
        for (let row = 0; row < tileRanks; row++) {
          f.set(at, i32.add(from, i32.multiply(rowBytes, row)));
          for (const half of halves) {
            const numbers = f.let('v128', v128.load(at, 16 * half));
            f.set(seen, v128.or(seen, numbers));
            f.do(v128.store(tiles, numbers, 2 * pairOutputs * row + 16 * half));
          }
        }
        f.increase(from, i32.multiply(rowBytes, tileRanks));
        // A tile of zeros is overwritten by the next one.
        f.if(v128.isAnyTrue(seen), () => {
          f.do(i32.store(ranksOf, i32.shiftLeft(rank, 2)));
          f.increase(ranksOf, 4);
          f.increase(tiles, tileBytes);
          f.increase(count, 1);
        });
      });
    });
    f.do(i32.store(firsts, count));
  });
}

/**
 * out, x, first tiles of pairs, steps of ranks, ranks of tiles, tiles, rows, ranks, pairs of groups of columns, row of
 * out, factor in bits, weights: adds x M to the output, M [ranks, columns] as laid out by `tile`; nothing where x is
 * zero. Each thread has the same part of the pairs as in a product of one row, so that it adds to what it wrote itself
 * and reads its part of M sequentially. `weights` is memory of its own.
 */
export function addTimes(): WasmFunction {
  return kernel((f, take, { number, of }) => {
    const [out, x, firsts, steps, ranksOf, tiles, rows, ranks, pairs, outRow] = locals(10, take);
    const factor = f.let('v128', i32x4.splat(take()));
    const weights = take();
    const bytes = f.let('i32', i32.shiftLeft(ranks, 2));
    const from = f.let('i32', i32.add(firsts, i32.shiftLeft(partAt(pairs, number, of), 2)));
    const to = f.let('i32', i32.add(firsts, i32.shiftLeft(partAt(pairs, i32.add(number, 1), of), 2)));
    const [first, at, tile, rank, pair, end, own] = locals(7, () => f.local('i32'));
    const sums = pairOf(() => pairOf(() => f.local('v128')));
    f.set(first, i32.load(from));
    f.set(out, i32.add(out, i32.multiply(partAt(pairs, number, of), 4 * pairOutputs)));
    const addTile = () => {
      for (let k = 0; k < tileRanks; k++) {
        const weight = f.let('v128', v128.splat32(own, 4 * k));
        for (const g of halves)
          for (const half of halves) {
            const four = fourOf('shorts', tile, 2 * (pairOutputs * k + productGroup * g + 4 * half));
            f.set(sums[g][half], f32x4.add(sums[g][half], f32x4.multiply(weight, four)));
          }
      }
    };
    f.for(0, rows, 1, () => {
      // The last tile may have ranks that do not exist.
      f.set(own, i32.add(weights, bytes));
      f.do(v128.store(own, v128.zeros));
      // Zero stays zero even where a step is NaN.
      writeRow(f, { at: weights, bytes, from: [x, steps] }, ([four, stepsOfFour]) =>
        v128.and(
          f32x4.notEqual(four as Local, v128.zeros),
          f32x4.multiply(f32x4.multiply(four as Local, factor), stepsOfFour as Local),
        ),
      );
      f.set(tile, i32.add(tiles, i32.shiftLeft(first, Math.log2(tileBytes))));
      f.set(rank, i32.add(ranksOf, i32.shiftLeft(first, 2)));
      f.set(at, out);
      f.set(pair, from);
      f.while(i32.less(pair, to), () => {
        f.increase(pair, 4);
        f.set(end, i32.add(tiles, i32.shiftLeft(i32.load(pair), Math.log2(tileBytes))));
        f.if(i32.less(tile, end), () => {
          for (const g of halves) for (const half of halves) f.set(sums[g][half], v128.zeros);
          f.while(i32.less(tile, end), () => {
            f.set(own, i32.add(weights, i32.load(rank)));
            // Masked adapters leave only zeros, of either sign.
            f.if(v128.isAnyTrue(f32x4.notEqual(v128.load(own), v128.zeros)), addTile);
            f.increase(tile, tileBytes);
            f.increase(rank, 4);
          });
          for (const g of halves)
            for (const half of halves) {
              const place = 4 * (productGroup * g + 4 * half);
              f.do(v128.store(at, f32x4.add(v128.load(at, place), sums[g][half]), place));
            }
        });
        f.increase(at, 4 * pairOutputs);
      });
      f.increase(out, outRow);
      f.increase(x, bytes);
    });
  });
}
