import type { Dim, Shape } from './expression.ts';

/** Fails on a programming error in building a graph; user data never gets here. */
export function check(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(`Graph: ${message}`);
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dim, axis) => dim === b[axis]);
}

export function show(shape: Shape): string {
  return `[${shape.join(', ')}]`;
}

/** The shape of an element-wise result, aligned from the right; a size of 1 stretches. */
export function broadcast(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const left = a[axis - (rank - a.length)] ?? 1;
    const right = b[axis - (rank - b.length)] ?? 1;
    check(left === right || left === 1 || right === 1, `${show(a)} and ${show(b)} don't broadcast`);
    return left === 1 ? right : left;
  });
}

/** The i-th dim from the end. */
export function fromEnd(shape: Shape, i: number): Dim {
  const dim = shape[shape.length - i];
  check(dim !== undefined, `${show(shape)} has no axis -${i}`);
  return dim;
}

/** Replaces one dim. */
export function withDim(shape: Shape, axis: number, dim: Dim): Shape {
  check(axis >= 0 && axis < shape.length, `${show(shape)} has no axis ${axis}`);
  return shape.map((old, i) => (i === axis ? dim : old));
}

/** Adds two dims, as a number where both are known. */
export function sumDims(a: Dim, b: Dim): Dim {
  return typeof a === 'number' && typeof b === 'number' ? a + b : `${a}+${b}`;
}

/** Multiplies two dims, as a number where both are known. */
export function multiplyDims(a: Dim, b: Dim): Dim {
  if (typeof a === 'number' && typeof b === 'number') return a * b;
  if (a === 1) return b;
  return b === 1 ? a : `${a}*${b}`;
}

/** The size of a dim, given the sizes of the plain names. */
export function sizeOf(dim: Dim, sizes: ReadonlyMap<string, number>): number {
  if (typeof dim === 'number') return dim;
  const known = sizes.get(dim);
  if (known !== undefined) return known;
  const sum = dim.split('+');
  if (sum.length > 1) return sum.reduce((total, part) => total + sizeOf(literal(part), sizes), 0);
  const product = dim.split('*');
  check(product.length > 1, `the size of ${dim} is unknown`);
  return product.reduce((total, part) => total * sizeOf(literal(part), sizes), 1);
}

function literal(text: string): Dim {
  return /^\d+$/.test(text) ? Number(text) : text;
}
