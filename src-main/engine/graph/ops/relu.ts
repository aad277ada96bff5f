import { type Expression, expression, type OpDefinition } from '../expression.ts';
import { map, zeros } from '../nd-array.ts';
import { multiply } from './multiply.ts';
import { scale } from './scale.ts';

/** max(x, 0). */
export function relu(x: Expression): Expression {
  return expression('relu', [x], {}, x.shape);
}

/** 1 where x is above 0, else 0. */
export function step(x: Expression): Expression {
  return expression('step', [x], {}, x.shape);
}

export const reluOp: OpDefinition<'relu'> = {
  gradient: (node, cotangent) => [multiply(cotangent, step(node.inputs[0] as Expression))],
  reference: ([x], _attributes, dims) => (x ? map(x, (value) => Math.max(value, 0)) : zeros(dims)),
};

// Flat on both sides; at 0, where no gradient exists, it is zero too.
export const stepOp: OpDefinition<'step'> = {
  gradient: (_node, cotangent) => [scale(cotangent, 0)],
  reference: ([x], _attributes, dims) => (x ? map(x, (value) => (value > 0 ? 1 : 0)) : zeros(dims)),
};
