import { type Expression, expression, type OpDefinition } from '../expression.ts';
import { build, read } from '../nd-array.ts';
import { check, fromEnd, show } from '../shape.ts';
import { scale } from './scale.ts';

/**
 * Turns each pair (x_i, x_{i+half}) by an angle: rotary position embedding in the half-split form
 * (Su et al. 2021; the layout of Hugging Face's Llama). x [..., size] · cos, sin [..., size / 2], which broadcast.
 */
export function rotate(x: Expression, cos: Expression, sin: Expression): Expression {
  const size = fromEnd(x.shape, 1);
  check(
    typeof size === 'number' && fromEnd(cos.shape, 1) === size / 2,
    `rotate of ${show(x.shape)} by ${show(cos.shape)}`,
  );
  return expression('rotate', [x, cos, sin], {}, x.shape);
}

export const rotateOp: OpDefinition<'rotate'> = {
  // A rotation's transpose is its inverse. Angles are data: their gradient is never needed.
  gradient(node, cotangent, needed) {
    const [, cos, sin] = node.inputs as [Expression, Expression, Expression];
    check(!needed[1] && !needed[2], 'rotate gives no gradient of its angles');
    return [rotate(cotangent, cos, scale(sin, -1)), undefined, undefined];
  },
  reference([x, cos, sin], _attributes, dims) {
    if (!x || !cos || !sin) throw new Error('rotate takes three operands');
    const half = (dims[dims.length - 1] as number) / 2;
    return build(dims, (at) => {
      const i = at[at.length - 1] as number;
      const angle = [...at.slice(0, -1), i % half];
      const partner = read(x, [...at.slice(0, -1), i < half ? i + half : i - half]);
      return read(x, at) * read(cos, angle) + (i < half ? -1 : 1) * partner * read(sin, angle);
    });
  },
};
