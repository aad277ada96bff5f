import { type Expression, expression, type OpDefinition } from '../expression.ts';

/**
 * x itself, but not before `other` is there, of which nothing else is looked at: what is computed from it is computed late,
 * and no runtime takes it for the same computation earlier on.
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
