import { type Expression, expression, type OpDefinition } from '../expression.ts';
import { build, read } from '../nd-array.ts';
import { broadcast } from '../shape.ts';
import { sumTo } from './broadcast.ts';

/** a ∘ b, element by element, with broadcasting. */
export function multiply(a: Expression, b: Expression): Expression {
  return expression('multiply', [a, b], {}, broadcast(a.shape, b.shape));
}

export const multiplyOp: OpDefinition<'multiply'> = {
  gradient(node, cotangent, needed) {
    const [a, b] = node.inputs as [Expression, Expression];
    return [
      needed[0] ? sumTo(multiply(cotangent, b), a.shape) : undefined,
      needed[1] ? sumTo(multiply(cotangent, a), b.shape) : undefined,
    ];
  },
  reference: ([a, b], _attributes, dims) => build(dims, (at) => (a && b ? read(a, at) * read(b, at) : Number.NaN)),
};
