import { open } from 'node:fs/promises';

/** The bytes of a file in order. All pieces share the same memory: each is valid until the next is requested. */
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
