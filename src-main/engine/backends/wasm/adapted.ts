import type { Expression } from '../../graph/expression.ts';
import { elements } from '../../tensor.ts';
import { CannotRun } from './cannot-run.ts';
import { behind, bitsOf, isDense, nameOf, type Value, type Writer } from './program-writer.ts';
import { isInShorts, shortTiles } from './short-matrices.ts';

/** An integer product and the adapter update added to it: low · B, where low is the output of A. */
interface Adapted {
  readonly product: Expression;
  readonly low: Expression;
  /** Undefined where it is not stored in 16-bit integers. */
  readonly down: Expression<'input'> | undefined;
  readonly up: Expression<'input'>;
  readonly factor: number;
}

/** Keyed by the sums; nodes computed only for them are absorbed. */
export function findAdapted(
  order: readonly Expression[],
  uses: ReadonlyMap<Expression, number>,
): ReadonlyMap<Expression, Adapted | 'absorbed'> {
  const found = new Map<Expression, Adapted | 'absorbed'>();
  const isOwn = (node: Expression) => uses.get(node) === 1;
  for (const node of order) {
    const [product, added] = node.inputs;
    if (node.op !== 'add' || !isIntegerProduct(product) || added === undefined || !isOwn(product)) continue;
    const times = (added.op === 'reshape' ? added.inputs[0] : added) as Expression<'matmul'>;
    const [low, up] = times.inputs;
    if (times.op !== 'matmul' || up?.op !== 'input' || low === undefined) continue;
    if (![added, times, up].every(isOwn)) continue;
    if (times.attributes.transposeA || times.attributes.transposeB) continue;
    found.set(node, {
      product,
      low,
      down: downOf(low, isOwn),
      up: up as Expression<'input'>,
      factor: times.attributes.factor,
    });
    found.set(added, 'absorbed').set(times, 'absorbed');
  }
  return found;
}

function isIntegerProduct(node: Expression | undefined): node is Expression {
  return node?.op === 'matmulInt8' || node?.op === 'matmulInt4';
}

/** The A that produces `low`, before the mask. */
function downOf(low: Expression, isOwn: (node: Expression) => boolean): Expression<'input'> | undefined {
  const [first, second] = low.inputs;
  if (first === undefined || !isOwn(low)) return undefined;
  if (low.op !== 'matmul')
    return ['multiply', 'reshape', 'transpose'].includes(low.op) ? downOf(first, isOwn) : undefined;
  if (!(low as Expression<'matmul'>).attributes.transposeB || second?.op !== 'input' || !isOwn(second))
    return undefined;
  return isInShorts(second.shape.at(-1)) ? (second as Expression<'input'>) : undefined;
}

/**
 * Moves A's product before the base's, which takes longer than threads lag behind each other: only then is A's read.
 */
export function downFirst(order: readonly Expression[], adapted: ReturnType<typeof findAdapted>): Expression[] {
  const sorted = [...order];
  for (const update of adapted.values()) {
    if (update === 'absorbed') continue;
    const [at, last] = [sorted.indexOf(update.product), sorted.indexOf(update.low)];
    const between = sorted.slice(at + 1, last + 1);
    const down = between.findIndex((node) => node.op === 'matmul');
    if (at < last && down >= 0) sorted.splice(at, down + 2, ...between.slice(0, down + 1), update.product);
  }
  return sorted;
}

/** Each thread adds to its columns: those it has multiplied, or any where there are several positions. */
export function writeAdapted(writer: Writer, { product, low: lower, up, factor }: Adapted): Value {
  const [y, low] = [writer.value(product), writer.value(lower)];
  const [ranks = 0, columns = 0] = writer.dims(up).slice(-2);
  const shares = elements(low.dims.slice(0, -2));
  const rows = low.dims.at(-2) as number;
  if (!isDense(low)) throw new CannotRun('No kernel for such rows');
  // With a single row, each thread adds to the columns it multiplied itself.
  writer.readAll(low, ...(writer.isSplit ? [y] : []));
  const { pairs, steps, ranksOf, tiles, bytes } = shortTiles.layout(ranks, columns);
  const matrices = writer.site.input(nameOf(up));
  const weights = writer.take('own', 4 * ranks + 16);
  for (let share = 0; share < shares; share++) {
    const out = behind(y.address, share * rows * y.row);
    const x = behind(low.address, 4 * share * rows * ranks);
    const matrix = [0, steps, ranksOf, tiles].map((part) => matrices + share * bytes + part);
    writer.isChanged(y);
    writer.step('addTimes', [out, x, ...matrix, writer.count(rows), ranks, pairs, y.row, bitsOf(factor), weights]);
  }
  writer.give(weights);
  return y;
}

/** Inputs in 16-bit integers: A's row by row, B's in tiles. */
export interface ShortInputs {
  readonly rows: ReadonlySet<Expression>;
  readonly tiles: ReadonlySet<Expression>;
}

export function shortInputs(adapted: ReturnType<typeof findAdapted>): ShortInputs {
  const updates = [...adapted.values()].filter((update) => update !== 'absorbed');
  return {
    rows: new Set(updates.flatMap(({ down }) => down ?? [])),
    tiles: new Set(updates.map(({ up }) => up)),
  };
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
