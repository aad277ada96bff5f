import { type Expression, expression, type OpDefinition } from '../expression.ts';
import { map, zeros } from '../nd-array.ts';
import { add } from './add.ts';
import { multiply } from './multiply.ts';
import { scale } from './scale.ts';
import { subtract } from './subtract.ts';

/** 1 / (1 + e^−x). */
export function sigmoid(x: Expression): Expression {
  return expression('sigmoid', [x], {}, x.shape);
}

/** GELU in its usual tanh approximation (Hendrycks and Gimpel 2016, §2), since ½(1 + tanh u) is sigmoid(2u). */
export function gelu(x: Expression): Expression {
  const cube = multiply(multiply(x, x), x);
  const u = add(scale(x, Math.sqrt(8 / Math.PI)), scale(cube, 0.044715 * Math.sqrt(8 / Math.PI)));
  return multiply(x, sigmoid(u));
}

export const sigmoidOp: OpDefinition<'sigmoid'> = {
  // s′ = s − s²
  gradient: (node, cotangent) => [multiply(cotangent, subtract(node, multiply(node, node)))],
  reference: ([x], _attributes, dims) => (x ? map(x, (value) => 1 / (1 + Math.exp(-value))) : zeros(dims)),
};
