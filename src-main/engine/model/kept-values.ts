import type { Expression, OpName } from '../graph/expression.ts';

// Which values of the forward pass a training pass keeps for the backward pass (`graph/rematerialise.ts`).

/** A single pass over their operands, which are in memory anyway. */
const cheap: ReadonlySet<OpName> = new Set([
  'multiply',
  'scale',
  'sigmoid',
  'silu',
  'relu',
  'step',
  'inverseRms',
  'slice',
]);

/**
 * Everything but gates, norms and attention weights: recomputing gates and norms takes little longer than reading them
 * back, and attention weights, the largest values of all, take one product of six (Dao et al. 2022, §3.1).
 */
export function isCostly(node: Expression): boolean {
  return !cheap.has(node.op) && !isScore(node);
}

/** Scores of queries and keys: raw, masked, and after softmax. */
function isScore({ op, shape }: Expression): boolean {
  return op === 'softmax' || (op === 'add' && shape.length === 5) || (op === 'matmul' && shape.length === 4);
}

/**
 * What passes from layer to layer, and the softmax over the vocabulary, whose product is the largest: recomputing the
 * layers costs a third of a step (Chen et al. 2016).
 */
export function isBetweenLayers(node: Expression): boolean {
  return node.op === 'logSoftmax' || node.op === 'gather' || (node.op === 'add' && isStream(node));
}

const streams = new WeakMap<Expression, boolean>();

/** The embeddings, scaled or not, and every sum of them with the output of a block. */
function isStream(node: Expression): boolean {
  const known = streams.get(node);
  if (known !== undefined) return known;
  const [first, second] = node.inputs;
  const isOne =
    node.op === 'gather' ||
    (node.op === 'scale' && isStream(first as Expression)) ||
    (node.op === 'add' && String(first?.shape) === String(second?.shape) && node.inputs.some(isStream));
  streams.set(node, isOne);
  return isOne;
}
