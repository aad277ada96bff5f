import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';

/** How long a file is and the SHA-256 of its bytes. */
export interface FileFingerprint {
  readonly bytes: number;
  readonly sha256: string;
}

export async function fingerprint(path: string, signal?: AbortSignal): Promise<FileFingerprint> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024, signal }) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { bytes, sha256: hash.digest('hex') };
}
