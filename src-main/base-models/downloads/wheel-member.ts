import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { basename } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createInflateRaw } from 'node:zlib';
import { StudioError } from '../../../src-contract/errors.ts';
import { writeAside } from '../../files/write-whole.ts';

/**
 * Unpacks a single file of a wheel (a zip archive) to `path`. Its size and checksum are known in advance: an archive
 * that states or holds anything else is refused before more than that is written. Source: APPNOTE.TXT 6.3, §4.3 (end of
 * central directory, central and local headers). Throws DOWNLOAD_DAMAGED.
 */
export async function unpackMember(
  wheel: string,
  member: { name: string; sha256: string; bytes: number },
  path: string,
  signal: AbortSignal,
): Promise<void> {
  const place = await findMember(wheel, member.name);
  if (place === undefined || place.bytes !== member.bytes) throw damaged(wheel);
  const hash = createHash('sha256');
  let bytes = 0;
  const unpackTo = async (file: FileHandle) => {
    const write = async (unpacked: AsyncIterable<Buffer>) => {
      for await (const chunk of unpacked) {
        bytes += chunk.length;
        if (bytes > member.bytes) throw damaged(wheel);
        hash.update(chunk);
        await file.appendFile(chunk);
      }
    };
    const packed = createReadStream(wheel, { start: place.start, end: place.start + place.packedBytes - 1 });
    await (place.method === deflated
      ? pipeline(packed, createInflateRaw({ chunkSize: 1 << 18 }), write, { signal })
      : pipeline(packed, write, { signal }));
    if (bytes !== member.bytes || hash.digest('hex') !== member.sha256) throw damaged(wheel);
  };
  const partial = `${path}.part`;
  // What a killed process has left.
  await rm(partial, { force: true });
  try {
    await writeAside(partial, unpackTo, { name: () => rename(partial, path) });
  } catch (error) {
    // A broken archive shows as a zlib error.
    throw (error as NodeJS.ErrnoException).code?.startsWith('Z_') ? damaged(wheel) : error;
  }
}

const deflated = 8;

async function findMember(wheel: string, name: string) {
  const file = await open(wheel);
  try {
    const { size } = await file.stat();
    const tail = await read(file, Math.max(0, size - 65_557), Math.min(size, 65_557));
    const end = tail.lastIndexOf('PK\x05\x06', undefined, 'latin1');
    if (end < 0 || end + 22 > tail.length) return undefined;
    const directory = await read(
      file,
      tail.readUInt32LE(end + 16),
      Math.min(tail.readUInt32LE(end + 12), 16 * 2 ** 20),
    );
    for (let at = 0; at + 46 <= directory.length && directory.readUInt32LE(at) === 0x02014b50; ) {
      const nameLength = directory.readUInt16LE(at + 28);
      const found = directory.toString('utf8', at + 46, at + 46 + nameLength) === name;
      if (found) {
        const local = await read(file, directory.readUInt32LE(at + 42), 30);
        return {
          method: directory.readUInt16LE(at + 10),
          packedBytes: directory.readUInt32LE(at + 20),
          bytes: directory.readUInt32LE(at + 24),
          start: directory.readUInt32LE(at + 42) + 30 + local.readUInt16LE(26) + local.readUInt16LE(28),
        };
      }
      at += 46 + nameLength + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
    }
    return undefined;
  } finally {
    await file.close();
  }
}

async function read(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}

function damaged(wheel: string): StudioError {
  return new StudioError('DOWNLOAD_DAMAGED', { file: basename(wheel) });
}
