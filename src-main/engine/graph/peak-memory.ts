import type { ElementType } from '../tensor.ts';
import { type Expression, type OpName, topologicalOrder } from './expression.ts';
import { sizeOf } from './shape.ts';

/**
 * Bytes that a run of a graph holds at its fullest moment beside what it is fed: values live from when they are made to
 * their last use, outputs to the end. Operations run in the order of `topologicalOrder`, as backends are given them.
 */
export function peakMemory(outputs: readonly Expression[], sizes: ReadonlyMap<string, number>): number {
  const order = topologicalOrder(outputs);
  const storage = new Map<Expression, Expression>();
  for (const node of order) {
    // Another view of the same bytes.
    const [first] = node.inputs;
    storage.set(node, node.op === 'reshape' && first !== undefined ? (storage.get(first) as Expression) : node);
  }
  const lastUse = new Map<Expression, number>();
  order.forEach((node, i) => {
    for (const operand of node.inputs) lastUse.set(storage.get(operand) as Expression, i);
  });
  for (const output of outputs) lastUse.set(storage.get(output) as Expression, order.length);
  const bytes = (node: Expression) =>
    node.shape.reduce<number>((size, dim) => size * sizeOf(dim, sizes), 1) * elementBytes[node.type];
  const endingAt = Map.groupBy(
    [...lastUse].filter(([node]) => node.op !== 'input'),
    ([, i]) => i,
  );
  let live = 0;
  let peak = 0;
  order.forEach((node, i) => {
    if (node.op === 'input' || storage.get(node) !== node) return free(i);
    const own = bytes(node);
    const ending = node.inputs.find((operand) => {
      const held = storage.get(operand) as Expression;
      return held.op !== 'input' && lastUse.get(held) === i && bytes(held) === own;
    });
    const isInPlace = inPlace.has(node.op) && ending !== undefined;
    live += isInPlace ? 0 : own;
    peak = Math.max(peak, live + besides(node, own, sizes));
    if (isInPlace) live += own;
    free(i);
  });
  return peak;

  function free(i: number): void {
    for (const [node] of endingAt.get(i) ?? []) live -= bytes(node);
  }
}

/** Whose result may take the place of an operand that nobody needs any more. */
const inPlace: ReadonlySet<OpName> = new Set(['add', 'multiply', 'scale', 'sigmoid', 'relu', 'step', 'exp', 'softmax', 'logSoftmax']);

function besides(node: Expression, own: number, sizes: ReadonlyMap<string, number>): number {
  const bytes = (each: Expression) => each.shape.reduce<number>((size, dim) => size * sizeOf(dim, sizes), 1) * 4;
  switch (node.op) {
    case 'inverseRms':
      return bytes(node.inputs[0] as Expression);
    case 'rotate':
      return own * 2;
    case 'matmulInt8': {
      const left = bytes(node.inputs[0] as Expression);
      // rows, coarse and the rest
      return Math.max(left * 3, left * 1.5 + own * 2);
    }
    default:
      return 0;
  }
}

const elementBytes: Readonly<Record<ElementType, number>> = { float32: 4, int32: 4, uint8: 1, int8: 1 };
