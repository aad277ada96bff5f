import type { ElementType } from '../tensor.ts';
import { type Dim, type Expression, type OpName, topologicalOrder } from './expression.ts';
import { sizeOf } from './shape.ts';

/**
 * Peak bytes that a run of a graph holds besides its feeds: values live from creation to last use, outputs to the end.
 * Operations run in `topologicalOrder`, the order in which backends receive them; temporaries within an operation are
 * counted as in onnxruntime's lowering.
 */
export function peakMemory(outputs: readonly Expression[], sizes: ReadonlyMap<string, number>): number {
  const order = topologicalOrder(outputs);
  const known = new Map<Dim, number>();
  const size = (dim: Dim) => {
    const found = known.get(dim) ?? sizeOf(dim, sizes);
    known.set(dim, found);
    return found;
  };
  const bytesOf = ({ shape, type }: Expression) =>
    shape.reduce<number>((n, dim) => n * size(dim), 1) * elementBytes[type];
  const held = holders(order);
  const holder = (node: Expression) => held.get(node) as Expression;
  const lastUse = new Map<Expression, number>();
  order.forEach((node, i) => {
    lastUse.set(holder(node), i);
    for (const operand of node.inputs) lastUse.set(holder(operand), i);
  });
  for (const output of outputs) lastUse.set(holder(output), order.length);
  const ending = Map.groupBy([...lastUse.keys()], (node) => lastUse.get(node));
  let live = 0;
  let peak = 0;
  order.forEach((node, i) => {
    const own = bytesOf(node);
    if (node.op !== 'input' && holder(node) === node) {
      const isInPlace =
        inPlace.has(node.op) &&
        node.inputs.some((operand) => {
          const { op } = holder(operand);
          return op !== 'input' && lastUse.get(holder(operand)) === i && bytesOf(operand) === own;
        });
      peak = Math.max(peak, live + (isInPlace ? 0 : own) + besides(node, bytesOf));
      live += own;
    }
    for (const gone of ending.get(i) ?? []) if (gone.op !== 'input') live -= bytesOf(gone);
  });
  return peak;
}

/** Whose memory each value occupies: its own, or that of the value it is a view of. */
function holders(order: readonly Expression[]): ReadonlyMap<Expression, Expression> {
  const held = new Map<Expression, Expression>();
  for (const node of order) {
    const [operand] = node.inputs;
    held.set(
      node,
      (node.op === 'reshape' || node.op === 'after') && operand !== undefined
        ? (held.get(operand) as Expression)
        : node,
    );
  }
  return held;
}

const elementBytes: Readonly<Record<ElementType, number>> = { float32: 4, int32: 4, uint8: 1, int8: 1 };

/** Ops whose result may overwrite an operand that is no longer needed. */
const inPlace: ReadonlySet<OpName> = new Set([
  ...([
    'add',
    'subtract',
    'multiply',
    'scale',
    'sigmoid',
    'silu',
    'relu',
    'step',
    'exp',
    'softmax',
    'logSoftmax',
  ] as const),
]);

/** Temporaries of an operation that is lowered to several. */
function besides(node: Expression, bytesOf: (node: Expression) => number): number {
  const left = node.inputs[0];
  if (left === undefined) return 0;
  /** Either magnitudes, before the product exists, or bytes alongside it. */
  const roundedBesides = (copies: number) =>
    Math.max((copies + 1) * bytesOf(left) - bytesOf(node), (copies + 0.25) * bytesOf(left));
  switch (node.op) {
    case 'inverseRms':
      return bytesOf(left);
    case 'rotate':
      return 2 * bytesOf(node);
    case 'matmulInt8':
      // In the gradient, scaled before anything else.
      return roundedBesides((node as Expression<'matmulInt8'>).attributes.scaled === 'input' ? 1 : 0);
    case 'scoresInt8':
      return roundedBesides(0);
    case 'matmulInt4':
      // The matrix as bytes and as floats: ten times its packed size.
      return 10 * bytesOf(node.inputs[1] as Expression);
    default:
      return 0;
  }
}
