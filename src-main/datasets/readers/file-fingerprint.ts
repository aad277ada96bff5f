import { createHash } from 'node:crypto';
import { filePieces } from './file-pieces.ts';

/** A file's length and the SHA-256 of its bytes. */
export interface FileFingerprint {
  readonly bytes: number;
  readonly sha256: string;
}

export async function fingerprint(path: string, signal?: AbortSignal): Promise<FileFingerprint> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const piece of filePieces(path, signal)) {
    hash.update(piece);
    bytes += piece.length;
  }
  return { bytes, sha256: hash.digest('hex') };
}
