import { type Dim, type Expression, expression, type OpDefinition } from '../expression.ts';
import { build, read } from '../nd-array.ts';
import { check, show, withDim } from '../shape.ts';

/** The part [start, end) of an axis of known size. */
export function slice(x: Expression, axis: number, start: number, end: number): Expression {
  const size = x.shape[axis] as Dim;
  check(
    typeof size === 'number' && start >= 0 && start < end && end <= size,
    `slice ${start}..${end} of axis ${axis} of ${show(x.shape)}`,
  );
  if (start === 0 && end === size) return x;
  return expression('slice', [x], { axis, start, end }, withDim(x.shape, axis, end - start), x.type);
}

/** Pads an axis of known size with zeros. */
export function pad(x: Expression, axis: number, before: number, after: number): Expression {
  const size = x.shape[axis] as Dim;
  check(typeof size === 'number', `pad of axis ${axis} of ${show(x.shape)}`);
  if (before === 0 && after === 0) return x;
  return expression('pad', [x], { axis, before, after }, withDim(x.shape, axis, size + before + after), x.type);
}

// Each is the other's gradient: hence one file.
export const sliceOp: OpDefinition<'slice'> = {
  gradient(node, cotangent) {
    const { axis, start, end } = node.attributes;
    return [pad(cotangent, axis, start, ((node.inputs[0] as Expression).shape[axis] as number) - end)];
  },
  reference: ([x], { axis, start }, dims) =>
    build(dims, (at) =>
      x
        ? read(
            x,
            at.map((i, k) => (k === axis ? i + start : i)),
          )
        : Number.NaN,
    ),
};

export const padOp: OpDefinition<'pad'> = {
  gradient(node, cotangent) {
    const { axis, before } = node.attributes;
    return [slice(cotangent, axis, before, before + ((node.inputs[0] as Expression).shape[axis] as number))];
  },
  reference: ([x], { axis, before }, dims) =>
    build(dims, (at) => {
      const i = (at[axis] as number) - before;
      const inside = x && i >= 0 && i < (x.dims[axis] as number);
      return inside
        ? read(
            x,
            at.map((k, n) => (n === axis ? i : k)),
          )
        : 0;
    }),
};
