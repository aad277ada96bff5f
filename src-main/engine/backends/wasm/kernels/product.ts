import { f32x4, i16x8, i32, i32x4, type Local, v128, type WasmFunction } from '../code.ts';
import { lineBytes } from '../machine-run.ts';
import { eachPart, halves, kernel, locals, orderIs, type Pair, pairOf, sumsOf } from './kernel.ts';
import { atOnce, block, blockSumsBytes, productGroup, rowBlockBytes } from './layout.ts';

/** The one or the other of two rows, or of two groups of outputs. */
type Which = 0 | 1;

/**
 * out, row of out, x, row of x, steps, rows, matrix, scales, groups of outputs, blocks, pairs of groups at once: each row of whole numbers times a matrix,
 * as they are laid out by `round` and by `pack`, scaled back. Threads share the groups, which go in pairs: a first row takes both as memory gives them, and
 * other rows, two at a time, find them near (`orderBits`).
 */
export function product(relaxed: boolean): WasmFunction {
  return kernel((f, take, thread) => {
    const [out, outRow, x, row, steps, rows, matrix, scales, groups] = locals(9, take);
    const [blocks, pairsAtOnce] = locals(2, take);
    const isApart = orderIs(f, 'apart');
    const looksAhead = orderIs(f, 'ahead');
    const sumsBytes = f.let('i32', i32.multiply(blockSumsBytes(blocks), productGroup));
    const groupBytes = f.let('i32', i32.add(sumsBytes, i32.multiply(blocks, productGroup * block)));
    const [first, last, stop, stride, distance, ahead, aheadEnd] = locals(7, () => f.local('i32'));
    const [left, at, step, into, end] = locals(5, () => f.local('i32'));
    const number = () => f.local('i32');
    // Of a pair of groups: their numbers, their weights, their outputs, and where these are being read; and where two rows are.
    const [group, weights, outs] = [pairOf(number), pairOf(number), pairOf(number)];
    const [p, places] = [pairOf(number), pairOf(number)];
    const vector = () => f.local('v128');
    const w = pairOf(vector);
    const xs = pairOf(() => pairOf(vector));
    const counts = pairOf(vector);
    const factors = pairOf(vector);
    const totals = pairOf(vector);
    const sums = pairOf(() => Array.from({ length: productGroup }, () => pairOf(vector)));
    /** sum + products of sixteen bytes of an output and of a row, by as many steps as the row's block counts. */
    const multiplyAdd = (sum: Local, weights: Local, numbers: Local, count: Local) => {
      if (relaxed) return i32x4.add(sum, i32x4.dot(i16x8.relaxedDot(weights, numbers), count));
      const low = i32x4.dot(i16x8.fromLowBytes(weights), i16x8.fromLowUnsignedBytes(numbers));
      const high = i32x4.dot(i16x8.fromHighBytes(weights), i16x8.fromHighUnsignedBytes(numbers));
      return i32x4.add(sum, i32x4.multiply(i32x4.add(low, high), i32x4.fromLowHalves(count)));
    };
    /** Some rows by some groups: two of the ones and one of the others, as there are registers for. */
    const multiply = (someRows: readonly Which[], someGroups: readonly Which[]) => {
      const [leader] = someGroups as readonly [Which];
      /** Which of two it is. */
      const either = (r: Which, g: Which) => (someRows.length === 2 ? r : g);
      for (const g of someGroups) f.set(p[g], weights[g]);
      for (const r of someRows) f.set(places[r], r === 0 ? at : i32.add(at, row));
      /** Of each row by each group, with the outputs' bytes in `w`. */
      const each = (offset: number, body: (sum: Pair<Local>, r: Which) => void) => {
        for (const g of someGroups)
          for (let o = 0; o < productGroup; o++) {
            for (const half of halves) f.set(w[half], v128.load(p[g], offset + atOnce * (2 * o + half)));
            for (const r of someRows) body(sums[either(r, g)][o] as Pair<Local>, r);
          }
      };
      const load = (offset: number) => {
        for (const r of someRows)
          for (const half of halves) f.set(xs[r][half], v128.load(places[r], offset + atOnce * half));
      };
      const advance = (inGroup: number, inRow: number) => {
        for (const g of someGroups) f.increase(p[g], inGroup);
        for (const r of someRows) f.increase(places[r], inRow);
      };
      // The middle of what rows are rounded to, taken off.
      const middles = (isFirst: boolean) => {
        load(0);
        each(0, (sum, r) => {
          for (const half of halves) {
            const dot = i32x4.dot(w[half], xs[r][half]);
            f.set(sum[half], isFirst ? dot : i32x4.add(sum[half], dot));
          }
        });
        advance(32 * productGroup, 32);
      };
      f.set(end, i32.add(weights[leader], sumsBytes));
      middles(true);
      f.while(i32.less(p[leader], end), () => middles(false));
      f.set(end, i32.add(weights[leader], groupBytes));
      f.while(i32.less(p[leader], end), () => {
        for (const r of someRows) f.set(counts[r], v128.load(places[r], block));
        for (let part = 0; part < block; part += 2 * atOnce) {
          load(part);
          each(productGroup * part, (sum, r) => {
            for (const half of halves) f.set(sum[half], multiplyAdd(sum[half], w[half], xs[r][half], counts[r]));
          });
        }
        advance(productGroup * block, rowBlockBytes);
        // What comes next is on its way while these are multiplied, which are near already.
        if (someRows.length === 2)
          f.if(i32.less(ahead, aheadEnd), () => {
            f.drop(i32.load(ahead));
            f.drop(i32.load(i32.add(ahead, i32.subtract(weights[1], weights[0]))));
            f.increase(ahead, lineBytes);
          });
      });
      for (const r of someRows)
        for (const g of someGroups) {
          // Shuffled by halves too: what leaves the loop as one vector of 256 bits would be taken apart in it.
          const own = sums[either(r, g)];
          const [low, high] = pairOf((half) =>
            sumsOf(
              f,
              i32x4.add,
              own.map((pair) => pair[half]),
            ),
          );
          f.set(totals[either(r, g)], i32x4.add(low, high));
        }
      for (const r of someRows)
        for (const g of someGroups) {
          const whole = f32x4.fromI32x4(totals[either(r, g)]);
          const scaled = f32x4.multiply(f32x4.multiply(whole, factors[g]), v128.splat32(step, 4 * r));
          const place = i32.add(outs[g], into);
          f.do(v128.store(r === 0 ? place : i32.add(place, outRow), scaled));
        }
    };
    const next = (count: 1 | 2) => {
      f.increase(at, i32.multiply(row, count));
      f.increase(into, i32.multiply(outRow, count));
      f.increase(step, 4 * count);
      f.increase(left, -count);
    };
    const allRows = () => {
      f.set(at, x);
      f.set(into, 0);
      f.set(step, steps);
      f.set(left, rows);
      multiply([0], [0, 1]);
      next(1);
      f.while(i32.less(1, left), () => {
        for (const g of halves) multiply([0, 1], [g]);
        next(2);
      });
      f.if(i32.equal(left, 1), () => multiply([0], [0, 1]));
    };
    const units = f.let('i32', i32.shiftRight(i32.add(groups, 1), 1));
    eachPart(f, { units, atOnce: pairsAtOnce, thread }, (from, to) => {
      f.set(first, i32.shiftLeft(from, 1));
      f.set(last, i32.shiftLeft(to, 1));
      f.if(i32.less(groups, last), () => f.set(last, groups));
      // A pair lies side by side, or as far apart as half of the part; of an odd number one is made twice.
      f.set(stride, 2);
      f.set(distance, 1);
      f.set(stop, last);
      f.if(isApart, () => {
        f.set(stride, 1);
        f.set(distance, i32.shiftRight(i32.subtract(last, first), 1));
        f.set(stop, i32.subtract(last, distance));
      });
      f.set(group[0], first);
      f.while(i32.less(group[0], stop), () => {
        f.set(group[1], i32.add(group[0], distance));
        f.if(i32.atLeast(group[1], last), () => f.set(group[1], group[0]));
        for (const g of halves) {
          f.set(weights[g], i32.add(matrix, i32.multiply(group[g], groupBytes)));
          f.set(factors[g], v128.load(i32.add(scales, i32.multiply(group[g], 4 * productGroup))));
          f.set(outs[g], i32.add(out, i32.multiply(group[g], 4 * productGroup)));
        }
        f.increase(group[0], stride);
        f.set(aheadEnd, 0);
        f.if(i32.and(looksAhead, i32.less(group[0], stop)), () => {
          f.set(ahead, i32.add(matrix, i32.multiply(group[0], groupBytes)));
          f.set(aheadEnd, i32.add(ahead, groupBytes));
        });
        allRows();
      });
    });
  });
}
