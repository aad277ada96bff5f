import { f32x4, i16x8, i32, i32x4, type Local, v128, type WasmFunction } from '../code.ts';
import { halves, kernel, locals, type Pair, pairOf, partAt, sumsOf } from './kernel.ts';
import { atOnce, block, productGroup, rowBlockBytes } from './layout.ts';

/** Groups that a product goes through with all rows, before the next ones. */
const groupsAtOnce = 16;

/**
 * out, row of out, x, row of x, steps, rows, matrix, scales, groups of outputs, blocks: each row of whole numbers times a matrix of bytes
 * [groups, blocks, 2 parts, 4 outputs, 32], scaled back. Threads share the groups.
 */
export function product(relaxed: boolean): WasmFunction {
  return kernel((f, take, { number, of }) => {
    const [out, outRow, x, row, steps, rows, matrix, scales, groups] = locals(9, take);
    const blocks = take();
    const fours = f.let('i32', i32.shiftRight(i32.add(blocks, 3), 2));
    const numberBytes = f.let('i32', i32.multiply(blocks, productGroup * block));
    const groupBytes = f.let('i32', i32.add(numberBytes, i32.multiply(fours, 32)));
    const from = f.let('i32', partAt(groups, number, of));
    const to = f.let('i32', partAt(groups, i32.add(number, 1), of));
    const weights = f.let('i32', i32.add(matrix, i32.multiply(from, groupBytes)));
    const factors = f.local('v128');
    const [p, end, left, at, step, into, outs] = locals(7, () => f.local('i32'));
    const places = [f.local('i32'), f.local('i32')] as const;
    const vector = () => f.local('v128');
    const w = pairOf(vector);
    const xs = pairOf(() => pairOf(vector));
    const counts = pairOf(vector);
    const totals = pairOf(vector);
    const sums = pairOf(() => Array.from({ length: productGroup }, () => pairOf(vector)));
    /** sum + products of sixteen bytes of an output and of a row, by as many steps as the row's block counts. */
    const multiplyAdd = (sum: Local, weights: Local, numbers: Local, count: Local) => {
      if (relaxed) return i32x4.add(sum, i32x4.dot(i16x8.relaxedDot(weights, numbers), count));
      const low = i32x4.dot(i16x8.fromLowBytes(weights), i16x8.fromLowUnsignedBytes(numbers));
      const high = i32x4.dot(i16x8.fromHighBytes(weights), i16x8.fromHighUnsignedBytes(numbers));
      return i32x4.add(sum, i32x4.multiply(i32x4.add(low, high), i32x4.fromLowHalves(count)));
    };
    const several = (numbers: readonly (0 | 1)[]) => {
      for (const r of numbers) for (const sum of sums[r].flat()) f.set(sum, v128.zeros);
      f.set(p, weights);
      f.set(end, i32.add(weights, numberBytes));
      for (const r of numbers) f.set(places[r], r === 0 ? at : i32.add(at, row));
      f.while(i32.less(p, end), () => {
        for (const r of numbers) f.set(counts[r], v128.load(places[r], block));
        for (let part = 0; part < block; part += 2 * atOnce) {
          for (const r of numbers)
            for (const half of halves) f.set(xs[r][half], v128.load(places[r], part + atOnce * half));
          for (let o = 0; o < productGroup; o++) {
            for (const half of halves) f.set(w[half], v128.load(p, productGroup * part + atOnce * (2 * o + half)));
            for (const r of numbers)
              for (const half of halves) {
                const sum = (sums[r][o] as Pair<Local>)[half];
                f.set(sum, multiplyAdd(sum, w[half], xs[r][half], counts[r]));
              }
          }
        }
        f.increase(p, productGroup * block);
        for (const r of numbers) f.increase(places[r], rowBlockBytes);
      });
      // Shuffled by halves too: what leaves the loop as one vector of 256 bits would be taken apart in it.
      for (const r of numbers) {
        const [low, high] = pairOf((half) =>
          sumsOf(
            f,
            i32x4.add,
            sums[r].map((pair) => pair[half]),
          ),
        );
        f.set(totals[r], i32x4.add(low, high));
      }
      // The middle of what rows are rounded to, taken off.
      f.set(end, i32.add(weights, groupBytes));
      f.while(i32.less(p, end), () => {
        f.set(w[0], v128.load(p));
        for (const r of numbers) {
          f.set(totals[r], i32x4.add(totals[r], i32x4.dot(w[0], v128.splat32(places[r]))));
          f.increase(places[r], 4);
        }
        f.increase(p, 4 * productGroup);
      });
      for (const r of numbers) {
        const scaled = f32x4.multiply(f32x4.multiply(f32x4.fromI32x4(totals[r]), factors), v128.splat32(step, 4 * r));
        f.do(v128.store(r === 0 ? into : i32.add(into, outRow), scaled));
      }
    };
    // Some groups by all rows before the next ones: they come from memory in one go, and are near for the other rows.
    const until = f.local('i32');
    const group = f.local('i32');
    const begin = f.let('i32', from);
    const start = f.let('i32', weights);
    const each = (several: () => void) => {
      f.set(group, begin);
      f.set(weights, start);
      f.while(i32.less(group, until), () => {
        f.set(factors, v128.load(i32.add(scales, i32.shiftLeft(group, 4))));
        f.set(into, i32.add(outs, i32.shiftLeft(group, 4)));
        several();
        f.increase(weights, groupBytes);
        f.increase(group, 1);
      });
    };
    f.while(i32.less(begin, to), () => {
      f.set(until, i32.add(begin, groupsAtOnce));
      f.if(i32.less(to, until), () => f.set(until, to));
      f.set(at, x);
      f.set(step, steps);
      f.set(outs, out);
      f.set(left, rows);
      f.while(i32.less(1, left), () => {
        each(() => several([0, 1]));
        f.increase(at, i32.shiftLeft(row, 1));
        f.increase(outs, i32.shiftLeft(outRow, 1));
        f.increase(step, 8);
        f.increase(left, -2);
      });
      f.if(i32.equal(left, 1), () => each(() => several([0])));
      f.set(begin, until);
      f.set(start, weights);
    });
  });
}
