import type { Dim, Expression } from '../graph/expression.ts';
import { add } from '../graph/ops/add.ts';
import { concat } from '../graph/ops/concat.ts';
import { matmul } from '../graph/ops/matmul.ts';
import { reshape } from '../graph/ops/reshape.ts';
import { rotate } from '../graph/ops/rotate.ts';
import { scale } from '../graph/ops/scale.ts';
import { slice } from '../graph/ops/slice.ts';
import { softmax } from '../graph/ops/softmax.ts';
import { transpose } from '../graph/ops/transpose.ts';
import { multiplyDims } from '../graph/shape.ts';
import type { ModelInput, Projected, Sight } from './architecture.ts';

/** Splits the output of a projection into heads: [positions, heads · size] → [rows, tokens, heads, size]. */
export function splitHeads(x: Expression, { cos }: Sight, heads: number, size: number): Expression {
  return reshape(x, [cos.shape[0] as Dim, cos.shape[1] as Dim, heads, size]);
}

/** Rotary positions on queries and keys (Su et al. 2021). */
export function applyRotary({ queries, keys, values }: Projected, { cos, sin }: Sight): Projected {
  return { queries: rotate(queries, cos, sin), keys: rotate(keys, cos, sin), values };
}

/**
 * Attention of the new positions over themselves and over the cache, if there is one: [positions, heads · size]. Scores
 * are multiplied by `factor`, by default 1/√size.
 */
export function attention(
  projected: Projected,
  input: ModelInput,
  { layer, masks, factor = 1 / Math.sqrt(projected.queries.shape[3] as number) }: AttentionOptions,
): Expression {
  if (input.attend) return input.attend(layer, projected, { mask: masks[0] as Expression, factor });
  const { queries, keys, values } = projected;
  const [rows, , heads, size] = queries.shape as [Dim, Dim, number, number];
  const parts = masks.length;
  const part = masks[0]?.shape[3] as Dim;
  const keyValueHeads = keys.shape[2] as number;
  const headsFirst = (x: Expression) => transpose(x, [0, 2, 1, 3]);
  const apart = (x: Expression) => reshape(headsFirst(x), [rows, keyValueHeads, parts, part, size]);
  const [keysApart, valuesApart] = [apart(keys), apart(values)];
  const queriesApart = reshape(scale(queries, factor), [rows, parts, part, heads, size]);
  const mixed = masks.map((mask, i) => {
    const upTo = (x: Expression) => reshape(slice(x, 2, 0, i + 1), [rows, keyValueHeads, mask.shape[4] as Dim, size]);
    const own = reshape(slice(queriesApart, 1, i, i + 1), [rows, part, heads, size]);
    const sums = attend(own, { keys: upTo(keysApart), values: upTo(valuesApart) }, mask);
    return reshape(sums, [rows, 1, part, heads * size]);
  });
  return reshape(concat(mixed, 1), [input.ids.shape[0] as Dim, heads * size]);
}

interface AttentionOptions {
  readonly layer: number;
  readonly masks: readonly Expression[];
  readonly factor?: number | undefined;
}

/**
 * Grouped-query attention (Ainslie et al. 2023): every group of query heads shares one head of keys and values.
 *
 * queries [rows, part, heads, size] · keys, values [rows, keyValueHeads, keys, size] · mask [rows, 1, 1, part, keys] →
 * [rows, part, heads, size]. The queries of a group are stacked along the token axis, so that each product is one plain
 * matrix product per row and key-value head and nothing is repeated in memory.
 */
function attend(queries: Expression, { keys, values }: Omit<Projected, 'queries'>, mask: Expression): Expression {
  const [rows, part, heads, size] = queries.shape as [Dim, Dim, number, number];
  const keyValueHeads = keys.shape[1] as number;
  const keyCount = keys.shape[2] as Dim;
  const group = heads / keyValueHeads;
  const stacked = multiplyDims(group, part);

  const split = reshape(queries, [rows, part, keyValueHeads, group, size]);
  const grouped = reshape(transpose(split, [0, 2, 3, 1, 4]), [rows, keyValueHeads, stacked, size]);
  const scores = reshape(matmul(grouped, keys, { transposeB: true }), [rows, keyValueHeads, group, part, keyCount]);
  const weights = reshape(softmax(add(scores, mask)), [rows, keyValueHeads, stacked, keyCount]);
  const mixed = reshape(matmul(weights, values), [rows, keyValueHeads, group, part, size]);
  return reshape(transpose(mixed, [0, 3, 1, 2, 4]), [rows, part, heads, size]);
}
