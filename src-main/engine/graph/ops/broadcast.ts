import { type Expression, expression, type OpDefinition, type Shape } from '../expression.ts';
import { accumulate, build, read, visit, zeros } from '../nd-array.ts';
import { broadcast, check, sameShape, show } from '../shape.ts';

/** Sums over every axis that `shape` lacks or has as 1: the reverse of broadcasting. */
export function sumTo(x: Expression, shape: Shape): Expression {
  if (sameShape(x.shape, shape)) return x;
  check(sameShape(broadcast(x.shape, shape), x.shape), `${show(x.shape)} can't be summed to ${show(shape)}`);
  return expression('sumTo', [x], {}, shape);
}

/** Repeats along every axis that x lacks or has as 1. */
export function expand(x: Expression, shape: Shape): Expression {
  if (sameShape(x.shape, shape)) return x;
  check(sameShape(broadcast(x.shape, shape), shape), `${show(x.shape)} can't be expanded to ${show(shape)}`);
  return expression('expand', [x], {}, shape);
}

// Each is the other's gradient: hence one file.
export const sumToOp: OpDefinition<'sumTo'> = {
  gradient: (node, cotangent) => [expand(cotangent, (node.inputs[0] as Expression).shape)],
  reference([x], _attributes, dims) {
    const total = zeros(dims);
    if (x) visit(x.dims, (at) => accumulate(total, at, read(x, at)));
    return total;
  },
};

export const expandOp: OpDefinition<'expand'> = {
  gradient: (node, cotangent) => [sumTo(cotangent, (node.inputs[0] as Expression).shape)],
  reference: ([x], _attributes, dims) => build(dims, (at) => (x ? read(x, at) : 0)),
};
