import { StudioError } from '../../../src-contract/errors.ts';

/**
 * Checks that an adapter has exactly the tensors it must have. Throws ADAPTER_SHAPE, ADAPTER_TENSOR_MISSING,
 * ADAPTER_TENSOR_FOREIGN.
 */
export function requireShapes(
  tensors: ReadonlyMap<string, { readonly dims: readonly number[] }>,
  expected: ReadonlyMap<string, readonly number[]>,
  folder: string,
): void {
  for (const [name, dims] of expected) {
    const found = tensors.get(name)?.dims;
    if (found === undefined) throw new StudioError('ADAPTER_TENSOR_MISSING', { adapter: folder, tensor: name });
    if (found.length !== dims.length || found.some((dim, axis) => dim !== dims[axis])) {
      throw new StudioError('ADAPTER_SHAPE', {
        adapter: folder,
        tensor: name,
        expected: `[${dims.join(', ')}]`,
        found: `[${found.join(', ')}]`,
      });
    }
  }
  for (const name of tensors.keys()) {
    if (!expected.has(name)) throw new StudioError('ADAPTER_TENSOR_FOREIGN', { adapter: folder, tensor: name });
  }
}
