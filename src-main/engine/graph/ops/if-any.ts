import { type Expression, expression, type OpDefinition } from '../expression.ts';
import { check, sameShape, show } from '../shape.ts';

/**
 * `some` where `sized` holds any numbers, otherwise `none`, of the same shape; has no gradient. What only `some` needs is
 * not computed where `sized` is empty.
 */
export function ifAny(
  sized: Expression,
  { some, none }: { readonly some: Expression; readonly none: Expression },
): Expression {
  check(sameShape(some.shape, none.shape), `either ${show(some.shape)} or ${show(none.shape)}`);
  return expression('ifAny', [sized, some, none], {}, none.shape, none.type);
}

export const ifAnyOp: OpDefinition<'ifAny'> = {
  gradient() {
    throw new Error('ifAny gives no gradient: it is for answering alone');
  },
  reference([sized, some, none]) {
    if (!sized || !some || !none) throw new Error('ifAny takes three operands');
    return sized.data.length > 0 ? some : none;
  },
};
