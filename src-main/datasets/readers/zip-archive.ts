import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { Readable, Transform } from 'node:stream';
import { crc32, createInflateRaw } from 'node:zlib';
import { mostArchiveFiles } from '../../../src-contract/dataset.ts';
import { StudioError } from '../../../src-contract/errors.ts';
import { type Because, because } from '../../../src-contract/failure-reason.ts';
import { type EntryName, entryNames } from './zip-names.ts';

export interface ZipEntry {
  /** As given by the archive, for display and selection; never used as a path. */
  readonly name: string;
  readonly bytes: number;
  readonly packedBytes: number;
  readonly method: number;
  readonly isEncrypted: boolean;
  /** Of the unpacked bytes; 0 for stored entries whose checksum was not computed. */
  readonly crc: number;
  readonly offset: number;
}

/**
 * Lists the entries of a ZIP archive from the central directory at its end (APPNOTE 6.3.10 §4.3, including ZIP64).
 * Throws ARCHIVE_UNSAFE for one that is damaged or would unpack to far more than a table needs.
 */
export async function listZip(path: string, name: string): Promise<ZipEntry[]> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const { offset, bytes, count } = await findDirectory(file, size, name);
    if (count > mostArchiveFiles) throw unsafe(name, because('ARCHIVE_TOO_MANY', { most: mostArchiveFiles }));
    if (bytes > largestDirectory || offset + bytes > size) throw unsafe(name, because('ARCHIVE_DIRECTORY_DAMAGED'));
    return readDirectory(await readAt(file, offset, bytes), count, name);
  } finally {
    await file.close();
  }
}

/**
 * The unpacked bytes of one entry. Throws ARCHIVE_UNSAFE at the end if they do not match the directory, or at the start
 * if the entry is encrypted or uses an unknown method.
 */
export async function* readEntry(
  path: string,
  name: string,
  entry: ZipEntry,
  signal?: AbortSignal,
): AsyncGenerator<Buffer, void> {
  if (entry.isEncrypted) throw unsafe(name, because('ARCHIVE_ENCRYPTED'));
  if (entry.method !== 0 && entry.method !== 8) {
    throw unsafe(name, because('ARCHIVE_PACKING_UNKNOWN', { entry: entry.name }));
  }
  const file = await open(path);
  let start: number;
  try {
    const header = await readAt(file, entry.offset, 30);
    const damaged = unsafe(name, because('ARCHIVE_ENTRY_DAMAGED', { entry: entry.name }));
    if (header.length < 30 || header.readUInt32LE(0) !== 0x04034b50) throw damaged;
    start = entry.offset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
    if (start + entry.packedBytes > (await file.stat()).size) throw damaged;
  } finally {
    await file.close();
  }
  if (entry.packedBytes === 0 && entry.bytes === 0) return;
  const packed =
    entry.packedBytes === 0
      ? Readable.from([])
      : createReadStream(path, { start, end: start + entry.packedBytes - 1, signal });
  let left = entry.bytes;
  let crc = 0;
  const bounded = new Transform({
    transform(chunk: Buffer, _, done) {
      left -= chunk.length;
      crc = crc32(chunk, crc);
      done(left < 0 ? unsafe(name, because('ARCHIVE_ENTRY_LONGER', { entry: entry.name })) : null, chunk);
    },
  });
  const inflate = entry.method === 8 ? createInflateRaw() : undefined;
  packed.on('error', (error: Error) => bounded.destroy(error));
  inflate?.on('error', (error) => bounded.destroy(error));
  (inflate ? packed.pipe(inflate) : packed).pipe(bounded);
  try {
    for await (const chunk of bounded as AsyncIterable<Buffer>) yield chunk;
    if (left > 0 || (hasChecksum(entry) && crc !== entry.crc))
      throw unsafe(name, because('ARCHIVE_ENTRY_DAMAGED', { entry: entry.name }));
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof StudioError) throw error;
    throw unsafe(name, because('ARCHIVE_ENTRY_DAMAGED', { entry: entry.name }), error);
  } finally {
    packed.destroy();
    inflate?.destroy();
  }
}

/** Pages store dropped files without one (folder-archive.ts), to avoid reading them twice. */
function hasChecksum({ method, crc }: ZipEntry): boolean {
  return method !== 0 || crc !== 0;
}

const endSignature = Buffer.from([0x50, 0x4b, 5, 6]);
const largestDirectory = 64 * 1024 * 1024;
const largestEntry = 64 * 1024 ** 3;
/** Deflate compresses text about 3 to 20 times, and never more than 1032 times (zlib's technical notes). */
const largestRatio = 200;

