import { type FileHandle, open } from 'node:fs/promises';
import { StudioError } from '../../../src-contract/errors.ts';
import { readHeader } from './gguf.ts';
import { rotaryDivisors } from './gguf-config.ts';
import { GgufCursor } from './gguf-cursor.ts';
import { largestHeader } from './safetensors.ts';

/** A range of a file. */
export interface FilePart {
  readonly offset: number;
  readonly bytes: number;
}

/**
 * The parts of a model's file that are read before its weights are: its header, and the few numbers that belong to its
 * config. `path` holds its beginning; undefined if that ends within the header. `sizeBytes` is the size of the whole
 * file. Throws MODEL_FILE_INVALID.
 */
export async function partsReadFirst(path: string, sizeBytes: number): Promise<readonly FilePart[] | undefined> {
  const file = await open(path);
  try {
    const { size: here } = await file.stat();
    return /\.gguf$/i.test(path)
      ? ofGguf(file, path, { here, sizeBytes })
      : await ofSafetensors(file, { here, sizeBytes });
  } finally {
    await file.close();
  }
}

function ofGguf(file: FileHandle, path: string, { here, sizeBytes }: { here: number; sizeBytes: number }) {
  try {
    const { tensors, end } = readHeader(new GgufCursor(file.fd, here, path), sizeBytes);
    const divisors = tensors.get(rotaryDivisors);
    return [{ offset: 0, bytes: end }, ...(divisors === undefined ? [] : [divisors])];
  } catch (error) {
    if (here < sizeBytes && isCutOff(error)) return undefined;
    throw error;
  }
}

function isCutOff(error: unknown): boolean {
  return error instanceof StudioError && 'because' in error.data && error.data.because?.code === 'GGUF_CUT_OFF';
}

/** A length that cannot be right is reported by whoever reads the header. */
async function ofSafetensors(file: FileHandle, { here, sizeBytes }: { here: number; sizeBytes: number }) {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(8), 0, 8, 0);
  const length = bytesRead < 8 ? 0 : Number(buffer.readBigUInt64LE());
  const end = length > largestHeader ? bytesRead : Math.min(sizeBytes, 8 + length);
  return end > here ? undefined : [{ offset: 0, bytes: end }];
}
