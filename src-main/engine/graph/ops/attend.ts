import { type Expression, expression, type NdArray, type OpDefinition } from '../expression.ts';
import { build, read } from '../nd-array.ts';
import { check, show } from '../shape.ts';

/** Keys and values; a stream is one head of one row. */
export interface KeysAndValues {
  readonly keys: Expression;
  readonly values: Expression;
}

export interface AttendOptions {
  readonly fresh: KeysAndValues;
  readonly kept: KeysAndValues;
  readonly mask: Expression;
  /** Multiplies the scores. */
  readonly factor: number;
  /** Query heads per key head. */
  readonly group: number;
}

/**
 * Grouped-query attention (Ainslie et al. 2023) of new positions over the cache and themselves; has no gradient.
 *
 * queries [positions, heads · size], ordered by token, then by row · fresh [positions, key heads · size], likewise ·
 * kept [keys, streams, size], whose last positions belong to the tokens in `fresh`, whatever they hold · mask, added to
 * the scores [streams, tokens · group, keys], broadcasting over its first two axes. A backend may be given memory for
 * `fresh` that coincides with those last positions, and then copies nothing. → [positions, heads · size].
 */
export function attend(queries: Expression, { fresh, kept, mask, ...attributes }: AttendOptions): Expression {
  const [size, width] = [kept.keys.shape[2], fresh.keys.shape[1]];
  const isWhole = typeof size === 'number' && typeof width === 'number' && width % size === 0;
  check(isWhole, `attend over ${show(kept.keys.shape)} and ${show(fresh.keys.shape)}`);
  return expression(
    'attend',
    [queries, fresh.keys, fresh.values, kept.keys, kept.values, mask],
    attributes,
    queries.shape,
  );
}

export const attendOp: OpDefinition<'attend'> = {
  gradient() {
    throw new Error('attend gives no gradient: it is for answering alone');
  },
  reference([queries, freshKeys, freshValues, keptKeys, keptValues, mask], { factor, group }, dims) {
    if (!queries || !freshKeys || !freshValues || !keptKeys || !keptValues || !mask)
      throw new Error('attend: operands');
    const [keys, streams, size] = keptKeys.dims as [number, number, number];
    const tokens = freshKeys.data.length / (streams * size);
    const at = (fresh: NdArray, kept: NdArray, key: number, stream: number, i: number) =>
      key < keys - tokens
        ? read(kept, [key, stream, i])
        : (fresh.data[((key - keys + tokens) * streams + stream) * size + i] as number);
    // Queries of one token and stream are adjacent, one for each head in the group.
    const query = (token: number, stream: number, member: number, i: number) =>
      queries.data[((token * streams + stream) * group + member) * size + i] as number;
    const weights = (token: number, stream: number, member: number) => {
      const scores = Array.from({ length: keys }, (_, key) => {
        let sum = 0;
        for (let i = 0; i < size; i++) sum += query(token, stream, member, i) * at(freshKeys, keptKeys, key, stream, i);
        return sum * factor + read(mask, [stream, token * group + member, key]);
      });
      const most = Math.max(...scores);
      const powers = scores.map((score) => Math.exp(score - most));
      const total = powers.reduce((sum, power) => sum + power, 0);
      return powers.map((power) => power / total);
    };
    const known = new Map<string, number[]>();
    return build(dims, ([position = 0, column = 0]) => {
      const flat = position * (dims[1] as number) + column;
      const i = flat % size;
      const member = Math.floor(flat / size) % group;
      const stream = Math.floor(flat / size / group) % streams;
      const token = Math.floor(flat / size / group / streams);
      const name = `${token} ${stream} ${member}`;
      const own = known.get(name) ?? weights(token, stream, member);
      known.set(name, own);
      return own.reduce((sum, weight, key) => sum + weight * at(freshValues, keptValues, key, stream, i), 0);
    });
  },
};
