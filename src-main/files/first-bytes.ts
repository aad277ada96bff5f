import { open } from 'node:fs/promises';
import { fileSignatures } from '../../src-contract/file-signature.ts';

/** The first bytes of a file, as Latin-1; fewer if it is shorter. Throws what the system does. */
export async function firstBytes(path: string, count: number): Promise<string> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(count), 0, count, 0);
    return buffer.toString('latin1', 0, bytesRead);
  } finally {
    await file.close();
  }
}

/** By its ending, or by what is in it: Ollama keeps such files under their hash, without an ending. */
export async function isGguf(path: string): Promise<boolean> {
  const { GGUF } = fileSignatures;
  return /\.gguf$/i.test(path) || (await firstBytes(path, GGUF.length).catch(() => '')) === GGUF;
}
