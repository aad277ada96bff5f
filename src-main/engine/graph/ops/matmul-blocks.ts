import { type Expression, expression, type OpDefinition } from '../expression.ts';
import { build, read } from '../nd-array.ts';
import { check, fromEnd, show } from '../shape.ts';

/** A frozen matrix of small integers in blocks. */
export interface BlockMatrix {
  readonly bits: 4 | 8;
  /**
   * uint8 [out, blocks, bytes]: each number plus half the range; four-bit numbers two per byte, the first in the low
   * bits. The inputs of a block share a scale.
   */
  readonly integers: Expression;
  /** float32 [out · blocks]. */
  readonly scales: Expression;
}

/**
 * y = x Wᵀ: [n, in] → [n, out]; has no gradient. A backend may round x too, block by block to eight bits, as llama.cpp
 * does; the mathematics, and `reference`, do not.
 */
export function matmulBlocks(x: Expression, { bits, integers, scales }: BlockMatrix): Expression {
  const [out, blocks, bytes] = integers.shape as readonly number[];
  const inFeatures = fromEnd(x.shape, 1) as number;
  const size = ((bytes as number) * 8) / bits;
  check(Math.ceil(inFeatures / size) === blocks, `matmulBlocks of ${show(x.shape)} and ${show(integers.shape)}`);
  return expression('matmulBlocks', [x, integers, scales], { bits, size }, [...x.shape.slice(0, -1), out as number]);
}

export const matmulBlocksOp: OpDefinition<'matmulBlocks'> = {
  gradient() {
    throw new Error('matmulBlocks gives no gradient: it is for answering alone');
  },
  reference([x, integers, scales], { bits, size }, dims) {
    if (!x || !integers || !scales) throw new Error('matmulBlocks takes three operands');
    const [, blocks = 0, bytes = 0] = integers.dims;
    const inFeatures = x.dims.at(-1) as number;
    return build(dims, (at) => {
      const row = at.at(-1) as number;
      let sum = 0;
      for (let i = 0; i < inFeatures; i++) {
        const block = row * blocks + Math.floor(i / size);
        const within = i % size;
        const byte = integers.data[block * bytes + (bits === 8 ? within : within >> 1)] as number;
        const whole = bits === 8 ? byte - 128 : ((byte >> (4 * (within % 2))) & 15) - 8;
        sum += read(x, [...at.slice(0, -1), i]) * whole * (scales.data[block] as number);
      }
      return sum;
    });
  },
};
