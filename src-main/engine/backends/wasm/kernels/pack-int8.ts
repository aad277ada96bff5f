import { type Code, i16x8, i32, i32x4, v128, type WasmFunction } from '../code.ts';
import { halves, kernel, locals, pairOf, partAt } from './kernel.ts';
import { block, bytesAtOnce, groupSizesOf, int8Groups, productGroup, stepBytes } from './layout.ts';

/** Of four bytes of each of four rows, those of each column. */
const columnsOfFour = [0, 1, 2, 3].flatMap((column) => [0, 4, 8, 12].map((row) => row + column));

/**
 * out, x, columns, groups, blocks: packs a matrix of bytes [rows, columns], whole blocks of rows, as `productInt8` reads
 * it. Threads share the groups.
 */
export function packInt8(): WasmFunction {
  return kernel((f, take, { number, of }) => {
    const [out, x, columns, groups, blocks] = locals(5, take);
    const [sumsBytes, groupBytes] = groupSizesOf(f, int8Groups, blocks);
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
