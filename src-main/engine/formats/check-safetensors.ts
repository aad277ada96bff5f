import { basename } from 'node:path';
import { StudioError } from '../../../src-contract/errors.ts';
import { type Because, because } from '../../../src-contract/failure-reason.ts';
import { allFinite, isFloatType, toFloat32 } from './float-types.ts';
import { openSafetensors, type SafetensorsFile } from './safetensors.ts';

/**
 * Reads and validates a single safetensors file. In one that holds a LoRA adapter, A and B must also come in pairs of
 * one rank, with finite numbers. Throws FILE_NOT_FOUND, FILE_UNREADABLE, MODEL_FILE_INVALID.
 */
export async function checkSafetensors(path: string): Promise<void> {
  const file = await openSafetensors(path);
  try {
    for (const name of file.tensors.keys()) {
      const half = /\.lora_([AB])\.weight$/.exec(name)?.[1];
      if (half !== undefined) await checkHalf(file, name, half === 'A' ? 'B' : 'A');
    }
  } finally {
    await file.close();
  }
}

async function checkHalf(file: SafetensorsFile, name: string, other: 'A' | 'B'): Promise<void> {
  const invalid = (why: Because) => new StudioError('MODEL_FILE_INVALID', { file: basename(file.path), ...why });
  const pair = name.replace(/\.lora_[AB]\.weight$/, `.lora_${other}.weight`);
  const [entry, partner] = [file.tensors.get(name), file.tensors.get(pair)];
  if (partner === undefined) throw invalid(because('TENSOR_UNPAIRED', { tensor: name, other: pair }));
  // A is [rank, in], B is [out, rank].
  const rankOf = (dims: readonly number[], half: 'A' | 'B') => dims[half === 'A' ? 0 : 1];
  if (rankOf(entry?.dims ?? [], other === 'A' ? 'B' : 'A') !== rankOf(partner.dims, other)) {
    throw invalid(because('TENSOR_RANKS_DIFFER', { tensor: name, other: pair }));
  }
  const dtype = entry?.dtype ?? 'F32';
  if (!isFloatType(dtype)) throw invalid(because('TENSOR_TYPE', { tensor: name, type: dtype }));
  if (!allFinite(toFloat32(await file.readBytes(name), dtype))) {
    throw invalid(because('TENSOR_NOT_FINITE', { tensor: name }));
  }
}
