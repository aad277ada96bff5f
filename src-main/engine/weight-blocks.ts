import { groupOf, groupsOf } from './adapter-stack.ts';
import type { Architecture } from './architectures/architecture.ts';
import { blockSize } from './graph/ops/matmul-blocks.ts';
import { float32, type Tensor } from './tensor.ts';

/**
 * A model's matrices in blocks of 32 inputs with a scale each, as passes over few positions read them: `<name>.integers` and
 * `<name>.scales`, where a name is that of a group of matrices that read the same (`<layer>.<group>`) or the head's.
 *
 * Four bits where the stored numbers are such blocks already (Q4_0), so that nothing is lost; eight bits else, which holds
 * Q8_0 exactly and anything else to 1/254 of a block's largest magnitude.
 */
export async function readBlocks(
  architecture: Architecture,
  weights: AsyncIterable<readonly [name: string, tensor: Tensor<'float32'>]>,
): Promise<ReadonlyMap<string, Tensor>> {
  const groups = groupsOf(architecture);
  const modules = new Set(
    groups.flatMap(({ targets }) =>
      targets.flatMap((target) =>
        Array.from({ length: architecture.layers }, (_, layer) => architecture.moduleOf(target, layer)),
      ),
    ),
  );
  const blocks = new Map<string, Tensor>();
  const waiting = new Map<string, Map<string, Tensor<'float32'>>>();
  for await (const [parameter, tensor] of weights) {
    const module = parameter.replace(/\.weight$/, '');
    if (module === architecture.head) addBlocks(blocks, module, [tensor]);
    if (!parameter.endsWith('.weight') || !modules.has(module)) continue;
    const { group, layer, target } = groupOf(architecture, groups, module);
    const name = `${layer}.${group.name}`;
    const members = waiting.get(name) ?? new Map<string, Tensor<'float32'>>();
    waiting.set(name, members.set(target, tensor));
    if (members.size < group.targets.length) continue;
    addBlocks(
      blocks,
      name,
      group.targets.map((each) => members.get(each) as Tensor<'float32'>),
    );
    waiting.delete(name);
  }
  return blocks;
}

/** Matrices [out, in] one below the other. */
function addBlocks(blocks: Map<string, Tensor>, name: string, matrices: readonly Tensor<'float32'>[]): void {
  const inside = matrices[0]?.dims[1] as number;
  const out = matrices.reduce((sum, { dims }) => sum + (dims[0] as number), 0);
  const perRow = Math.ceil(inside / blockSize);
  const bits = inside % blockSize === 0 && matrices.every(({ data }) => isInFourBits(data)) ? 4 : 8;
  const bytes = (blockSize * bits) / 8;
  // What is left over at the end of a row is zero, which is stored as half the range.
  const integers = new Uint8Array(out * perRow * bytes).fill(bits === 4 ? 0x88 : 128);
  const scales = new Float32Array(out * perRow);
  let block = 0;
  for (const { data } of matrices) {
    for (let row = 0; row < data.length; row += inside) {
      for (let start = row; start < row + inside; start += blockSize) {
        const values = data.subarray(start, Math.min(start + blockSize, row + inside));
        const largest = largestOf(values);
        const scale = bits === 4 ? -largest / 8 : Math.abs(largest) / 127;
        scales[block] = scale;
        if (scale !== 0) {
          if (bits === 4) packFour(values, scale, integers.subarray(block * bytes, (block + 1) * bytes));
          else
            for (let i = 0; i < values.length; i++) {
              integers[block * bytes + i] = Math.round((values[i] as number) / scale) + 128;
            }
        }
        block++;
      }
    }
  }
  blocks.set(`${name}.integers`, { type: 'uint8', dims: [out, perRow, bytes], data: integers });
  blocks.set(`${name}.scales`, float32([out * perRow], scales));
}

function packFour(values: Float32Array, scale: number, into: Uint8Array): void {
  for (let i = 0; i < values.length; i += 2) {
    const low = Math.round((values[i] as number) / scale) + 8;
    const high = Math.round((values[i + 1] as number) / scale) + 8;
    into[i >> 1] = low | (high << 4);
  }
}

/** Whether every block is whole numbers from −8 to 7 times a scale, the largest being −8: what Q4_0 stores. */
function isInFourBits(data: Float32Array): boolean {
  for (let start = 0; start < data.length; start += blockSize) {
    const scale = Math.fround(-largestOf(data.subarray(start, start + blockSize)) / 8);
    if (scale === 0) continue;
    for (let i = start; i < start + blockSize; i++) {
      const whole = Math.round((data[i] as number) / scale);
      if (whole < -8 || whole > 7 || Math.fround(whole * scale) !== data[i]) return false;
    }
  }
  return true;
}

/** The value of the largest magnitude, with its sign; the first of several. */
function largestOf(values: Float32Array): number {
  let largest = 0;
  for (let i = 0; i < values.length; i++) {
    if (Math.abs(values[i] as number) > Math.abs(largest)) largest = values[i] as number;
  }
  return largest;
}
