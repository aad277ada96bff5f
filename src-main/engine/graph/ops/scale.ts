import { type Expression, expression, type OpDefinition } from '../expression.ts';
import { map, zeros } from '../nd-array.ts';

/** factor · x, for a factor known when the graph is built. */
export function scale(x: Expression, factor: number): Expression {
  return expression('scale', [x], { factor }, x.shape);
}

export const scaleOp: OpDefinition<'scale'> = {
  gradient: (node, cotangent) => [scale(cotangent, node.attributes.factor)],
  reference: ([x], { factor }, dims) => (x ? map(x, (value) => factor * value) : zeros(dims)),
};
