import { type Dim, type Expression, expression, type OpDefinition } from '../expression.ts';
import { build, read } from '../nd-array.ts';
import { check, show } from '../shape.ts';

/** Reorders axes: axis i of the result is axis permutation[i] of x. */
export function transpose(x: Expression, permutation: readonly number[]): Expression {
  check(permutation.length === x.shape.length, `transpose of ${show(x.shape)} by ${permutation}`);
  return expression(
    'transpose',
    [x],
    { permutation },
    permutation.map((axis) => x.shape[axis] as Dim),
    x.type,
  );
}

export const transposeOp: OpDefinition<'transpose'> = {
  gradient: (node, cotangent) => [transpose(cotangent, inverse(node.attributes.permutation))],
  reference([x], { permutation }, dims) {
    const back = inverse(permutation);
    return build(dims, (at) =>
      x
        ? read(
            x,
            back.map((axis) => at[axis] as number),
          )
        : Number.NaN,
    );
  },
};

function inverse(permutation: readonly number[]): number[] {
  return permutation.map((_, axis) => permutation.indexOf(axis));
}
