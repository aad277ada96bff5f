import { type Code, f32x4, i16x8, i32, i32x4, v128, type WasmFunction } from '../code.ts';
import { halves, kernel, locals, pairOf, partAt } from './kernel.ts';
import {
  block,
  bytesAtOnce,
  groupSizesOf,
  pairOutputs,
  productGroup,
  stepBytes,
  tileBytes,
  tileRanks,
} from './layout.ts';

/** Of four bytes of each of four rows, those of each column. */
const columnsOfFour = [0, 1, 2, 3].flatMap((column) => [0, 4, 8, 12].map((row) => row + column));

/**
 * out, x, columns, groups, blocks: a matrix of bytes [rows, columns], whole blocks of rows, laid out as `product` reads it. Threads share the
 * groups.
 */
export function pack(): WasmFunction {
  return kernel((f, take, { number, of }) => {
    const [out, x, columns, groups, blocks] = locals(5, take);
    const [sumsBytes, groupBytes] = groupSizesOf(f, blocks);
    const [from, into, sums, end] = locals(4, () => f.local('i32'));
    const [four, own] = [f.local('v128'), f.local('v128')];
    const totals = pairOf(() => f.local('v128'));
    f.for(partAt(groups, number, of), partAt(groups, i32.add(number, 1), of), 1, (group) => {
      f.set(sums, i32.add(out, i32.multiply(group, groupBytes)));
      f.set(into, i32.add(sums, sumsBytes));
      f.set(from, i32.add(x, i32.multiply(group, productGroup)));
      f.for(0, blocks, 1, () => {
        for (const total of totals) f.set(total, v128.zeros);
        f.set(end, i32.add(into, productGroup * block));
        f.while(i32.less(into, end), () => {
          for (const half of halves) {
            f.set(four, v128.zeros);
            for (let row = 0; row < bytesAtOnce; row++) {
              const rowAt = i32.add(from, i32.multiply(columns, row));
              f.set(four, v128.loadLane(i32.add(rowAt, (productGroup / 2) * half), four, row));
            }
            f.set(own, v128.shuffleBytes(four, four, columnsOfFour));
            f.do(v128.store(into, own, (stepBytes / 2) * half));
            f.set(totals[half], i16x8.add(totals[half], i16x8.sumsOfBytes(own)));
          }
          f.increase(into, stepBytes);
          f.increase(from, i32.multiply(columns, bytesAtOnce));
        });
        const [low, high] = totals.map((total) => i32x4.subtract(v128.zeros, i32x4.sumsOfHalves(total))) as [
          Code,
          Code,
        ];
        f.do(v128.store(sums, i16x8.narrow(low, high)));
        f.increase(sums, 2 * productGroup);
      });
    });
  });
}

/**
 * first tiles of pairs, ranks of tiles, tiles, x, rows, columns: a matrix of floats [rows, columns], whole tiles each way, laid out as `addTimes` reads
 * it (`update-tiles.ts`). One thread does all of it.
 */
export function tile(): WasmFunction {
  return kernel((f, take) => {
    const [firsts, ranksOf, tiles, x, rows, columns] = locals(6, take);
    const rowBytes = f.let('i32', i32.shiftLeft(columns, 2));
    const count = f.let('i32', 0);
    const [from, at] = locals(2, () => f.local('i32'));
    const seen = f.local('v128');
    f.for(x, i32.add(x, rowBytes), 4 * pairOutputs, (pair) => {
      f.do(i32.store(firsts, count));
      f.increase(firsts, 4);
      f.set(from, pair);
      f.for(0, rows, tileRanks, (rank) => {
        f.set(seen, v128.zeros);
        for (let row = 0; row < tileRanks; row++) {
          f.set(at, i32.add(from, i32.multiply(rowBytes, row)));
          for (let four = 0; four < pairOutputs / 4; four++) {
            const numbers = f.let('v128', v128.load(at, 16 * four));
            f.set(seen, v128.or(seen, f32x4.notEqual(numbers, v128.zeros)));
            f.do(v128.store(tiles, numbers, 4 * pairOutputs * row + 16 * four));
          }
        }
        f.increase(from, i32.multiply(rowBytes, tileRanks));
        // What was written is written over where it is zeros.
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
