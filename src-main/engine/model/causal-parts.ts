import { type Expression, input } from '../graph/expression.ts';
import { multiplyDims } from '../graph/shape.ts';
import { float32, type Tensor } from '../tensor.ts';

// Attention is causal, so the first tokens of a row need no scores for its last ones: the tokens are divided into equal
// parts, and each part attends to the keys up to its own end. With four parts, three eighths of the scores are never
// computed.

/** The number of tokens in a row is a multiple of this. */
export const causalParts = 4;

export type MaskName = 'mask' | 'local_mask';

/** The number of tokens in a row, where a part has `part`. */
export const tokensOfRow = multiplyDims(causalParts, 'part');

/** The masks of the parts, first to last, [rows, 1, 1, part, keys up to its end] each. */
export function maskInputs(name: MaskName): Expression[] {
  return Array.from({ length: causalParts }, (_, i) =>
    input(partName(name, i), ['rows', 1, 1, 'part', multiplyDims(i + 1, 'part')]),
  );
}

/** Their feeds, cut from the whole mask, rows of [tokens, tokens]. */
export function maskFeeds(
  name: MaskName,
  mask: Float32Array,
  [rows, tokens]: readonly [number, number],
): [string, Tensor][] {
  const part = tokens / causalParts;
  return Array.from({ length: causalParts }, (_, i) => {
    const keys = (i + 1) * part;
    const cut = float32([rows, 1, 1, part, keys]);
    for (let query = 0; query < rows * part; query++) {
      const [row, place] = [Math.floor(query / part), i * part + (query % part)];
      const first = (row * tokens + place) * tokens;
      cut.data.set(mask.subarray(first, first + keys), query * keys);
    }
    return [partName(name, i), cut];
  });
}

function partName(name: MaskName, part: number): string {
  return `${name}.${part}`;
}
