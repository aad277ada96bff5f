import { type Expression, expression, type OpDefinition } from '../expression.ts';
import { build, read } from '../nd-array.ts';
import { check, fromEnd, show } from '../shape.ts';

/** A matrix of integers, −127 to 127, with a scale for each column of [in, out], which is a row of [out, in]. */
export interface Int8Matrix {
  /** int8 [in, out], row-major. */
  readonly integers: Expression;
  /** The same numbers transposed, int8 [out, in]: what the gradient multiplies by. Absent where none is taken. */
  readonly transposed?: Expression;
  /** float32 [out]. */
  readonly scales: Expression;
}

/**
 * y = x · (integers ∘ scales): [n, in] → [n, out]. A backend may also round each row of x, and of its gradient, to
 * eight bits by that row's largest magnitude; the mathematics, and `reference`, do not.
 */
export function matmulInt8(x: Expression, { integers, transposed, scales }: Int8Matrix): Expression {
  const out = fromEnd(integers.shape, 1);
  check(fromEnd(x.shape, 1) === integers.shape[0], `matmulInt8 of ${show(x.shape)} and ${show(integers.shape)}`);
  const operands = transposed === undefined ? [x, integers, scales] : [x, integers, scales, transposed];
  return expression('matmulInt8', operands, { scaled: 'output' }, [...x.shape.slice(0, -1), out]);
}

export const matmulInt8Op: OpDefinition<'matmulInt8'> = {
  gradient(node, cotangent) {
    const [, integers, scales, transposed] = node.inputs as [Expression, Expression, Expression, Expression?];
    if (transposed === undefined)
      throw new Error('matmulInt8 gives no gradient where the matrix is there one way alone');
    const shape = [...node.shape.slice(0, -1), fromEnd(transposed.shape, 1)];
    // y = (x W) ∘ s: dx = (dy ∘ s) Wᵀ; y = (x ∘ s) W: dx = (dy Wᵀ) ∘ s. Each is the other's gradient.
    const scaled = node.attributes.scaled === 'output' ? 'input' : 'output';
    const back = expression('matmulInt8', [cotangent, transposed, scales, integers], { scaled }, shape);
    // The matrix is frozen: no gradient reaches it.
    return [back];
  },
  reference([x, integers, scales], { scaled }, dims) {
    if (!x || !integers || !scales) throw new Error('matmulInt8 takes three operands');
    const inner = integers.dims[0] as number;
    return build(dims, (at) => {
      const column = at.at(-1) as number;
      let sum = 0;
      for (let i = 0; i < inner; i++) {
        const factor = read(scales, [scaled === 'output' ? column : i]);
        sum += read(x, [...at.slice(0, -1), i]) * read(integers, [i, column]) * factor;
      }
      return sum;
    });
  },
};
