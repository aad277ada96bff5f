import type { Expression, OpName } from './graph/expression.ts';

// What a training pass keeps of the forward pass for the backward pass (`graph/rematerialise.ts`).

/** One pass over their operands, which are in memory anyway. */
const cheap: ReadonlySet<OpName> = new Set(['multiply', 'scale', 'sigmoid', 'relu', 'step', 'inverseRms']);

/** All but gates and norms: those again take no longer than to read them back. */
export function isCostly({ op }: Expression): boolean {
  return !cheap.has(op);
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
