import type { FourBitBlocks } from '../formats/four-bit-rows.ts';
import { int4Block } from '../graph/ops/matmul-int4.ts';

const half = int4Block / 2;
const most = 15;
/** Shares of a block's range to spread over the numbers: clipping a little at the ends can cost less than it saves. */
const spreads = [1, 0.92, 0.84];

/**
 * Rounds values, whole blocks of them, to 0 to 15 times a scale plus a minimum, so that the squared error is small.
 * Values stored by Q4_0 and Q4_1 are preserved exactly.
 */
export function toFourBits(values: Float32Array): FourBitBlocks {
  const count = values.length / int4Block;
  const blocks = {
    integers: new Uint8Array(count * half),
    scales: new Float32Array(count),
    minima: new Float32Array(count),
  };
  const found = { scale: 0, minimum: 0, error: 0, wholes: new Uint8Array(int4Block) };
  const tried = { scale: 0, minimum: 0, error: 0, wholes: new Uint8Array(int4Block) };
  for (let block = 0; block < count; block++) {
    const start = block * int4Block;
    roundBlock(values.subarray(start, start + int4Block), found, tried);
    blocks.scales[block] = found.scale;
    blocks.minima[block] = found.minimum;
    for (let i = 0; i < half; i++) {
      blocks.integers[block * half + i] = (found.wholes[i] as number) | ((found.wholes[half + i] as number) << 4);
    }
  }
  return blocks;
}

/** Matrices below each other. */
export function stacked(all: readonly FourBitBlocks[]): FourBitBlocks {
  const [first] = all;
  if (first !== undefined && all.length === 1) return first;
  const count = all.reduce((sum, { scales }) => sum + scales.length, 0);
  const blocks = {
    integers: new Uint8Array(count * half),
    scales: new Float32Array(count),
    minima: new Float32Array(count),
  };
  let at = 0;
  for (const { integers, scales, minima } of all) {
    blocks.integers.set(integers, at * half);
    blocks.scales.set(scales, at);
    blocks.minima.set(minima, at);
    at += scales.length;
  }
  return blocks;
}

/** The values that the blocks represent. */
export function fromFourBits({ integers, scales, minima }: FourBitBlocks): Float32Array {
  const values = new Float32Array(scales.length * int4Block);
  for (let block = 0; block < scales.length; block++) {
    const [scale, minimum, start] = [scales[block] as number, minima[block] as number, block * int4Block];
    for (let i = 0; i < half; i++) {
      const byte = integers[block * half + i] as number;
      values[start + i] = Math.fround((byte & 15) * scale) + minimum;
      values[start + half + i] = Math.fround((byte >> 4) * scale) + minimum;
    }
  }
  return values;
}

interface Rounding {
  scale: number;
  minimum: number;
  error: number;
  wholes: Uint8Array;
}

function roundBlock(values: Float32Array, found: Rounding, tried: Rounding): void {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  found.error = Number.POSITIVE_INFINITY;
  // As in Q4_0: 8 stands for zero, and 0 for the value of the largest magnitude.
  const extreme = -low > high ? low : high;
  attempt(values, { scale: -extreme / 8, minimum: extreme }, found, tried);
  for (const spread of spreads) {
    if (found.error === 0) return;
    const [middle, reach] = [(low + high) / 2, ((high - low) / 2) * spread];
    attempt(values, { scale: (2 * reach) / most, minimum: middle - reach }, found, tried);
    // The best line through the numbers found.
    if (found.error > 0) attempt(values, lineThrough(values, tried.wholes), found, tried);
  }
}

/** Rounds by a scale and a minimum; keeps the result if it is better than the best so far. */
function attempt(
  values: Float32Array,
  by: { readonly scale: number; readonly minimum: number },
  found: Rounding,
  tried: Rounding,
): void {
  const [scale, minimum] = [Math.fround(by.scale), Math.fround(by.minimum)];
  const factor = scale === 0 ? 0 : 1 / scale;
  let error = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    const whole = Math.max(0, Math.min(most, Math.round((value - minimum) * factor)));
    tried.wholes[i] = whole;
    error += (value - Math.fround(Math.fround(whole * scale) + minimum)) ** 2;
  }
  if (error >= found.error) return;
  found.scale = scale;
  found.minimum = minimum;
  found.error = error;
  found.wholes.set(tried.wholes);
}

/** Least squares: value ≈ number · scale + minimum. */
function lineThrough(values: Float32Array, wholes: Uint8Array): { scale: number; minimum: number } {
  let [sumX, sumY, sumXX, sumXY] = [0, 0, 0, 0];
  for (let i = 0; i < values.length; i++) {
    const [x, y] = [wholes[i] as number, values[i] as number];
    sumX += x;
    sumY += y;
    sumXX += x * x;
    sumXY += x * y;
  }
  const spread = values.length * sumXX - sumX * sumX;
  const scale = spread === 0 ? 0 : (values.length * sumXY - sumX * sumY) / spread;
  return { scale, minimum: (sumY - scale * sumX) / values.length };
}
