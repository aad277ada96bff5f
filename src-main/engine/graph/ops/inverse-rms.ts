import { type Expression, expression, type OpDefinition } from '../expression.ts';
import { mapRows, zeros } from '../nd-array.ts';
import { withDim } from '../shape.ts';
import { add } from './add.ts';
import { sumTo } from './broadcast.ts';
import { multiply } from './multiply.ts';
import { scale } from './scale.ts';
import { subtract } from './subtract.ts';

/** 1 / √(mean(x²) + ε) along the last axis, kept as size 1. */
export function inverseRms(x: Expression, epsilon: number): Expression {
  return expression('inverseRms', [x], { epsilon }, withDim(x.shape, x.shape.length - 1, 1));
}

/**
 * x over its root mean square, times a weight per feature (Zhang and Sennrich 2019): x [..., hidden], weight [hidden].
 */
export function rmsNorm(x: Expression, weight: Expression, epsilon: number): Expression {
  return multiply(multiply(x, inverseRms(x, epsilon)), weight);
}

/** x with mean 0 and variance 1 along the last axis, times a weight plus a bias per feature (Ba et al. 2016). */
export function layerNorm(x: Expression, weight: Expression, bias: Expression, epsilon: number): Expression {
  const last = x.shape.length - 1;
  const mean = scale(sumTo(x, withDim(x.shape, last, 1)), 1 / (x.shape[last] as number));
  const centred = subtract(x, mean);
  return add(multiply(multiply(centred, inverseRms(centred, epsilon)), weight), bias);
}

export const inverseRmsOp: OpDefinition<'inverseRms'> = {
  // r = (mean(x²) + ε)^−½, so dx = −dr · r³ · x / width
  gradient(node, cotangent) {
    const x = node.inputs[0] as Expression;
    const width = x.shape[x.shape.length - 1] as number;
    const cube = multiply(multiply(node, node), node);
    return [multiply(x, scale(multiply(cotangent, cube), -1 / width))];
  },
  reference([x], { epsilon }, dims) {
    const result = zeros(dims);
    if (!x) return result;
    const width = x.dims[x.dims.length - 1] as number;
    const rows = mapRows(x, (row) => row.fill(1 / Math.sqrt(row.reduce((sum, v) => sum + v * v, 0) / width + epsilon)));
    for (let i = 0; i < result.data.length; i++) result.data[i] = rows.data[i * width] as number;
    return result;
  },
};
