/** Numbers as the engine stores them: row-major, little-endian, with the whole buffer belonging to the tensor. */
export type ElementType = 'float32' | 'int32' | 'uint8' | 'int8';

export interface Tensor<T extends ElementType = ElementType> {
  readonly type: T;
  readonly dims: readonly number[];
  readonly data: ElementArray[T];
}

/** Floats of several owners, consecutive along the first axis: each starts its slot, and zeros fill the rest of it. */
export interface TensorParts {
  readonly type: 'float32';
  readonly dims: readonly number[];
  readonly parts: readonly Float32Array[];
}

export interface ElementArray {
  readonly float32: Float32Array;
  readonly int32: Int32Array;
  readonly uint8: Uint8Array;
  readonly int8: Int8Array;
}

export function float32(dims: readonly number[], data?: Float32Array): Tensor<'float32'> {
  return { type: 'float32', dims, data: data ?? new Float32Array(elements(dims)) };
}

export function int32(dims: readonly number[], data?: Int32Array): Tensor<'int32'> {
  return { type: 'int32', dims, data: data ?? new Int32Array(elements(dims)) };
}

export function elements(dims: readonly number[]): number {
  return dims.reduce((product, dim) => product * dim, 1);
}
