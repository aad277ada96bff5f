import { type Expression, expression, type OpDefinition } from '../expression.ts';

/**
 * x itself, but not before `other` is available, whose value is ignored: what is computed from it is computed late, and
 * no runtime merges it with the same computation earlier on.
 */
export function after(x: Expression, other: Expression): Expression {
  return expression('after', [x, other], {}, x.shape, x.type);
}

export const afterOp: OpDefinition<'after'> = {
  gradient: (_node, cotangent) => [cotangent, undefined],
  reference([x]) {
    if (x === undefined) throw new Error('after takes two operands');
    return x;
  },
};
