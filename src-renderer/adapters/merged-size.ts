import type { BaseModel } from '../../src-contract/base-model.ts';

/**
 * About how large a base with an adapter merged into it becomes as one GGUF file: `same` keeps the base's floats and
 * makes half precision of its blocks; `Q8_0` has a scale of 16 bits for every 32 weights. Vocabulary comes on top.
 */
export function mergedSize({ parameters, dtype }: Pick<BaseModel, 'parameters' | 'dtype'>, type: 'same' | 'Q8_0') {
  const bits = type === 'Q8_0' ? 8 : dtype === 'F32' ? 32 : 16;
  const sizeBytes = (parameters / 8) * (type === 'Q8_0' ? 8.5 : bits);
  return { bits, sizeBytes };
}
