import { type Expression, expression, type OpDefinition } from '../expression.ts';
import { build, read } from '../nd-array.ts';
import { broadcast } from '../shape.ts';
import { sumTo } from './broadcast.ts';
import { scale } from './scale.ts';

/** a − b, element by element, with broadcasting. */
export function subtract(a: Expression, b: Expression): Expression {
  return expression('subtract', [a, b], {}, broadcast(a.shape, b.shape));
}

export const subtractOp: OpDefinition<'subtract'> = {
  gradient(node, cotangent, needed) {
    const [a, b] = node.inputs as [Expression, Expression];
    return [
      needed[0] ? sumTo(cotangent, a.shape) : undefined,
      needed[1] ? scale(sumTo(cotangent, b.shape), -1) : undefined,
    ];
  },
  reference: ([a, b], _attributes, dims) => build(dims, (at) => (a && b ? read(a, at) - read(b, at) : Number.NaN)),
};
