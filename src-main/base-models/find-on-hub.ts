import { mkdir, open, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { AnsweringNeed, CatalogueEntry } from '../../src-contract/base-model.ts';
import { orDiskFull } from '../../src-contract/disk-full.ts';
import { type ErrorData, StudioError } from '../../src-contract/errors.ts';
import { because } from '../../src-contract/failure-reason.ts';
import type { Engine } from '../engine/engine.ts';
import { freeBytes } from '../files/free-bytes.ts';
import { fetchFile, fetchPart, RefusedError } from '../hub/fetch-file.ts';
import type { HubName } from '../hub/hub-name.ts';
import {
  type Hub,
  type HubFile,
  type HubRepository,
  huggingFaceHub,
  readHubRepository,
} from '../hub/hugging-face-hub.ts';
import { whyNone } from '../hub/why-none.ts';
import { answeringNeed } from './answering-need.ts';
import { filesOfModel, isGgufName } from './files-of-model.ts';
import { isWholeGguf } from './found-models.ts';
import { describeModel } from './import-base-model.ts';

/** A model of the hub, or the GGUF files of a repository, of which one is to be chosen. */
export type FoundOnHub =
  | { readonly kind: 'files'; readonly repository: string; readonly files: { name: string; sizeBytes: number }[] }
  | {
      readonly kind: 'model';
      readonly entry: CatalogueEntry;
      readonly architecture: string;
      readonly answering: AnsweringNeed;
      readonly freeDiskBytes: number;
    };

interface Studio {
  readonly engine: Engine;
  readonly environment: NodeJS.ProcessEnv;
  /** A folder to be made, on the disk that models are kept on; removed at the end. */
  readonly folder: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Judges a model of the hub as its import would, before its weights are downloaded: its config and tokenizer, and of
 * each weight file only what is read before the weights, are laid out in `folder` as if all were there. Throws
 * HUB_MODEL_NOT_FOUND, DOWNLOAD_NEEDS_LICENCE, DOWNLOAD_FAILED, DISK_SHORT, and as `describeModel` does.
 */
export async function findOnHub(name: HubName, studio: Studio): Promise<FoundOnHub> {
  const hub = await huggingFaceHub(studio.environment);
  const signal = studio.signal ?? new AbortController().signal;
  let repository: HubRepository | undefined;
  try {
    repository = await readHubRepository(hub, { repository: name.repository, revision: 'main' }, signal);
    const gguf = ggufOf(repository, name.file);
    if (gguf !== undefined && gguf.length !== 1) {
      const files = gguf.map(({ name, sizeBytes }) => ({ name, sizeBytes })).sort((a, b) => a.sizeBytes - b.sizeBytes);
      return { kind: 'files', repository: repository.name, files };
    }
    return await read(repository, gguf?.[0]?.name, { ...studio, signal });
  } catch (error) {
    if (signal.aborted) throw error;
    throw toldOf(error, { name: repository?.name ?? name.repository, hub, repository });
  } finally {
    await rm(studio.folder, { recursive: true, force: true });
  }
}

/** The GGUF files that are meant; undefined if it is the repository's safetensors. */
function ggufOf(repository: HubRepository, wanted: string | undefined): readonly HubFile[] | undefined {
  const { files } = repository;
  const ggufs = files.filter(({ name }) => isGgufName(name) && isWholeGguf(basename(name)));
  if (wanted !== undefined) {
    const exact = ggufs.filter(({ name }) => name === wanted);
    const ending = ggufs.filter(({ name }) => name.toLowerCase().endsWith(`${wanted.toLowerCase()}.gguf`));
    const meant = [exact, ending, ggufs].find((some) => some.length > 0);
    if (meant !== undefined) return meant;
    throw new StudioError('MODEL_FILE_INVALID', {
      file: wanted,
      ...because('FILE_NOT_IN_FOLDER', { folder: repository.name }),
    });
  }
  const has = (name: string) => files.some((file) => file.name === name);
  const hasWeights = has('model.safetensors') || has('model.safetensors.index.json');
  if (!(hasWeights && has('config.json')) && ggufs.length > 0) return ggufs;
  if (has('adapter_config.json')) throw unsupported(repository, 'ADAPTER_AS_MODEL');
  if (!hasWeights) throw unsupported(repository, 'WEIGHTS_FORMAT');
  for (const file of ['config.json', 'tokenizer.json']) {
    if (!has(file))
      throw new StudioError('MODEL_FILE_INVALID', {
        file,
        ...because('FILE_NOT_IN_FOLDER', { folder: repository.name }),
      });
  }
  return undefined;
}

function unsupported({ name }: HubRepository, code: 'ADAPTER_AS_MODEL' | 'WEIGHTS_FORMAT'): StudioError {
  return new StudioError('MODEL_UNSUPPORTED', { file: name, ...because(code) });
}

async function read(
  repository: HubRepository,
  gguf: string | undefined,
  { engine, folder, signal }: Studio & { signal: AbortSignal },
): Promise<FoundOnHub> {
  const files = filesOfModel(repository, gguf);
  const sizeBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
  await mkdir(folder, { recursive: true });
  const fetchAll = async (names: RegExp) => {
    for (const file of files.filter(({ name }) => names.test(name)))
      await Array.fromAsync(fetchFile(file, join(folder, file.name), signal));
  };
  await fetchAll(/^config\.json$/);
  // The most frequent refusal needs nothing more.
  if (gguf === undefined) await engine.check({ file: join(folder, 'config.json'), kind: 'config' });
  await fetchAll(/\.(json|jinja)$/);
  for (const file of files.filter(({ name }) => /\.(safetensors|gguf)$/i.test(name))) {
    const path = join(folder, basename(file.name));
    await layOutHead(file, path, engine, signal).catch((error: unknown) => {
      throw orDiskFull(error, folder, sizeBytes);
    });
    if (gguf !== undefined) await engine.unpack({ file: path, folder });
  }
  const { architecture, licence, hasChatTemplate, ...facts } = await describeModel(folder, engine);
  const freeDiskBytes = await freeBytes(dirname(folder));
  const source = { kind: 'hub', repository: repository.name, revision: repository.commit, sizeBytes } as const;
  return {
    ...{ kind: 'model', architecture, freeDiskBytes },
    answering: await answeringNeed(folder, facts.vocabulary, engine),
    entry: {
      ...facts,
      id: gguf === undefined ? repository.name : `${repository.name}:${gguf}`,
      name: basename(gguf ?? repository.name).replace(/\.gguf$/i, ''),
      licence: repository.licence || licence,
      languages: [],
      chats: hasChatTemplate,
      gated: repository.isGated,
      sources: [{ ...source, dtype: facts.dtype, ...(gguf !== undefined && { file: gguf }) }],
    },
  };
}

/** Most headers of safetensors fit into the first, and those of GGUF files, which have the tokenizer, into the third. */
const headBytes = [2 ** 18, 2 ** 21, 2 ** 24, 2 ** 27];

/** Writes a file of the right size with a hole for its weights, which takes no room on most disks. */
async function layOutHead(file: HubFile, path: string, engine: Engine, signal: AbortSignal): Promise<void> {
  const { sizeBytes } = file;
  const written = await open(path, 'w');
  try {
    let here = 0;
    const fetchUpTo = async (end: number) => {
      if (end > here) await written.writev([await fetchPart(file, { offset: here, bytes: end - here }, signal)], here);
      here = Math.max(here, end);
    };
    for (const most of headBytes) {
      await fetchUpTo(Math.min(most, sizeBytes));
      const parts = await engine.partsReadFirst({ file: path, sizeBytes });
      if (parts === undefined) continue;
      for (const part of parts) {
        if (part.offset + part.bytes > here) await written.writev([await fetchPart(file, part, signal)], part.offset);
      }
      break;
    }
    await written.truncate(sizeBytes);
  } finally {
    await written.close();
  }
}

/** The failure as a person can understand it. */
function toldOf(
  error: unknown,
  { name, hub, repository }: { name: string; hub: Hub; repository: HubRepository | undefined },
): unknown {
  if (error instanceof StudioError) return namedFor(error, name);
  if (error instanceof RefusedError) {
    const isRefused = error.status === 401 || error.status === 403;
    if (error.reason === 'GatedRepo' || (isRefused && repository?.isGated)) {
      return new StudioError(
        'DOWNLOAD_NEEDS_LICENCE',
        { model: name, address: `${hub.endpoint}/${name}` },
        { cause: error },
      );
    }
    // The hub does not tell strangers which of the private ones there are.
    if (repository === undefined && (error.status === 401 || error.status === 404))
      return new StudioError('HUB_MODEL_NOT_FOUND', { model: name }, { cause: error });
  }
  const why = whyNone([{ source: { kind: 'hub' }, error }]);
  return new StudioError('DOWNLOAD_FAILED', { model: name, ...why }, { cause: error });
}

/** It is not on this computer, where its files were laid out under names of their own. */
function namedFor(error: StudioError, name: string): StudioError {
  // Sound, here and below: the data are those of the code.
  if (error.code === 'MODEL_UNSUPPORTED') {
    const data = error.data as ErrorData<'MODEL_UNSUPPORTED'>;
    return new StudioError('MODEL_UNSUPPORTED', { ...data, file: name }, { cause: error });
  }
  if (error.code !== 'FILE_NOT_FOUND') return error;
  const file = basename((error.data as ErrorData<'FILE_NOT_FOUND'>).file);
  const why = because('FILE_NOT_IN_FOLDER', { folder: name });
  return new StudioError('MODEL_FILE_INVALID', { file, ...why }, { cause: error });
}
