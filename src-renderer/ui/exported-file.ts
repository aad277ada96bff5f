import { client } from '../client.ts';

/** Fetches a file that the studio has written for this page, to be saved by the browser. */
export async function piecesOf({ fileId, bytes }: { fileId: string; bytes: number }): Promise<Blob[]> {
  const pieces: Blob[] = [];
  for (let offset = 0; offset < bytes; ) {
    const piece = await client.datasets.readExport({ fileId, offset });
    pieces.push(piece);
    offset += piece.size;
  }
  return pieces;
}
