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

/** GELU by its usual approximation with tanh (Hendrycks and Gimpel 2016, §2), for ½(1 + tanh u) is sigmoid(2u). */
export function gelu(x: Expression): Expression {
  const cube = multiply(multiply(x, x), x);
  const u = add(scale(x, Math.sqrt(8 / Math.PI)), scale(cube, 0.044715 * Math.sqrt(8 / Math.PI)));
  return multiply(x, sigmoid(u));
}

export const sigmoidOp: OpDefinition<'sigmoid'> = {
  // s′ = s − s²
  gradient: (node, cotangent) => [multiply(cotangent, add(node, scale(multiply(node, node), -1)))],
  reference: ([x], _attributes, dims) => (x ? map(x, (value) => 1 / (1 + Math.exp(-value))) : zeros(dims)),
};
