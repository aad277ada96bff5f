import { float32, type Tensor } from '../tensor.ts';

/** Inputs to a four-bit block, as in Q4_0. */
const sizeOfFour = 32;
const bytesOfFour = sizeOfFour / 2;
/**
 * Inputs to an eight-bit block, where a matrix consists of whole ones: each block costs its scale and a sum of its own.
 * With wider ones, and with wider four-bit ones, onnxruntime 1.30 multiplies a single row in a different order than
 * among others.
 */
const sizeOfEight = 64;
const lesserSizeOfEight = 32;

/** Bits of numbers in blocks, [out, blocks, bytes]. */
export function bitsOfBlocks(dims: readonly number[]): 4 | 8 {
  return dims[2] === bytesOfFour ? 4 : 8;
}

/**
 * Stacks matrices [out, in] vertically, in blocks of inputs with a scale each, as used for generation:
 * `<name>.integers` and `<name>.scales`.
 *
 * Four bits where the stored numbers are blocks of 32 such numbers already (Q4_0), so that nothing is lost; otherwise
 * eight bits, which represent anything to within 1/254 of a block's largest magnitude. Without `fourBits`, four-bit
 * numbers are kept exactly too, but in a byte each.
 */
export function blocksOf(
  name: string,
  { matrices, fourBits }: { readonly matrices: readonly Tensor<'float32'>[]; readonly fourBits: boolean },
): Map<string, Tensor> {
  const inFeatures = matrices[0]?.dims[1] as number;
  const out = matrices.reduce((sum, { dims }) => sum + (dims[0] as number), 0);
  const isFour = inFeatures % sizeOfFour === 0 && matrices.every(({ data }) => isInFourBits(data));
  const bits = isFour && fourBits ? 4 : 8;
  const ofEight = inFeatures % sizeOfEight === 0 ? sizeOfEight : lesserSizeOfEight;
  const size = isFour ? sizeOfFour : ofEight;
  const perRow = Math.ceil(inFeatures / size);
  const bytes = (size * bits) / 8;
  // The padding at the end of a row is zero, stored as half the range.
  const integers = new Uint8Array(out * perRow * bytes).fill(bits === 4 ? 0x88 : 128);
  const scales = new Float32Array(out * perRow);
  let block = 0;
  for (const { data } of matrices) {
    const packed = { integers: integers.subarray(block * bytes), scales: scales.subarray(block) };
    if (isFour) packFour(data, bits, packed);
    else packEight(data, { inFeatures, size }, packed);
    block += (data.length / inFeatures) * perRow;
  }
  return new Map<string, Tensor>([
    [`${name}.integers`, { type: 'uint8', dims: [out, perRow, bytes], data: integers }],
    [`${name}.scales`, float32([out * perRow], scales)],
  ]);
}

interface Packed {
  readonly integers: Uint8Array;
  readonly scales: Float32Array;
}

// Plain loops, as a model has millions of blocks.

function packEight(
  data: Float32Array,
  { inFeatures, size }: { inFeatures: number; size: number },
  { integers, scales }: Packed,
): void {
  let block = 0;
  for (let row = 0; row < data.length; row += inFeatures) {
    for (let start = row; start < row + inFeatures; start += size) {
      const end = Math.min(start + size, row + inFeatures);
      let largest = 0;
      for (let i = start; i < end; i++) largest = Math.max(largest, Math.abs(data[i] as number));
      scales[block] = largest / 127;
      const factor = largest === 0 ? 0 : 1 / (scales[block] as number);
      const at = block * size - start;
      // Between 1 and 255, where truncation rounds down.
      for (let i = start; i < end; i++) integers[at + i] = ((data[i] as number) * factor + 128.5) | 0;
      block++;
    }
  }
}

/** Rows are whole blocks. Writes four-bit numbers, two to a byte, or in a byte each. */
function packFour(data: Float32Array, bits: 4 | 8, { integers, scales }: Packed): void {
  for (let start = 0, block = 0; start < data.length; start += sizeOfFour, block++) {
    scales[block] = scaleOfFour(data, start);
    const scale = scales[block] as number;
    if (scale === 0) continue;
    for (let i = 0; i < sizeOfFour; i += 2) {
      const low = Math.round((data[start + i] as number) / scale);
      const high = Math.round((data[start + i + 1] as number) / scale);
      if (bits === 4) integers[(start + i) >> 1] = (low + 8) | ((high + 8) << 4);
      else {
        integers[start + i] = low + 128;
        integers[start + i + 1] = high + 128;
      }
    }
  }
}

/** Whether every block consists of integers from −8 to 7 times a scale, the largest being −8: what Q4_0 stores. */
function isInFourBits(data: Float32Array): boolean {
  for (let start = 0; start < data.length; start += sizeOfFour) {
    const scale = scaleOfFour(data, start);
    if (scale === 0) continue;
    for (let i = start; i < start + sizeOfFour; i++) {
      const whole = Math.round((data[i] as number) / scale);
      if (whole < -8 || whole > 7 || Math.fround(whole * scale) !== data[i]) return false;
    }
  }
  return true;
}

/** The scale that makes the value of the largest magnitude −8. */
function scaleOfFour(data: Float32Array, start: number): number {
  let largest = 0;
  for (let i = start; i < start + sizeOfFour; i++) {
    if (Math.abs(data[i] as number) > Math.abs(largest)) largest = data[i] as number;
  }
  return Math.fround(-largest / 8);
}
