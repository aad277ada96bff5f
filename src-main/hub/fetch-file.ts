import { createHash } from 'node:crypto';
import { type FileHandle, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDiskFull } from '../../src-contract/disk-full.ts';
import { StudioError } from '../../src-contract/errors.ts';
import { readInto } from '../files/synced-file.ts';
import { isRefusal } from '../files/unwritable.ts';

/** A file at a web address. */
export interface RemoteFile {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly sizeBytes: number;
  /** SHA-256 of its content, or its git blob id (SHA-1 over `blob <size>\0` and the content). */
  readonly checksum: { readonly kind: 'sha256' | 'git'; readonly hex: string };
}

/** The server refused the request: a retry is pointless. */
export class RefusedError extends Error {
  readonly status: number;
  /** What the hub calls the reason, such as `GatedRepo`. */
  readonly reason: string | undefined;

  constructor(status: number, reason?: string) {
    super(`the server answers ${status}`);
    this.status = status;
    this.reason = reason;
  }

  static of({ status, headers }: Response): RefusedError {
    return new RefusedError(status, headers.get('x-error-code') ?? undefined);
  }
}

/**
 * Fetches a file to `path`, yielding how many of its bytes have arrived. Resumes from what an earlier attempt left in
 * `<path>.part` (HTTP Range), and retries when a connection breaks or stalls. The file gets its name only once it is
 * complete, verified and synced. Throws DOWNLOAD_DAMAGED, RefusedError, and what `fetch` throws.
 */
export async function* fetchFile(remote: RemoteFile, path: string, signal: AbortSignal): AsyncGenerator<number> {
  if ((await sizeOf(path)) === remote.sizeBytes) {
    yield remote.sizeBytes;
    return;
  }
  await mkdir(dirname(path), { recursive: true });
  const part = `${path}.part`;
  if ((await sizeOf(part)) > remote.sizeBytes) await rm(part);
  const file = await open(part, 'a');
  try {
    yield* retrying(remote, { file, part }, signal);
    await file.sync();
  } finally {
    await file.close();
  }
  if ((await hashOf(part, remote, signal)) !== remote.checksum.hex) {
    await rm(part, { force: true });
    throw new StudioError('DOWNLOAD_DAMAGED', { file: basename(path) });
  }
  await rename(part, path);
}

/** Fetches a range of a file. The rest is left, even by a server that sends it. Throws as `fetchFile` does. */
export async function fetchPart(
  remote: RemoteFile,
  { offset, bytes }: { offset: number; bytes: number },
  signal: AbortSignal,
): Promise<Buffer> {
  const response = await fetch(remote.url, {
    headers: {
      ...remote.headers,
      ...{ 'accept-encoding': 'identity', range: `bytes=${offset}-${offset + bytes - 1}` },
    },
    signal: AbortSignal.any([signal, AbortSignal.timeout(stalledMs)]),
  });
  if (!response.ok || response.body === null) throw RefusedError.of(response);
  let skip = response.status === 206 ? 0 : offset;
  const part = Buffer.alloc(bytes);
  let done = 0;
  for await (const chunk of response.body) {
    const used = chunk.subarray(skip, skip + bytes - done);
    skip -= Math.min(skip, chunk.length);
    part.set(used, done);
    done += used.length;
    if (done === bytes) return part;
  }
  throw new Error('the connection broke off');
}

/** Waits between attempts that brought nothing; after the last one, the failure is final. */
const waitsMs = [500, 2_000, 5_000];
const stalledMs = 60_000;

async function* retrying(remote: RemoteFile, to: { file: FileHandle; part: string }, signal: AbortSignal) {
  let done = await sizeOf(to.part);
  yield done;
  for (let failures = 0; done < remote.sizeBytes; ) {
    const before = done;
    try {
      for await (const bytes of receive(remote, to.file, done, signal)) {
        done = bytes;
        yield done;
      }
      if (done < remote.sizeBytes) throw new Error('the connection broke off');
    } catch (error) {
      if (signal.aborted || error instanceof RefusedError || isDiskFull(error) || isRefusal(error)) throw error;
      done = await sizeOf(to.part);
      failures = done > before ? 0 : failures + 1;
      const wait = waitsMs[failures];
      if (wait === undefined) throw error;
      await sleep(wait, undefined, { signal });
    }
  }
}

/** One connection: appends what it receives. */
async function* receive(remote: RemoteFile, file: FileHandle, from: number, signal: AbortSignal) {
  const stall = new AbortController();
  let timer = setTimeout(() => stall.abort(), stalledMs);
  try {
    const response = await fetch(remote.url, {
      headers: { ...remote.headers, 'accept-encoding': 'identity', ...(from > 0 ? { range: `bytes=${from}-` } : {}) },
      signal: AbortSignal.any([signal, stall.signal]),
    });
    if (!response.ok || response.body === null) throw RefusedError.of(response);
    // A server without range support sends the file from the start.
    let done = response.status === 206 ? from : 0;
    if (done < from) await file.truncate(0);
    for await (const chunk of response.body) {
      clearTimeout(timer);
      timer = setTimeout(() => stall.abort(), stalledMs);
      if (done + chunk.length > remote.sizeBytes) throw new Error('the server sends more than the file has');
      await file.appendFile(chunk);
      done += chunk.length;
      yield done;
    }
  } finally {
    clearTimeout(timer);
  }
}

async function hashOf(path: string, { checksum, sizeBytes }: RemoteFile, signal: AbortSignal): Promise<string> {
  const hash = createHash(checksum.kind === 'sha256' ? 'sha256' : 'sha1');
  if (checksum.kind === 'git') hash.update(`blob ${sizeBytes}\0`);
  await readInto(path, { hash, signal });
  return hash.digest('hex');
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.size ?? 0;
}
