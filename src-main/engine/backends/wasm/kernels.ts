import type { ByteProducts } from './byte-products.ts';
import { f32, f32x4, type WasmFunction } from './code.ts';
import { attendScores, attendValues, attendWeights, keepMany } from './kernels/attend.ts';
import { attendMany } from './kernels/attend-many.ts';
import { elementwise, sigmoid, unary } from './kernels/elementwise.ts';
import { times, timesShorts, timesTransposed } from './kernels/floats.ts';
import { hadamard } from './kernels/hadamard.ts';
import { packInt4 } from './kernels/pack-int4.ts';
import { packInt8 } from './kernels/pack-int8.ts';
import { productInt4 } from './kernels/product-int4.ts';
import { productInt8 } from './kernels/product-int8.ts';
import { rotate } from './kernels/rotate.ts';
import { roundForInt4 } from './kernels/round-for-int4.ts';
import { roundForInt8 } from './kernels/round-for-int8.ts';
import { copyRows, gather, reduction } from './kernels/rows.ts';
import { addTimes, shorten, tile } from './kernels/shorts.ts';

// Kernels take addresses, counts, strides in bytes, and floats as bits.

/** Kernel generators by name, in the order of a machine's table. All ways to multiply bytes give the same numbers. */
export const kernels = {
  /** out, a, b, rows, groups, size, row of a, row of b, group of b: b has a number for each of a's. */
  ...elementwise('add', f32x4.add),
  ...elementwise('subtract', f32x4.subtract),
  ...elementwise('multiply', f32x4.multiply),
  /** out, x, rows, size, row of x, factor */
  scale: () => unary(() => (x, factor) => f32x4.multiply(x, factor)),
  /** The same; the factor is ignored. */
  sigmoid: () => unary(sigmoid),
  silu: () =>
    unary((f) => {
      const share = sigmoid(f);
      return (x) => f32x4.multiply(x, share(x));
    }),
  /** out, x, rows, groups, size, row of x, epsilon: 1 / √(mean of squares + ε) of each group. */
  inverseRms: () =>
    reduction(
      (f, sum, size, extra) =>
        f32.divide(
          f32.constant(1),
          f32.squareRoot(f32.add(f32.divide(sum, f32.fromI32(size)), f.let('f32', f32.load(extra)))),
        ),
      'squares',
    ),
  /** out, x, rows, groups, size, row of x, unused: the sum of each group. */
  sum: () => reduction((_f, sum) => sum, 'numbers'),
  copyRows,
  gather,
  rotate,
  hadamard,
  roundForInt8,
  roundForInt4,
  packInt8,
  packInt4,
  shorten,
  tile,
  productInt8,
  productInt4,
  timesTransposed,
  timesShorts,
  times,
  addTimes,
  attendScores,
  attendWeights,
  attendValues,
  keepMany,
  attendMany,
} satisfies Readonly<Record<string, (products: ByteProducts) => WasmFunction>>;

export type KernelName = keyof typeof kernels;