async function findDirectory(
  file: FileHandle,
  size: number,
  name: string,
): Promise<{ offset: number; bytes: number; count: number }> {
  const length = Math.min(size, 65_557);
  const tail = await readAt(file, size - length, length);
  // The archive's comment, after the end record, may contain the same four bytes.
  let end = tail.lastIndexOf(endSignature);
  while (end > 0 && end + 22 + (tail[end + 20] ?? 0) + (tail[end + 21] ?? 0) * 256 !== tail.length)
    end = tail.lastIndexOf(endSignature, end - 1);
  if (end < 0) end = tail.lastIndexOf(endSignature);
  if (end < 0 || end + 22 > tail.length) throw unsafe(name, because('ARCHIVE_CUT_OFF'));
  const found = {
    count: tail.readUInt16LE(end + 10),
    bytes: tail.readUInt32LE(end + 12),
    offset: tail.readUInt32LE(end + 16),
  };
  if (found.count !== 0xffff && found.offset !== 0xffff_ffff && found.bytes !== 0xffff_ffff) return found;
  const locator = end - 20;
  if (locator < 0 || tail.readUInt32LE(locator) !== 0x07064b50) return found;
  const wide = await readAt(file, Number(tail.readBigUInt64LE(locator + 8)), 56);
  if (wide.length < 56 || wide.readUInt32LE(0) !== 0x06064b50) throw unsafe(name, because('ARCHIVE_DIRECTORY_DAMAGED'));
  return {
    count: Number(wide.readBigUInt64LE(32)),
    bytes: Number(wide.readBigUInt64LE(40)),
    offset: Number(wide.readBigUInt64LE(48)),
  };
}

function readDirectory(directory: Buffer, count: number, name: string): ZipEntry[] {
  const entries: Omit<ZipEntry, 'name'>[] = [];
  const names: EntryName[] = [];
  for (let place = 0, number = 0; number < count; number++) {
    if (place + 46 > directory.length || directory.readUInt32LE(place) !== 0x02014b50) {
      throw unsafe(name, because('ARCHIVE_DIRECTORY_DAMAGED'));
    }
    const [flags, method] = [directory.readUInt16LE(place + 8), directory.readUInt16LE(place + 10)];
    const [nameLength, extraLength] = [directory.readUInt16LE(place + 28), directory.readUInt16LE(place + 30)];
    const commentLength = directory.readUInt16LE(place + 32);
    const nameBytes = directory.subarray(place + 46, place + 46 + nameLength);
    const extra = directory.subarray(place + 46 + nameLength, place + 46 + nameLength + extraLength);
    const wide = wideSizes(extra, {
      bytes: directory.readUInt32LE(place + 24),
      packedBytes: directory.readUInt32LE(place + 20),
      offset: directory.readUInt32LE(place + 42),
    });
    const ratio = wide.bytes / Math.max(1, wide.packedBytes);
    if (wide.bytes > largestEntry || (wide.bytes > 16 * 1024 * 1024 && ratio > largestRatio)) {
      const entry = nameBytes.toString();
      throw unsafe(name, because('ARCHIVE_ENTRY_TOO_LARGE', { entry, size: Math.round(wide.bytes / 1e6) }));
    }
    entries.push({ method, isEncrypted: (flags & 1) !== 0, crc: directory.readUInt32LE(place + 16), ...wide });
    names.push({ bytes: nameBytes, isUtf8: (flags & 0x800) !== 0, unicode: unicodeName(extra, nameBytes) });
    place += 46 + nameLength + extraLength + commentLength;
  }
  const texts = entryNames(names);
  return entries.map((entry, number) => ({ name: texts[number] ?? '', ...entry }));
}

/**
 * Valid only if its checksum matches the name next to it: a program that does not know the field may have renamed the
 * entry.
 */
function unicodeName(extra: Buffer, name: Buffer): Buffer | undefined {
  const field = extraField(extra, 0x7075);
  return field && field.length > 5 && field.readUInt32LE(1) === crc32(name) ? field.subarray(5) : undefined;
}

/** ZIP64 stores values too large for their field in an extra field, in this order. */
function wideSizes(extra: Buffer, sizes: { bytes: number; packedBytes: number; offset: number }) {
  const field = extraField(extra, 1);
  if (!field) return sizes;
  let at = 0;
  const next = (value: number) => {
    if (value !== 0xffff_ffff || at + 8 > field.length) return value;
    at += 8;
    return Number(field.readBigUInt64LE(at - 8));
  };
  return { bytes: next(sizes.bytes), packedBytes: next(sizes.packedBytes), offset: next(sizes.offset) };
}

function extraField(extra: Buffer, wanted: number): Buffer | undefined {
  for (let place = 0; place + 4 <= extra.length; ) {
    const [id, length] = [extra.readUInt16LE(place), extra.readUInt16LE(place + 2)];
    if (id === wanted) return extra.subarray(place + 4, place + 4 + length);
    place += 4 + length;
  }
  return undefined;
}

/** Returns no bytes for an offset beyond any possible file. */
async function readAt(file: FileHandle, place: number, length: number): Promise<Buffer> {
  if (!Number.isSafeInteger(place)) return Buffer.alloc(0);
  const buffer = Buffer.alloc(Math.max(0, length));
  const { bytesRead } = await file.read(buffer, 0, buffer.length, Math.max(0, place));
  return buffer.subarray(0, bytesRead);
}

function unsafe(file: string, why: Because, cause?: unknown): StudioError {
  return new StudioError('ARCHIVE_UNSAFE', { file, ...why }, { cause });
}
