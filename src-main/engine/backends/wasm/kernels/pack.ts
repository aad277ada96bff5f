import { i16x8, i32, i32x4, type Local, v128, type WasmFunction } from '../code.ts';
import { asLocals, kernel, locals, partAt } from './kernel.ts';
import { atOnce, block, blockSumsBytes, productGroup } from './layout.ts';

/**
 * out, x, columns, groups, blocks: a matrix of bytes [rows, columns], whole blocks of rows, laid out as `product` reads it. Threads share the
 * groups.
 */
export function pack(): WasmFunction {
  return kernel((f, take, { number, of }) => {
    const [out, x, columns, groups, blocks] = locals(5, take);
    const numberBytes = f.let('i32', i32.multiply(blocks, productGroup * block));
    const sumsBytes = f.let('i32', i32.multiply(blockSumsBytes(blocks), productGroup));
    const groupBytes = f.let('i32', i32.add(sumsBytes, numberBytes));
    const [from, into, sums] = [f.local('i32'), f.local('i32'), f.local('i32')];
    const rows = [0, 1, 2, 3].map(() => f.local('v128'));
    const halves = [0, 1, 2, 3].map(() => f.local('v128'));
    const totals = [0, 1, 2, 3].map(() => f.local('v128'));
    f.for(partAt(groups, number, of), partAt(groups, i32.add(number, 1), of), 1, (group) => {
      f.set(sums, i32.add(out, i32.multiply(group, groupBytes)));
      f.set(into, i32.add(sums, sumsBytes));
      f.set(from, i32.add(x, i32.shiftLeft(group, 2)));
      f.for(sums, into, 16, (at) => f.do(v128.store(at, v128.zeros)));
      f.for(0, blocks, 1, (each) => {
        for (const total of totals) f.set(total, v128.zeros);
        for (let part = 0; part < block / atOnce; part++) {
          // Four bytes of each of sixteen rows, then sixteen of each of four columns.
          for (const four of rows) {
            f.set(four, v128.zeros);
            for (let lane = 0; lane < 4; lane++) {
              f.set(four, v128.loadLane(from, four, lane));
              f.increase(from, columns);
            }
          }
          const [a, b, c, d] = asLocals(rows);
          for (const [n, [first, second, column]] of [
            [a, b, 0],
            [c, d, 0],
            [a, b, 2],
            [c, d, 2],
          ].entries() as unknown as [number, [Local, Local, number]][]) {
            const places = [0, 4, 8, 12, 16, 20, 24, 28];
            const pair = [...places.map((at) => at + column), ...places.map((at) => at + column + 1)];
            f.set(halves[n] as Local, v128.shuffleBytes(first, second, pair));
          }
          for (let o = 0; o < productGroup; o++) {
            const [upper, lower] = (o < 2 ? halves.slice(0, 2) : halves.slice(2)) as [Local, Local];
            const places = Array.from({ length: 8 }, (_, i) => i + 8 * (o % 2));
            const sixteen = v128.shuffleBytes(upper, lower, [...places, ...places.map((at) => at + 16)]);
            f.set(a, sixteen);
            f.do(v128.store(into, a, atOnce * (2 * productGroup * (part >> 1) + 2 * o + (part & 1))));
            const total = totals[o] as Local;
            f.set(total, i16x8.add(total, i16x8.sumsOfBytes(a)));
          }
        }
        f.increase(into, productGroup * block);
        for (const [o, total] of totals.entries()) {
          const sum = f.let('v128', i32x4.sumsOfHalves(total));
          const all = [0, 1, 2, 3].map((lane) => i32x4.lane(sum, lane)).reduce((x, y) => i32.add(x, y));
          const place = i32.add(i32.shiftLeft(i32.shiftRight(each, 4), 7), i32.shiftLeft(i32.and(each, 15), 1));
          f.do(i32.storeHalf(i32.add(sums, place), all, 32 * o));
        }
      });
    });
  });
}
