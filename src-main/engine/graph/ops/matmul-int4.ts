import { type Expression, expression, type NdArray, type OpDefinition } from '../expression.ts';
import { build, read } from '../nd-array.ts';
import { check, fromEnd, show } from '../shape.ts';

/** The number of columns of a row that share a scale. */
export const int4Block = 32;
const half = int4Block / 2;

/**
 * A frozen matrix of integers from 0 to 15, in blocks of 32 columns: value = number · scale + minimum (GGUF's Q4_1).
 */
export interface Int4Matrix {
  /**
   * uint8 [out, blocks, 16]: a byte holds a number of the block's first half (low bits) and the one 16 places on
   * (high).
   */
  readonly integers: Expression;
  /** float32 [out · blocks]. */
  readonly scales: Expression;
  readonly minima: Expression;
}

/** y = x Wᵀ: [n, in] → [n, out]. Exact: the matrix is dequantised to floats for the duration of the product. */
export function matmulInt4(x: Expression, { integers, scales, minima }: Int4Matrix): Expression {
  const [out, blocks] = integers.shape as readonly number[];
  const inFeatures = (blocks as number) * int4Block;
  check(fromEnd(x.shape, 1) === inFeatures, `matmulInt4 of ${show(x.shape)} and ${show(integers.shape)}`);
  return expression('matmulInt4', [x, integers, scales, minima], { by: 'transposed' }, [
    ...x.shape.slice(0, -1),
    out as number,
  ]);
}

export const matmulInt4Op: OpDefinition<'matmulInt4'> = {
  gradient(node, cotangent) {
    const [x, ...matrix] = node.inputs as [Expression, Expression, Expression, Expression];
    // y = x Wᵀ: dx = dy W. Each is the other's gradient, with the same numbers.
    const by = node.attributes.by === 'transposed' ? 'plain' : 'transposed';
    // The matrix is frozen: no gradient reaches it.
    return [expression('matmulInt4', [cotangent, ...matrix], { by }, x.shape), undefined, undefined, undefined];
  },
  reference([x, integers, scales, minima], { by }, dims) {
    if (!x || !integers || !scales || !minima) throw new Error('matmulInt4 takes four operands');
    const matrix = { integers, scales, minima };
    const [out = 0, blocks = 0] = integers.dims;
    const inner = by === 'transposed' ? blocks * int4Block : out;
    return build(dims, (at) => {
      const place = at.at(-1) as number;
      let sum = 0;
      for (let i = 0; i < inner; i++) {
        const value = by === 'transposed' ? valueAt(matrix, place, i) : valueAt(matrix, i, place);
        sum += read(x, [...at.slice(0, -1), i]) * value;
      }
      return sum;
    });
  },
};

type Values = { readonly [Part in keyof Int4Matrix]: NdArray };

function valueAt({ integers, scales, minima }: Values, row: number, column: number): number {
  const block = row * (integers.dims[1] as number) + Math.floor(column / int4Block);
  const within = column % int4Block;
  const byte = integers.data[block * half + (within % half)] as number;
  const whole = within < half ? byte & 15 : byte >> 4;
  return whole * (scales.data[block] as number) + (minima.data[block] as number);
}
