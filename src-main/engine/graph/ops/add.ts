import { type Expression, expression, type OpDefinition } from '../expression.ts';
import { build, read } from '../nd-array.ts';
import { broadcast } from '../shape.ts';
import { sumTo } from './broadcast.ts';

/** a + b, element by element, with broadcasting. */
export function add(a: Expression, b: Expression): Expression {
  return expression('add', [a, b], {}, broadcast(a.shape, b.shape));
}

export const addOp: OpDefinition<'add'> = {
  gradient: (node, cotangent) => node.inputs.map((x) => sumTo(cotangent, x.shape)),
  reference: ([a, b], _attributes, dims) => build(dims, (at) => (a && b ? read(a, at) + read(b, at) : Number.NaN)),
};
