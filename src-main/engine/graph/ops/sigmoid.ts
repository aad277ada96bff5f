import { type Expression, expression, type OpDefinition } from '../expression.ts';
import { map, zeros } from '../nd-array.ts';
import { add } from './add.ts';
import { multiply } from './multiply.ts';
import { scale } from './scale.ts';

/** 1 / (1 + e^−x). */
export function sigmoid(x: Expression): Expression {
  return expression('sigmoid', [x], {}, x.shape);
}

/** x · sigmoid(x), the gate of SwiGLU (Shazeer 2020). */
export function silu(x: Expression): Expression {
  return multiply(x, sigmoid(x));
}

export const sigmoidOp: OpDefinition<'sigmoid'> = {
  // s′ = s − s²
  gradient: (node, cotangent) => [multiply(cotangent, add(node, scale(multiply(node, node), -1)))],
  reference: ([x], _attributes, dims) => (x ? map(x, (value) => 1 / (1 + Math.exp(-value))) : zeros(dims)),
};
