import type { Dim, Expression, OpName } from '../../graph/expression.ts';

/** x over its root mean square times a weight, for which onnxruntime has a single kernel, including a preceding sum. */
export interface FusedNorm {
  readonly root: Expression;
  readonly x: Expression;
  readonly weight: Expression;
  readonly epsilon: number;
}

/** A value cut along an axis into adjacent parts without gaps. */
export interface FusedSplit {
  readonly whole: Expression;
  readonly axis: number;
  /** In order. */
  readonly parts: readonly Expression<'slice'>[];
}

/** A product that is added to a value of the same shape. */
export interface FusedSum {
  readonly product: Expression<'matmul'>;
  readonly other: Expression;
}

export interface Fusions {
  /** Keyed by the expression of the normalised values. */
  readonly norms: ReadonlyMap<Expression, FusedNorm>;
  /** Keyed by the sum of two that is normalised: one kernel gives both. */
  readonly sums: ReadonlyMap<Expression, FusedNorm>;
  /** Keyed by the sum. */
  readonly products: ReadonlyMap<Expression, FusedSum>;
  /** Keyed by each slice. */
  readonly splits: ReadonlyMap<Expression, FusedSplit>;
  /** Values computed only inside these kernels. */
  readonly absorbed: ReadonlySet<Expression>;
}

export const noFusions: Fusions = {
  ...{ norms: new Map(), sums: new Map(), products: new Map(), splits: new Map() },
  absorbed: new Set(),
};

/**
 * Finds what onnxruntime has single kernels for: a pass over one token is a thousand kernels, each with a start-up
 * cost.
 */
export function findFusions(order: readonly Expression[], outputs: readonly Expression[]): Fusions {
  const users = new Map<Expression, number>();
  for (const used of [...order.flatMap((node) => node.inputs), ...outputs]) users.set(used, (users.get(used) ?? 0) + 1);
  const isOwn = (node: Expression | undefined): node is Expression => node !== undefined && users.get(node) === 1;
  const norms = new Map<Expression, FusedNorm>();
  const sums = new Map<Expression, FusedNorm>();
  const absorbed = new Set<Expression>();
  for (const root of order) {
    if (!isOp(root, 'multiply')) continue;
    const [first, second] = root.inputs as [Expression, Expression];
    const norm = normOf(root, first, second);
    if (norm === undefined || !isOwn(first) || !isOwn(first.inputs[1])) continue;
    norms.set(root, norm);
    absorbed.add(first).add(first.inputs[1]);
    if (isResidual(norm.x) && !sums.has(norm.x)) sums.set(norm.x, norm);
  }
  const products = new Map<Expression, FusedSum>();
  for (const sum of order) {
    if (!isResidual(sum) || sums.has(sum)) continue;
    const product = sum.inputs.find((term) => isOwn(term) && isOp(term, 'matmul')) as Expression<'matmul'> | undefined;
    const other = sum.inputs.find((term) => term !== product);
    if (product === undefined || other === undefined || product.inputs.some(({ shape }) => shape.length !== 2))
      continue;
    products.set(sum, { product, other });
    absorbed.add(product);
  }
  return { norms, sums, products, splits: findSplits(order), absorbed };
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

/** Whether x is [a, b, heads, size] and has one angle for each of a · b places, [a, b, 1, size / 2]. */
export function hasAngleForEach({ inputs: [x, cos, sin] }: Expression<'rotate'>): boolean {
  const isPlaced = (angles: Expression | undefined) =>
    angles?.shape.length === 4 && angles.shape[0] === x?.shape[0] && angles.shape[1] === x?.shape[1];
  return x?.shape.length === 4 && isPlaced(cos) && isPlaced(sin) && cos?.shape[2] === 1;
}

/** Splits: where the slices of a value cover all of it exactly once. */
function findSplits(order: readonly Expression[]): Map<Expression, FusedSplit> {
  const bySource = new Map<Expression, Expression<'slice'>[]>();
  for (const node of order) {
    if (!isOp(node, 'slice')) continue;
    const whole = node.inputs[0] as Expression;
    bySource.set(whole, [...(bySource.get(whole) ?? []), node]);
  }
  const found = new Map<Expression, FusedSplit>();
  for (const [whole, slices] of bySource) {
    const axis = slices[0]?.attributes.axis as number;
    const sorted = slices.toSorted((a, b) => a.attributes.start - b.attributes.start);
    const ends: Dim[] = [0, ...sorted.map(({ attributes }) => attributes.end)];
    const isWhole = ends.at(-1) === whole.shape[axis];
    if (!isWhole || sorted.some((part, i) => part.attributes.axis !== axis || part.attributes.start !== ends[i]))
      continue;
    const split = { whole, axis, parts: sorted };
    for (const part of slices) found.set(part, split);
  }
  return found;
}

function isOp<Op extends OpName>(node: Expression, op: Op): node is Expression<Op> {
  return node.op === op;
}
