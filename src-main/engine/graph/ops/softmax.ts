import { type Expression, expression, type OpDefinition } from '../expression.ts';
import { map, mapRows, zeros } from '../nd-array.ts';
import { withDim } from '../shape.ts';
import { sumTo } from './broadcast.ts';
import { multiply } from './multiply.ts';
import { subtract } from './subtract.ts';

/** e^x, normalised to sum 1 along the last axis. */
export function softmax(x: Expression): Expression {
  return expression('softmax', [x], {}, x.shape);
}

/** The logarithm of softmax along the last axis, computed directly. */
export function logSoftmax(x: Expression): Expression {
  return expression('logSoftmax', [x], {}, x.shape);
}

export function exp(x: Expression): Expression {
  return expression('exp', [x], {}, x.shape);
}

export const softmaxOp: OpDefinition<'softmax'> = {
  // dx = y ∘ dy − y · Σ(y ∘ dy)
  gradient(node, cotangent) {
    const weighted = multiply(node, cotangent);
    return [subtract(weighted, multiply(node, sumLast(weighted)))];
  },
  reference: ([x], _attributes, dims) => (x ? mapRows(x, (row) => logSoftmaxRow(row).map(Math.exp)) : zeros(dims)),
};

export const logSoftmaxOp: OpDefinition<'logSoftmax'> = {
  // dx = dy − e^y · Σ dy
  gradient: (node, cotangent) => [subtract(cotangent, multiply(exp(node), sumLast(cotangent)))],
  reference: ([x], _attributes, dims) => (x ? mapRows(x, logSoftmaxRow) : zeros(dims)),
};

export const expOp: OpDefinition<'exp'> = {
  gradient: (node, cotangent) => [multiply(cotangent, node)],
  reference: ([x], _attributes, dims) => (x ? map(x, Math.exp) : zeros(dims)),
};

function sumLast(x: Expression): Expression {
  return sumTo(x, withDim(x.shape, x.shape.length - 1, 1));
}

function logSoftmaxRow(row: Float64Array): Float64Array {
  const largest = row.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const total = row.reduce((sum, value) => sum + Math.exp(value - largest), 0);
  return row.map((value) => value - largest - Math.log(total));
}
