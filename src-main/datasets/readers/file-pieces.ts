import { open } from 'node:fs/promises';

/** The bytes of a file in order; each piece lies in the same memory as the one before, and holds until the next is asked for. */
export async function* filePieces(path: string, signal?: AbortSignal): AsyncGenerator<Buffer, void> {
  const handle = await open(path);
  try {
    const buffer = Buffer.allocUnsafeSlow(pieceBytes);
    for (;;) {
      const { bytesRead } = await handle.read(buffer, 0, pieceBytes, null);
      signal?.throwIfAborted();
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}

const pieceBytes = 512 * 1024;
