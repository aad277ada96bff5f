import { type Dim, type Expression, expression, type OpDefinition } from '../expression.ts';
import { build, read } from '../nd-array.ts';
import { check, show, sumDims, withDim } from '../shape.ts';
import { slice } from './slice.ts';

/** Concatenates values along an axis. */
export function concat(parts: readonly Expression[], axis: number): Expression {
  const [first, ...others] = parts;
  check(first !== undefined, 'concat of nothing');
  if (others.length === 0) return first;
  for (const { shape } of others) {
    const isAlike =
      shape.length === first.shape.length && shape.every((dim, i) => i === axis || dim === first.shape[i]);
    check(isAlike, `concat of ${show(first.shape)} and ${show(shape)} along ${axis}`);
  }
  const size = others.reduce((sum, { shape }) => sumDims(sum, shape[axis] as Dim), first.shape[axis] as Dim);
  return expression('concat', parts, { axis }, withDim(first.shape, axis, size));
}

export const concatOp: OpDefinition<'concat'> = {
  gradient(node, cotangent) {
    const { axis } = node.attributes;
    let start = 0;
    return node.inputs.map(({ shape }) => {
      const size = shape[axis];
      check(typeof size === 'number', 'the gradient of concat needs sizes known when the graph is built');
      const part = slice(cotangent, axis, start, start + size);
      start += size;
      return part;
    });
  },
  reference(parts, { axis }, dims) {
    return build(dims, (at) => {
      let i = at[axis] as number;
      const part = parts.find((each) => {
        const size = each.dims[axis] as number;
        if (i < size) return true;
        i -= size;
        return false;
      });
      return part ? read(part, at.with(axis, i)) : Number.NaN;
    });
  },
};
