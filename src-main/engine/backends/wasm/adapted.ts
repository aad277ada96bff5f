import { type Expression, topologicalOrder } from '../../graph/expression.ts';
import { elements } from '../../tensor.ts';
import { CannotRun } from './cannot-run.ts';
import { groupPairs } from './kernels/layout.ts';
import { behind, bitsOf, isDense, nameOf, type Value, type Writer } from './program-writer.ts';

/** A product of integers, and what an adapter adds to it: low · B. */
interface Adapted {
  readonly product: Expression;
  readonly low: Expression;
  readonly up: Expression<'input'>;
  readonly factor: number;
}

/** By the sums; what is computed with them alone is absorbed. */
export function findAdapted(
  order: readonly Expression[],
  uses: ReadonlyMap<Expression, number>,
): ReadonlyMap<Expression, Adapted | 'absorbed'> {
  const found = new Map<Expression, Adapted | 'absorbed'>();
  const isOwn = (node: Expression) => uses.get(node) === 1;
  for (const node of order) {
    const [product, added] = node.inputs;
    if (node.op !== 'add' || product?.op !== 'matmulInt8' || added === undefined || !isOwn(product)) continue;
    const times = (added.op === 'reshape' ? added.inputs[0] : added) as Expression<'matmul'>;
    const [low, up] = times.inputs;
    if (times.op !== 'matmul' || ![added, times].every(isOwn) || up?.op !== 'input' || low === undefined) continue;
    if (times.attributes.transposeA || times.attributes.transposeB) continue;
    found.set(node, { product, low, up: up as Expression<'input'>, factor: times.attributes.factor });
    found.set(added, 'absorbed').set(times, 'absorbed');
  }
  return found;
}

/** Each thread adds to its columns: those that it has multiplied, or of several positions any. */
export function writeAdapted(writer: Writer, { product, low: lower, up, factor }: Adapted): Value {
  const [y, low] = [writer.value(product), writer.value(lower)];
  const [ranks = 0, columns = 0] = writer.dims(up).slice(-2);
  const shares = elements(low.dims.slice(0, -2));
  const rows = low.dims.at(-2) as number;
  if (!isDense(low)) throw new CannotRun('No kernel for such rows');
  if (writer.isSplit) writer.readAll(low, y);
  const [matrix, ranges] = [writer.site.input(nameOf(up)), writer.site.input(rangesName(up))];
  for (let share = 0; share < shares; share++) {
    const out = behind(y.address, share * rows * y.row);
    const x = behind(low.address, 4 * share * rows * ranks);
    const from = [matrix + 4 * share * ranks * columns, ranges + 8 * share * ranks];
    const pairs = groupPairs(columns);
    writer.isChanged(y);
    writer.step('addTimes', [out, x, ...from, writer.count(rows), ranks, columns, pairs, y.row, bitsOf(factor)]);
  }
  return y;
}

/** The input that tells, for each row of a matrix, between which bytes it has other numbers than zeros. */
export function rangesName(node: Expression): string {
  return `${nameOf(node)}#ranges`;
}

/** The matrices of which only what is not zero is read. */
export function rangedInputs(outputs: Readonly<Record<string, Expression>>): Expression<'input'>[] {
  const order = topologicalOrder(Object.values(outputs));
  return [...findAdapted(order, usesOf(order, outputs)).values()].flatMap((each) =>
    each === 'absorbed' ? [] : [each.up],
  );
}

export function usesOf(
  order: readonly Expression[],
  outputs: Readonly<Record<string, Expression>>,
): ReadonlyMap<Expression, number> {
  const uses = new Map<Expression, number>();
  for (const used of [...order.flatMap((node) => node.inputs), ...Object.values(outputs)])
    uses.set(used, (uses.get(used) ?? 0) + 1);
  return uses;
}
