import type { Expression } from './expression.ts';
import { concat } from './ops/concat.ts';
import { pad } from './ops/slice.ts';

/**
 * The sum of two zero-padded values that are adjacent along an axis, as a single one: what the gradients of slices of
 * one value add up to. Undefined where they are not adjacent.
 */
export function joined(a: Expression, b: Expression): Expression | undefined {
  if (!isPad(a) || !isPad(b) || a.attributes.axis !== b.attributes.axis) return undefined;
  const [first, second] = a.attributes.before < b.attributes.before ? [a, b] : [b, a];
  const { axis, before } = first.attributes;
  const [left, right] = [first.inputs[0] as Expression, second.inputs[0] as Expression];
  if (before + (left.shape[axis] as number) !== second.attributes.before) return undefined;
  // Extends an earlier concat by one part, so that nothing is copied twice.
  const parts = [left, right].flatMap((x) => (isConcat(x) && x.attributes.axis === axis ? x.inputs : [x]));
  return pad(concat(parts, axis), axis, before, second.attributes.after);
}

function isConcat(x: Expression): x is Expression<'concat'> {
  return x.op === 'concat';
}

function isPad(x: Expression): x is Expression<'pad'> {
  return x.op === 'pad';
}
