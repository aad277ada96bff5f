import type { Dim, Expression } from '../graph/expression.ts';
import { add } from '../graph/ops/add.ts';
import { matmul } from '../graph/ops/matmul.ts';
import { reshape } from '../graph/ops/reshape.ts';
import { scale } from '../graph/ops/scale.ts';
import { softmax } from '../graph/ops/softmax.ts';
import { transpose } from '../graph/ops/transpose.ts';
import { multiplyDims } from '../graph/shape.ts';
import type { KeysAndValues } from './architecture.ts';

/**
 * Grouped-query attention (Ainslie et al. 2023): every group of query heads shares one head of keys and values.
 *
 * queries [rows, tokens, heads, size] · keys, values [rows, keyValueHeads, keys, size] · mask [rows, 1, 1, tokens, keys]
 * → [positions, heads · size]. The queries of a group are stacked along the token axis, so that each product is one
 * plain matrix product per row and key-value head and nothing is repeated in memory.
 */
export function attend(
  queries: Expression,
  { keys, values }: KeysAndValues,
  mask: Expression,
  positions: Dim,
): Expression {
  const [rows, tokens, heads, size] = queries.shape as [Dim, Dim, number, number];
  const keyValueHeads = keys.shape[1] as number;
  const keyCount = keys.shape[2] as Dim;
  const group = heads / keyValueHeads;
  const stacked = multiplyDims(group, tokens);

  const split = reshape(scale(queries, 1 / Math.sqrt(size)), [rows, tokens, keyValueHeads, group, size]);
  const grouped = reshape(transpose(split, [0, 2, 3, 1, 4]), [rows, keyValueHeads, stacked, size]);
  const scores = reshape(matmul(grouped, keys, { transposeB: true }), [rows, keyValueHeads, group, tokens, keyCount]);
  const weights = reshape(softmax(add(scores, mask)), [rows, keyValueHeads, stacked, keyCount]);
  const mixed = reshape(matmul(weights, values), [rows, keyValueHeads, group, tokens, size]);
  return reshape(transpose(mixed, [0, 3, 1, 2, 4]), [positions, heads * size]);
}
