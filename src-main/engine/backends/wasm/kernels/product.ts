import { f32x4, i16x8, i32, i32x4, type Local, v128, type WasmFunction } from '../code.ts';
import { asLocals, kernel, locals, partAt } from './kernel.ts';
import { atOnce, block, productGroup, rowBlockBytes } from './layout.ts';

/** Groups that a product goes through with all rows, before the next ones. */
const groupsAtOnce = 16;

/**
 * out, row of out, x, row of x, steps, rows, matrix, scales, groups of outputs, blocks: each row of whole numbers times a matrix of bytes
 * [groups, blocks, 4 parts, 4 outputs, 16], scaled back. Threads share the groups.
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
    const w = f.local('v128');
    const factors = f.local('v128');
    const [p, end, left, at, step, into, outs] = locals(7, () => f.local('i32'));
    const places = [f.local('i32'), f.local('i32')] as const;
    const sums = Array.from({ length: 2 }, () => Array.from({ length: productGroup }, () => f.local('v128')));
    const xs = [f.local('v128'), f.local('v128')] as const;
    const counts = [f.local('v128'), f.local('v128')] as const;
    /** sum += products of sixteen bytes of an output and of a row, by as many steps as the row's block counts. */
    const multiplyAdd = (sum: Local, r: 0 | 1) => {
      if (relaxed) {
        f.set(sum, i32x4.add(sum, i32x4.dot(i16x8.relaxedDot(w, xs[r]), counts[r])));
        return;
      }
      const low = i32x4.dot(i16x8.fromLowBytes(w), i16x8.fromLowUnsignedBytes(xs[r]));
      const high = i32x4.dot(i16x8.fromHighBytes(w), i16x8.fromHighUnsignedBytes(xs[r]));
      f.set(sum, i32x4.add(sum, i32x4.multiply(i32x4.add(low, high), i32x4.fromLowHalves(counts[r]))));
    };
    const several = (numbers: readonly (0 | 1)[]) => {
      for (const r of numbers) for (const sum of sums[r] as Local[]) f.set(sum, v128.zeros);
      f.set(p, weights);
      f.set(end, i32.add(weights, numberBytes));
      for (const r of numbers) f.set(places[r], r === 0 ? at : i32.add(at, row));
      f.while(i32.less(p, end), () => {
        for (const r of numbers) f.set(counts[r], v128.load(places[r], block));
        for (let part = 0; part < block / atOnce; part++) {
          for (const r of numbers) f.set(xs[r], v128.load(places[r], atOnce * part));
          for (let o = 0; o < productGroup; o++) {
            f.set(w, v128.load(p, atOnce * (productGroup * part + o)));
            for (const r of numbers) multiplyAdd(sums[r]?.[o] as Local, r);
          }
        }
        f.increase(p, productGroup * block);
        for (const r of numbers) f.increase(places[r], rowBlockBytes);
      });
      // The middle of what rows are rounded to, taken off.
      f.set(end, i32.add(weights, groupBytes));
      f.while(i32.less(p, end), () => {
        for (const r of numbers) f.set(xs[r], v128.loadHalf(places[r]));
        for (let o = 0; o < productGroup; o++) {
          f.set(w, v128.loadHalf(p, 8 * o));
          for (const r of numbers) {
            const sum = sums[r]?.[o] as Local;
            f.set(sum, i32x4.add(sum, i32x4.dot(w, xs[r])));
          }
        }
        f.increase(p, 8 * productGroup);
        for (const r of numbers) f.increase(places[r], 8);
      });
      for (const r of numbers) {
        const [a, b, c, d] = asLocals(sums[r] ?? []);
        f.set(w, i32x4.add(v128.shuffle32(a, b, [0, 4, 1, 5]), v128.shuffle32(a, b, [2, 6, 3, 7])));
        f.set(a, i32x4.add(v128.shuffle32(c, d, [0, 4, 1, 5]), v128.shuffle32(c, d, [2, 6, 3, 7])));
        const sum = i32x4.add(v128.shuffle32(w, a, [0, 1, 4, 5]), v128.shuffle32(w, a, [2, 3, 6, 7]));
        const scaled = f32x4.multiply(f32x4.multiply(f32x4.fromI32x4(sum), factors), v128.splat32(step, 4 * r));
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
