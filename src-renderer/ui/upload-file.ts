import { client } from '../client.ts';

const chunkBytes = 1024 * 1024;

/**
 * Sends a file to the studio in chunks, and returns the id under which the studio keeps it; a partly sent file is
 * discarded there. `tell` is called with the bytes sent so far.
 */
export async function uploadFile(file: File, signal: AbortSignal, tell?: (bytes: number) => void): Promise<string> {
  const { fileId } = await client.files.begin({ name: file.name, sizeBytes: file.size }, { signal });
  let sent = 0;
  try {
    for (; sent < file.size; ) {
      const chunk = file.slice(sent, sent + chunkBytes);
      await client.files.append({ fileId, offset: sent, chunk }, { signal });
      sent += chunk.size;
      tell?.(sent);
    }
    return fileId;
  } finally {
    // The studio discards leftovers at its next start; asking now only frees the space sooner.
    if (sent < file.size) void client.files.discard({ fileId }).catch(() => {});
  }
}
