import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { orDiskFull } from '../../../src-contract/disk-full.ts';
import { fileSignatures } from '../../../src-contract/file-signature.ts';
import { float32, type Tensor } from '../tensor.ts';
import { padded, string, u32, u64 } from './gguf-bytes.ts';
import { ggufModule, interleaved } from './gguf-names.ts';

/** A LoRA adapter as llama.cpp reads it. */
export interface GgufLora {
  /** llama.cpp's name for the base's architecture. */
  readonly architecture: string;
  readonly name: string;
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
  const tensors = [...adapter.tensors].map(([name, tensor]) => {
    const [, module = '', kind] = /^(.+)\.lora_([AB])$/.exec(name) ?? [];
    const base = ggufModule(module, adapter.architecture);
    const placed = kind === 'B' ? outputsPlaced(module, tensor, adapter) : tensor;
    return { name: `${base}.weight.lora_${kind === 'A' ? 'a' : 'b'}`, tensor: placed };
  });
  const head = headOf(adapter, tensors);
  const temporary = `${path}.tmp`;
  const file = await open(temporary, 'w');
  try {
    await file.writeFile(head);
    for (const { tensor } of tensors) await file.writeFile(padded(bytesOf(tensor)));
    await file.sync();
    await file.close();
    await rename(temporary, path);
  } catch (cause) {
    await file.close().catch(() => undefined);
    await rm(temporary, { force: true });
    const bytes = tensors.reduce((sum, { tensor }) => sum + tensor.data.byteLength, head.length);
    throw orDiskFull(cause, dirname(path), bytes);
  }
}

/** llama.cpp rotates adjacent pairs in Llama-type models: the rows of their Wq and Wk, and so of B, are interleaved. */
function outputsPlaced(module: string, b: Tensor<'float32'>, adapter: GgufLora): Tensor<'float32'> {
  const [, which] = /\.([qk])_proj$/.exec(module) ?? [];
  if (adapter.architecture !== 'llama' || which === undefined) return b;
  const heads = which === 'q' ? adapter.heads : adapter.keyValueHeads;
  return float32(b.dims, interleaved(b.data, b.dims[0] as number, heads));
}

/** Metadata values are preceded by their type. */
const types = { float32: 6, string: 8 };

function headOf(adapter: GgufLora, tensors: readonly { name: string; tensor: Tensor<'float32'> }[]): Buffer {
  const pieces: Buffer[] = [Buffer.from(fileSignatures.GGUF), u32(3), u64(tensors.length), u64(5)];
  const text = (key: string, value: string) => pieces.push(string(key), u32(types.string), string(value));
  text('general.type', 'adapter');
  text('general.architecture', adapter.architecture);
  text('general.name', adapter.name);
  text('adapter.type', 'lora');
  pieces.push(string('adapter.lora.alpha'), u32(types.float32), f32(adapter.alpha));
  let offset = 0;
  for (const { name, tensor } of tensors) {
    // The fastest axis first. Type 0 is float32.
    pieces.push(string(name), u32(tensor.dims.length), ...tensor.dims.toReversed().map(u64), u32(0), u64(offset));
    offset += padded(bytesOf(tensor)).length;
  }
  return padded(Buffer.concat(pieces));
}

function bytesOf({ data }: Tensor<'float32'>): Buffer {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}

function f32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return bytes;
}
