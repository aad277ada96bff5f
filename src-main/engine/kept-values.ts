import type { Expression, OpName } from './graph/expression.ts';

// What a training pass keeps of the forward pass for the backward pass (`graph/rematerialise.ts`).

/** One pass over their operands, which are in memory anyway. */
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
 * All but gates, norms and the weights of attention: those again take little longer than to read them back, and these, one
 * product of six and the largest values of all (Dao et al. 2022, §3.1).
 */
export function isCostly(node: Expression): boolean {
  return !cheap.has(node.op) && !isScore(node);
}

/** Scores of queries and keys, before, with and after the mask. */
function isScore({ op, shape }: Expression): boolean {
  return op === 'softmax' || (op === 'add' && shape.length === 5) || (op === 'matmul' && shape.length === 4);
}

/**
 * What goes from layer to layer, and the softmax over the vocabulary, whose product is the largest: a layer again costs a third
 * of what a step does (Chen et al. 2016).
 */
export function isBetweenLayers(node: Expression): boolean {
  return node.op === 'logSoftmax' || node.op === 'gather' || (node.op === 'add' && isStream(node));
}

const streams = new WeakMap<Expression, boolean>();

/** The embeddings, scaled or not, and every sum of them with what a block adds. */
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
