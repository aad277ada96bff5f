import type { Expression, OpName } from '../../graph/expression.ts';

/** x over its root mean square times a weight, which onnxruntime does in one kernel, with the sum before it where there is one. */
export interface FusedNorm {
  readonly root: Expression;
  readonly x: Expression;
  readonly weight: Expression;
  readonly epsilon: number;
}

export interface Fusions {
  /** By the expression that gives the normalised values. */
  readonly norms: ReadonlyMap<Expression, FusedNorm>;
  /** By the sum of two that is normalised: both come out of one kernel. */
  readonly sums: ReadonlyMap<Expression, FusedNorm>;
  /** What is computed inside of these kernels and nowhere else. */
  readonly absorbed: ReadonlySet<Expression>;
}

export const noFusions: Fusions = { norms: new Map(), sums: new Map(), absorbed: new Set() };

/** Finds what onnxruntime has a single kernel for: a pass over one token is a thousand small kernels, and each costs its start. */
export function findFusions(order: readonly Expression[], outputs: readonly Expression[]): Fusions {
  const users = new Map<Expression, number>();
  for (const used of [...order.flatMap((node) => node.inputs), ...outputs]) users.set(used, (users.get(used) ?? 0) + 1);
  const isOwn = (node: Expression | undefined) => node !== undefined && users.get(node) === 1;
  const norms = new Map<Expression, FusedNorm>();
  const sums = new Map<Expression, FusedNorm>();
  const absorbed = new Set<Expression>();
  for (const root of order) {
    if (!isOp(root, 'multiply')) continue;
    const [first, second] = root.inputs as [Expression, Expression];
    const norm = normOf(root, first, second);
    if (norm === undefined || !isOwn(first) || !isOwn(first.inputs[1])) continue;
    norms.set(root, norm);
    absorbed.add(first).add(first.inputs[1] as Expression);
    if (isResidual(norm.x) && !sums.has(norm.x)) sums.set(norm.x, norm);
  }
  return { norms, sums, absorbed };
}

function normOf(root: Expression, scaled: Expression, weight: Expression): FusedNorm | undefined {
  if (!isOp(scaled, 'multiply') || weight.op !== 'input' || weight.shape.length !== 1) return undefined;
  const [x, inverse] = scaled.inputs as [Expression, Expression];
  if (!isOp(inverse, 'inverseRms') || inverse.inputs[0] !== x) return undefined;
  return { root, x, weight, epsilon: inverse.attributes.epsilon };
}

/** A sum of two of the same shape. */
function isResidual(x: Expression): boolean {
  const [a, b] = x.inputs;
  return isOp(x, 'add') && a?.shape.length === 2 && a.shape.every((dim, axis) => dim === b?.shape[axis]);
}

function isOp<Op extends OpName>(node: Expression, op: Op): node is Expression<Op> {
  return node.op === op;
}
