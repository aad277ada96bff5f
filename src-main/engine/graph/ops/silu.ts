import { type Expression, expression, type OpDefinition } from '../expression.ts';
import { map, zeros } from '../nd-array.ts';
import { add } from './add.ts';
import { multiply } from './multiply.ts';
import { sigmoid } from './sigmoid.ts';
import { subtract } from './subtract.ts';

/** x · sigmoid(x), the gate of SwiGLU (Shazeer 2020). */
export function silu(x: Expression): Expression {
  return expression('silu', [x], {}, x.shape);
}

export const siluOp: OpDefinition<'silu'> = {
  // With s = sigmoid(x) and y = x s, y′ = s + s (x − y): four passes over a layer's widest values instead of the chain
  // rule's seven.
  gradient(node, cotangent) {
    const x = node.inputs[0] as Expression;
    const gated = multiply(cotangent, sigmoid(x));
    return [add(gated, multiply(gated, subtract(x, node)))];
  },
  reference: ([x], _attributes, dims) => (x ? map(x, (value) => value / (1 + Math.exp(-value))) : zeros(dims)),
};
