import type { FourBitBlocks } from '../formats/four-bit-rows.ts';
import { int4Block } from '../graph/ops/matmul-int4.ts';
import { float32, type Tensor } from '../tensor.ts';

/** The largest multiples of an output's step: sums of a block of products then fit into 32 bits (`productInt4`). */
const most = { scale: 8191, minimum: 32_000 } as const;
const half = int4Block / 2;
/** Of a number of a block, which is 0 to 15. */
const middle = 7.5;

/**
 * A matrix [out, in] in four-bit blocks, rows of whole ones, as our own kernels take it (`KernelInt4`): scales and
 * minima are multiples of a step of each output, exact to an 8,000th of its largest scale.
 */
export function forKernels(
  name: string,
  { integers, scales, minima }: FourBitBlocks,
  [out, inFeatures]: readonly [out: number, inFeatures: number],
): Map<string, Tensor> {
  const perRow = inFeatures / int4Block;
  const pairs = Math.ceil(perRow / 2);
  const multiples = new Int16Array(out * pairs * 4);
  const steps = new Float32Array(out);
  for (let row = 0; row < out; row++) {
    let step = 0;
    for (let block = row * perRow; block < (row + 1) * perRow; block++) {
      const [scale, minimum] = [Math.abs(scales[block] as number), Math.abs(minima[block] as number)];
      step = Math.max(step, scale / most.scale, minimum / most.minimum);
    }
    steps[row] = step;
    if (step === 0) continue;
    for (let n = 0; n < perRow; n++) {
      const [scale, minimum] = [scales[row * perRow + n] as number, minima[row * perRow + n] as number];
      const at = 4 * (row * pairs + (n >> 1)) + (n & 1);
      const multiple = Math.round(scale / step);
      multiples[at] = multiple;
      // So that the middle of the range is off by least: what rounding the scale adds there is taken off here.
      multiples[at + 2] = Math.round((minimum + middle * scale) / step - middle * multiple);
    }
  }
  return new Map<string, Tensor>([
    [`${name}.int4`, { type: 'uint8', dims: [out, 2 * pairs, half], data: inPairs(integers, { out, perRow }) }],
    [`${name}.int4_multiples`, { type: 'int32', dims: [out, pairs, 2], data: new Int32Array(multiples.buffer) }],
    [`${name}.int4_steps`, float32([out], steps)],
  ]);
}

/** Rows of an odd number of blocks get one of zeros. */
function inPairs(integers: Uint8Array, { out, perRow }: { out: number; perRow: number }): Uint8Array {
  if (perRow % 2 === 0) return integers;
  const padded = new Uint8Array(out * (perRow + 1) * half);
  for (let row = 0; row < out; row++)
    padded.set(integers.subarray(row * perRow * half, (row + 1) * perRow * half), row * (perRow + 1) * half);
  return padded;
}
