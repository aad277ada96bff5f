import { type Expression, expression, type OpDefinition } from '../expression.ts';
import { build, read } from '../nd-array.ts';
import { check, fromEnd, show } from '../shape.ts';
import { matmul } from './matmul.ts';

/** The same matrix twice: as integers, −127 to 127, to multiply `transformed` by, and as floats. */
export interface ScoresMatrix {
  /** int8 [in, out], row-major. */
  readonly integers: Expression;
  /** float32 [out]: the scale of each column of the integers. */
  readonly scales: Expression;
  /** float32 [out, in]. */
  readonly floats: Expression;
}

/**
 * y = transformed · (integers ∘ scales), [n, in] → [n, out], which equals x Wᵀ up to rounding, and whose gradient uses
 * the floats: dx = dy W. A softmax over a large vocabulary tolerates what eight bits lose of its logits. Its gradient
 * is one large number and thousands of small ones that matter together, which eight bits would lose. A backend may
 * round each row of `transformed` to eight bits.
 */
export function scoresInt8(
  x: Expression,
  transformed: Expression,
  { integers, scales, floats }: ScoresMatrix,
): Expression {
  const out = fromEnd(integers.shape, 1);
  check(
    fromEnd(transformed.shape, 1) === integers.shape[0],
    `scoresInt8 of ${show(transformed.shape)} and ${show(integers.shape)}`,
  );
  check(fromEnd(x.shape, 1) === floats.shape[1], `scoresInt8 of ${show(x.shape)} and ${show(floats.shape)}`);
  return expression('scoresInt8', [transformed, integers, scales, x, floats], {}, [
    ...transformed.shape.slice(0, -1),
    out,
  ]);
}

export const scoresInt8Op: OpDefinition<'scoresInt8'> = {
  gradient(node, cotangent) {
    // Everything but x is frozen, or is x in another form.
    return [undefined, undefined, undefined, matmul(cotangent, node.inputs[4] as Expression), undefined];
  },
  reference([transformed, integers, scales], _attributes, dims) {
    if (!transformed || !integers || !scales) throw new Error('scoresInt8 takes three operands');
    const inner = integers.dims[0] as number;
    return build(dims, (at) => {
      const column = at.at(-1) as number;
      let sum = 0;
      for (let i = 0; i < inner; i++) sum += read(transformed, [...at.slice(0, -1), i]) * read(integers, [i, column]);
      return sum * read(scales, [column]);
    });
  },
};
