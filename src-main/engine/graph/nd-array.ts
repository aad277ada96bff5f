import type { NdArray } from './expression.ts';

/** An array filled element by element; `at` is the index, one number per axis (reused between calls). */
export function build(dims: readonly number[], value: (at: readonly number[]) => number): NdArray {
  const size = dims.reduce((product, dim) => product * dim, 1);
  const data = new Float64Array(size);
  const at = dims.map(() => 0);
  for (let i = 0; i < size; i++) {
    data[i] = value(at);
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      at[axis] = (at[axis] as number) + 1;
      if ((at[axis] as number) < (dims[axis] as number)) break;
      at[axis] = 0;
    }
  }
  return { dims, data };
}

/** Visits every index of an array; `at` is reused between calls. */
export function visit(dims: readonly number[], see: (at: readonly number[]) => void): void {
  build(dims, (at) => {
    see(at);
    return 0;
  });
}

/** The element at an index. Sizes of 1 stretch and missing leading axes are ignored, as in broadcasting. */
export function read(array: NdArray, at: readonly number[]): number {
  const skip = at.length - array.dims.length;
  let offset = 0;
  for (let axis = 0; axis < array.dims.length; axis++) {
    const dim = array.dims[axis] as number;
    offset = offset * dim + (dim === 1 ? 0 : (at[axis + skip] as number));
  }
  return array.data[offset] as number;
}

/** Adds `value` at an index, with the same stretching as `read`. */
export function accumulate(array: NdArray, at: readonly number[], value: number): void {
  const skip = at.length - array.dims.length;
  let offset = 0;
  for (let axis = 0; axis < array.dims.length; axis++) {
    const dim = array.dims[axis] as number;
    offset = offset * dim + (dim === 1 ? 0 : (at[axis + skip] as number));
  }
  array.data[offset] = (array.data[offset] as number) + value;
}

export function zeros(dims: readonly number[]): NdArray {
  return { dims, data: new Float64Array(dims.reduce((product, dim) => product * dim, 1)) };
}

export function map(array: NdArray, f: (x: number) => number): NdArray {
  return { dims: array.dims, data: array.data.map(f) };
}

/** Applies `f` to each run of values along the last axis. */
export function mapRows(array: NdArray, f: (row: Float64Array) => Float64Array): NdArray {
  const width = array.dims[array.dims.length - 1] as number;
  const data = new Float64Array(array.data.length);
  for (let start = 0; start < data.length; start += width) data.set(f(array.data.slice(start, start + width)), start);
  return { dims: array.dims, data };
}
