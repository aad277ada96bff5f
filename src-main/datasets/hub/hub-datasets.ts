import { hash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import { z } from 'zod';
import { orDiskFull } from '../../../src-contract/disk-full.ts';
import { StudioError } from '../../../src-contract/errors.ts';
import {
  type HubDataset,
  type HubDatasetDownloadEvent,
  type HubDatasetFile,
  type HubDatasetMatches,
  type HubOrigin,
  type HubTable,
  hubOriginSchema,
  mostHubDatasets,
} from '../../../src-contract/hub-dataset.ts';
import { freeBytes } from '../../files/free-bytes.ts';
import { readNote, writeNote } from '../../files/note.ts';
import { type Claimant, claimFolder } from '../../hub/claimed-folder.ts';
import { fetchFile, RefusedError } from '../../hub/fetch-file.ts';
import {
  type Hub,
  type HubRepository,
  huggingFaceHub,
  listedShape,
  listHub,
  readHubRepository,
  tagged,
} from '../../hub/hugging-face-hub.ts';
import { requireSpace } from '../../hub/require-space.ts';
import { searchOnHub } from '../../hub/search-on-hub.ts';
import { progressEveryMs, Speed } from '../../hub/speed.ts';
import { whyNone } from '../../hub/why-none.ts';
import { hubDatasetNameOf, isAskedFor } from './hub-dataset-name.ts';
import { readableFiles } from './readable-files.ts';

/**
 * Datasets of the Hugging Face hub: found, told, and their files downloaded into a folder of their own, where an import
 * reads them like any others. What an interrupted download left is resumed.
 */
export class HubDatasets {
  readonly #folder: string;
  readonly #process: Claimant;
  readonly #environment: NodeJS.ProcessEnv;

  constructor(folder: string, studio: { process: Claimant; environment?: NodeJS.ProcessEnv }) {
    this.#folder = folder;
    this.#process = studio.process;
    this.#environment = studio.environment ?? process.env;
  }

  /** The datasets whose names have these words. Throws HUB_SEARCH_FAILED. */
  async search(words: string, signal: AbortSignal | undefined): Promise<HubDatasetMatches> {
    const asked = new URLSearchParams({ search: words, sort: 'downloads', limit: String(mostHubDatasets + 1) });
    for (const part of ['downloads', 'gated', 'tags']) asked.append('expand', part);
    const environment = this.#environment;
    const listed = await searchOnHub((hub, signal) => listHub(hub, { of: 'datasets', asked }, signal), {
      environment,
      signal,
    });
    const matches = listed.flatMap((each) => {
      const { data } = listedSchema.safeParse(each);
      if (data === undefined) return [];
      const { id: name, downloads = null, gated, tags } = data;
      const [licence = ''] = tagged(tags, 'license');
      const [rows = null] = tagged(tags, 'size_categories');
      return [{ name, downloads, gated, licence, rows, languages: tagged(tags, 'language') }];
    });
    return { matches: matches.slice(0, mostHubDatasets), isCut: listed.length > mostHubDatasets };
  }

  /**
   * The files of a dataset that can be read here. Throws HUB_DATASET_NAME_INVALID, HUB_DATASET_NOT_FOUND,
   * HUB_DATASET_UNREADABLE, HUB_DATASET_FILE_MISSING, DOWNLOAD_NEEDS_LICENCE, DOWNLOAD_FAILED.
   */
  async lookUp(text: string, signal = new AbortController().signal): Promise<HubDataset> {
    const hub = await huggingFaceHub(this.#environment);
    const name = hubDatasetNameOf(text, hub.endpoint);
    if (name === undefined) throw new StudioError('HUB_DATASET_NAME_INVALID', { text });
    const { repository, revision = 'main', path } = name;
    const original = await readRepository(hub, { repository, revision }, signal);
    const found = await this.#readable(hub, original, { mayConvert: name.revision === undefined, signal });
    const chosen = path === undefined ? [] : found.files.filter((file) => isAskedFor(file.path, path));
    if (path !== undefined && chosen.length === 0)
      throw new StudioError('HUB_DATASET_FILE_MISSING', { dataset: original.name, file: path });
    return {
      ...{ ...found, repository: original.name, licence: original.licence, languages: [...original.languages] },
      ...{ chosen: chosen.map((file) => file.path), freeDiskBytes: await freeBytes(dirname(this.#folder)) },
    };
  }

  /**
   * Downloads files of a dataset that was looked up, resuming what is there. Throws as `lookUp`, DISK_SHORT,
   * DOWNLOAD_DAMAGED, and WORK_ELSEWHERE while the same files are being downloaded.
   */
  async *download(
    { repository, revision, licence, files: wanted }: HubTable,
    signal: AbortSignal,
  ): AsyncGenerator<HubDatasetDownloadEvent> {
    const hub = await huggingFaceHub(this.#environment);
    const there = await readRepository(hub, { repository, revision }, signal);
    const files = new Map(there.files.map((file) => [file.name, file]));
    const readable = new Map(readableFiles(there.files).map((facts) => [facts.path, facts]));
    const chosen = wanted.map((path) => {
      const [file, facts] = [files.get(path), readable.get(path)];
      if (file === undefined || facts === undefined)
        throw new StudioError('HUB_DATASET_FILE_MISSING', { dataset: repository, file: path });
      return { ...file, ...facts };
    });
    const origin = { repository: there.name, revision: there.commit, licence, files: chosen.map(({ path }) => path) };
    const id = hash('sha256', JSON.stringify(origin)).slice(0, 32);
    const folder = join(this.#folder, id);
    const bytesTotal = chosen.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    let letGo: (() => void) | undefined;
    try {
      letGo = await claimFolder(folder, this.#process);
      const have = await Promise.all(chosen.map(({ path }) => sizeHere(join(folder, 'files', path))));
      await requireSpace(folder, bytesTotal - have.reduce((sum, bytes) => sum + bytes, 0));
      const speed = new Speed();
      let [before, toldMs] = [0, 0];
      for (const file of chosen) {
        for await (const bytes of fetchFile(file, join(folder, 'files', file.path), signal)) {
          const now = performance.now();
          const progress = speed.progress(before + bytes, bytesTotal, now);
          if (now - toldMs < progressEveryMs && progress.bytesDone < bytesTotal) continue;
          toldMs = now;
          yield { kind: 'progress', ...progress };
        }
        before += file.sizeBytes;
      }
      const name = nameOf(there.name, chosen);
      await writeNote(join(folder, noteName), { name, origin });
      yield { kind: 'finished', id, name };
    } catch (error) {
      if (signal.aborted) throw error;
      throw told(orDiskFull(error, folder, bytesTotal), { hub, repository, known: there });
    } finally {
      letGo?.();
    }
  }

  /** What was downloaded. Throws FILE_NOT_FOUND. */
  async find(id: string): Promise<{ path: string; name: string; hub: HubOrigin }> {
    const folder = join(this.#folder, id);
    const note = /^[0-9a-f]{32}$/.test(id) ? await readNote(join(folder, noteName), noteSchema) : undefined;
    if (note === undefined) throw new StudioError('FILE_NOT_FOUND', { file: id });
    const { name, origin } = note;
    const [only = '', ...more] = origin.files;
    const files = join(folder, 'files');
    return { path: more.length === 0 ? join(files, only) : files, name, hub: origin };
  }

  /** Removes what was downloaded, unless it is being downloaded once more. */
  async discard(id: string): Promise<void> {
    const folder = join(this.#folder, id);
    if (!/^[0-9a-f]{32}$/.test(id) || !existsSync(folder)) return;
    const letGo = await claimFolder(folder, this.#process).catch((error: unknown) => {
      if (error instanceof StudioError) return undefined;
      throw error;
    });
    if (letGo !== undefined) await rm(folder, { recursive: true, force: true }).finally(letGo);
  }

  async #readable(
    hub: Hub,
    original: HubRepository,
    { mayConvert, signal }: { mayConvert: boolean; signal: AbortSignal },
  ): Promise<Pick<HubDataset, 'revision' | 'isConverted' | 'files'>> {
    const files = readableFiles(original.files);
    const [, own] = original.name.split('/');
    // Its files may be of use to the script alone, which is never run.
    const hasScript = original.files.some(({ name }) => name === `${own}.py`);
    if (mayConvert && (files.length === 0 || hasScript)) {
      const branch = { of: 'datasets', repository: original.name, revision: 'refs/convert/parquet' } as const;
      const converted = await readHubRepository(hub, branch, signal).catch((error: unknown) => {
        if (error instanceof RefusedError && error.status === 404) return undefined;
        throw told(error, { hub, repository: original.name, known: original });
      });
      const convertedFiles = readableFiles(converted?.files ?? []);
      if (converted !== undefined && convertedFiles.length > 0)
        return { revision: converted.commit, isConverted: true, files: convertedFiles };
    }
    if (files.length === 0) throw new StudioError('HUB_DATASET_UNREADABLE', { dataset: original.name });
    return { revision: original.commit, isConverted: false, files };
  }
}

/** Where in a data folder they are. */
export function hubDownloadsFolder(dataDir: string): string {
  return join(dataDir, 'dataset-downloads');
}

/**
 * Removes downloads that nobody has imported, whole or in part, a week after the last of them arrived. To be called only
 * when no other process is running.
 */
export async function clearHubDownloads(folder: string, now: number): Promise<void> {
  for (const id of await readdir(folder).catch(() => [])) {
    const entries = await readdir(join(folder, id), { recursive: true }).catch(() => []);
    const times = await Promise.all(entries.map((entry) => stat(join(folder, id, entry)).catch(() => undefined)));
    const latest = Math.max(0, ...times.map((facts) => facts?.mtimeMs ?? 0));
    if (now - latest > keptMs) await rm(join(folder, id), { recursive: true, force: true });
  }
}

const keptMs = 7 * 24 * 60 * 60 * 1000;
const noteName = 'whole.json';
const noteSchema = z.object({ name: z.string(), origin: hubOriginSchema });

const listedSchema = z.object({
  ...listedShape,
  tags: z
    .array(
      z
        .string()
        .regex(/^[\w.:+<>-]{1,80}$/)
        .catch(''),
    )
    .catch([]),
});

async function sizeHere(path: string): Promise<number> {
  const facts = await stat(path).catch(() => stat(`${path}.part`).catch(() => undefined));
  return facts?.size ?? 0;
}

/** A dataset gets its name from that of its file: `squad train.parquet`. That it is packed is seen in the file. */
function nameOf(repository: string, files: readonly HubDatasetFile[]): string {
  const same = (values: readonly string[]) => (new Set(values).size === 1 ? values[0] : undefined);
  const own = repository.slice(repository.indexOf('/') + 1);
  const words = [own, same(files.map(({ config }) => config)), same(files.map(({ split }) => split))].filter(Boolean);
  const [only, ...more] = files;
  const ending = only === undefined || more.length > 0 ? '' : extname(only.path.replace(/\.gz$/i, ''));
  return `${words.join(' ').replaceAll('/', ' ')}${ending}`;
}

async function readRepository(
  hub: Hub,
  { repository, revision }: { repository: string; revision: string },
  signal: AbortSignal,
): Promise<HubRepository> {
  try {
    return await readHubRepository(hub, { of: 'datasets', repository, revision }, signal);
  } catch (error) {
    if (signal.aborted) throw error;
    throw told(error, { hub, repository, known: undefined });
  }
}

/** The failure as a person can understand it. */
function told(
  error: unknown,
  { hub, repository, known }: { hub: Hub; repository: string; known: HubRepository | undefined },
): unknown {
  if (error instanceof StudioError) return error;
  if (error instanceof RefusedError) {
    const isRefused = error.status === 401 || error.status === 403;
    if (error.reason === 'GatedRepo' || (isRefused && known?.isGated)) {
      const address = `${hub.endpoint}/datasets/${repository}`;
      return new StudioError('DOWNLOAD_NEEDS_LICENCE', { model: repository, address }, { cause: error });
    }
    // The hub does not tell strangers which of the private ones there are.
    if (known === undefined && (error.status === 401 || error.status === 404))
      return new StudioError('HUB_DATASET_NOT_FOUND', { dataset: repository }, { cause: error });
  }
  const why = whyNone([{ source: { kind: 'hub' }, error }]);
  return new StudioError('DOWNLOAD_FAILED', { model: repository, ...why }, { cause: error });
}
