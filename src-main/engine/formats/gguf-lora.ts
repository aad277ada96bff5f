import { float32, type Tensor } from '../tensor.ts';
import { ggufModule, halfSplit, interleaved } from './gguf-names.ts';
import { createGguf, type GgufMetadata } from './gguf-writer.ts';

/** A LoRA adapter as llama.cpp reads it. */
export interface GgufLora {
  /** llama.cpp's name for the base's architecture. */
  readonly architecture: string;
  readonly name: string;
  readonly baseName: string;
  /** The scale is alpha ÷ rank. */
  readonly alpha: number;
  /** `<module of the checkpoint>.lora_A` [rank, in] and `.lora_B` [out, rank]. */
  readonly tensors: ReadonlyMap<string, Tensor<'float32'>>;
  readonly heads: number;
  readonly keyValueHeads: number;
}

/**
 * Writes an adapter as a GGUF file: `general.type` adapter, `adapter.type` lora, `adapter.lora.alpha`, and two tensors
 * for each module, named after the base's tensor with `.lora_a` and `.lora_b` appended. Source: llama.cpp,
 * convert_lora_to_gguf.py. The file is there whole or not at all. Throws DISK_FULL.
 */
export async function writeGgufLora(path: string, adapter: GgufLora): Promise<void> {
  const tensors = new Map(
    [...adapter.tensors].map(([name, tensor]) => {
      const [, module = '', kind] = /^(.+)\.lora_([AB])$/.exec(name) ?? [];
      const base = ggufModule(module, adapter.architecture);
      const placed = kind === 'B' ? outputsPlaced(module, tensor, adapter) : tensor;
      return [`${base}.weight.lora_${kind === 'A' ? 'a' : 'b'}`, placed];
    }),
  );
  const metadata = new Map<string, GgufMetadata>([
    ['general.type', 'adapter'],
    ['general.architecture', adapter.architecture],
    ['general.name', adapter.name],
    ['general.base_model.count', 1],
    ['general.base_model.0.name', adapter.baseName],
    ['adapter.type', 'lora'],
    ['adapter.lora.alpha', { float: adapter.alpha }],
  ]);
  const plan = new Map([...tensors].map(([name, { dims }]) => [name, { dtype: 'F32' as const, dims }]));
  const writer = await createGguf(path, metadata, plan);
  try {
    for (const { data } of tensors.values()) await writer.append(data);
    await writer.finish();
  } finally {
    await writer.close();
  }
}

/** llama.cpp rotates adjacent pairs in Llama-type models: the rows of their Wq and Wk, and so of B, are interleaved. */
function outputsPlaced(module: string, b: Tensor<'float32'>, adapter: GgufLora): Tensor<'float32'> {
  const heads = interleavedHeads(module, adapter);
  return heads === undefined ? b : float32(b.dims, interleaved(b.data, b.dims[0] as number, heads));
}

/** The numbers of a B in the order of the checkpoint's rows, in place: the inverse of what is written. */
export function loraRowsRestored(module: string, b: Float32Array, rows: number, base: RotatedBase): Float32Array {
  const heads = interleavedHeads(module, base);
  return heads === undefined ? b : halfSplit(b, rows, heads);
}

type RotatedBase = Pick<GgufLora, 'architecture' | 'heads' | 'keyValueHeads'>;

function interleavedHeads(module: string, { architecture, heads, keyValueHeads }: RotatedBase): number | undefined {
  const [, which] = /\.([qk])_proj$/.exec(module) ?? [];
  if (architecture !== 'llama' || which === undefined) return undefined;
  return which === 'q' ? heads : keyValueHeads;
}
