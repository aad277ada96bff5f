import { type Dim, type Expression, expression, type OpDefinition } from '../expression.ts';
import { build, read } from '../nd-array.ts';
import { check, show, sumDims, withDim } from '../shape.ts';
import { slice } from './slice.ts';

/** Two values one after the other along an axis. */
export function concat(a: Expression, b: Expression, axis: number): Expression {
  const sameElsewhere =
    a.shape.length === b.shape.length && a.shape.every((dim, i) => i === axis || dim === b.shape[i]);
  check(sameElsewhere, `concat of ${show(a.shape)} and ${show(b.shape)} along ${axis}`);
  return expression(
    'concat',
    [a, b],
    { axis },
    withDim(a.shape, axis, sumDims(a.shape[axis] as Dim, b.shape[axis] as Dim)),
  );
}

export const concatOp: OpDefinition<'concat'> = {
  gradient(node, cotangent) {
    const { axis } = node.attributes;
    const [a, b] = node.inputs.map((x) => x.shape[axis]);
    check(
      typeof a === 'number' && typeof b === 'number',
      'the gradient of concat needs sizes known when the graph is built',
    );
    return [slice(cotangent, axis, 0, a), slice(cotangent, axis, a, a + b)];
  },
  reference([a, b], { axis }, dims) {
    if (!a || !b) throw new Error('concat takes two operands');
    const first = a.dims[axis] as number;
    return build(dims, (at) => {
      const i = at[axis] as number;
      return i < first
        ? read(a, at)
        : read(
            b,
            at.map((k, n) => (n === axis ? i - first : k)),
          );
    });
  },
};
