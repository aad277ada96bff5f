import { type Expression, expression, type OpDefinition, type Shape } from '../expression.ts';
import { zeros } from '../nd-array.ts';
import { sameShape } from '../shape.ts';

/** The same numbers in the same order in another shape. That the sizes agree is checked when the graph runs. */
export function reshape(x: Expression, shape: Shape): Expression {
  // A view of a view is a view of the source.
  const source = x.op === 'reshape' ? (x.inputs[0] as Expression) : x;
  return sameShape(source.shape, shape) ? source : expression('reshape', [source], {}, shape, x.type);
}

export const reshapeOp: OpDefinition<'reshape'> = {
  gradient: (node, cotangent) => [reshape(cotangent, (node.inputs[0] as Expression).shape)],
  reference([x], _attributes, dims) {
    const result = zeros(dims);
    if (x?.data.length !== result.data.length) throw new Error(`reshape: ${x?.dims} is not ${dims}`);
    result.data.set(x.data);
    return result;
  },
};
