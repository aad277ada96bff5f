import { f32x4, i16x8, i32, i32x4, type Local, v128, type WasmFunction } from '../code.ts';
import { eachPart, halves, kernel, locals, type Pair, pairOf, sumsOf } from './kernel.ts';
import { atOnce, block, blockSumsBytes, productGroup, rowBlockBytes } from './layout.ts';

/**
 * out, row of out, x, row of x, steps, rows, matrix, scales, groups of outputs, blocks, groups at once: each row of whole numbers times a matrix, as
 * they are laid out by `round` and by `pack`, scaled back. Threads share the groups.
 */
export function product(relaxed: boolean): WasmFunction {
  return kernel((f, take, thread) => {
    const [out, outRow, x, row, steps, rows, matrix, scales, groups] = locals(9, take);
    const [blocks, groupsAtOnce] = locals(2, take);
    const sumsBytes = f.let('i32', i32.multiply(blockSumsBytes(blocks), productGroup));
    const groupBytes = f.let('i32', i32.add(sumsBytes, i32.multiply(blocks, productGroup * block)));
    const factors = f.local('v128');
    const [weights, last, factorsAt, outs] = locals(4, () => f.local('i32'));
    const [p, end, left, at, step, into] = locals(6, () => f.local('i32'));
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
      f.set(p, weights);
      f.set(end, i32.add(weights, sumsBytes));
      for (const r of numbers) f.set(places[r], r === 0 ? at : i32.add(at, row));
      // The middle of what rows are rounded to, taken off.
      const middles = (first: boolean) => {
        for (const r of numbers) for (const half of halves) f.set(xs[r][half], v128.load(places[r], atOnce * half));
        for (let o = 0; o < productGroup; o++) {
          for (const half of halves) f.set(w[half], v128.load(p, atOnce * (2 * o + half)));
          for (const r of numbers)
            for (const half of halves) {
              const sum = (sums[r][o] as Pair<Local>)[half];
              const dot = i32x4.dot(w[half], xs[r][half]);
              f.set(sum, first ? dot : i32x4.add(sum, dot));
            }
        }
        f.increase(p, 32 * productGroup);
        for (const r of numbers) f.increase(places[r], 32);
      };
      middles(true);
      f.while(i32.less(p, end), () => middles(false));
      f.set(end, i32.add(weights, groupBytes));
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
      for (const r of numbers) {
        const scaled = f32x4.multiply(f32x4.multiply(f32x4.fromI32x4(totals[r]), factors), v128.splat32(step, 4 * r));
        f.do(v128.store(r === 0 ? into : i32.add(into, outRow), scaled));
      }
    };
    // All rows by a group before the next one: memory gives what follows while the last rows are multiplied.
    eachPart(f, { units: groups, atOnce: groupsAtOnce, thread }, (from, to) => {
      f.set(weights, i32.add(matrix, i32.multiply(from, groupBytes)));
      f.set(last, i32.add(matrix, i32.multiply(to, groupBytes)));
      f.set(factorsAt, i32.add(scales, i32.multiply(from, 4 * productGroup)));
      f.set(outs, i32.add(out, i32.multiply(from, 4 * productGroup)));
      f.while(i32.less(weights, last), () => {
        f.set(factors, v128.load(factorsAt));
        f.set(at, x);
        f.set(step, steps);
        f.set(into, outs);
        f.set(left, rows);
        f.while(i32.less(1, left), () => {
          several([0, 1]);
          f.increase(at, i32.shiftLeft(row, 1));
          f.increase(into, i32.shiftLeft(outRow, 1));
          f.increase(step, 8);
          f.increase(left, -2);
        });
        f.if(i32.equal(left, 1), () => several([0]));
        f.increase(factorsAt, 4 * productGroup);
        f.increase(outs, 4 * productGroup);
        f.increase(weights, groupBytes);
      });
    });
  });
}
