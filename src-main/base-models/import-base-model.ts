import { existsSync } from 'node:fs';
import { link, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { BaseModel } from '../../src-contract/base-model.ts';
import { diskFull, isDiskFull } from '../../src-contract/disk-full.ts';
import { StudioError } from '../../src-contract/errors.ts';
import { because } from '../../src-contract/failure-reason.ts';
import { nameFrom } from '../../src-contract/name.ts';
import type { Engine } from '../engine/engine.ts';
import { isGguf } from '../files/first-bytes.ts';
import { notAFile } from '../files/require-file.ts';
import { copyFile, syncFile } from '../files/synced-file.ts';
import type { BaseModelStore } from './base-model-store.ts';
import { copyBeside, hashModel, linkFile, readLicence, readModelFolder } from './model-folder.ts';
import { textFacts } from './text-asking.ts';

/** A model to import. */
export interface ModelSource {
  /** A Hugging Face folder, a file of one, or a GGUF file. */
  readonly path: string;
  readonly name?: string | undefined;
  /** What the model is called if no name is given; defaults to the name of its file or folder. */
  readonly title?: string | undefined;
  readonly catalogueId?: string;
  /**
   * Hard-linked or, where the disk cannot, moved instead of copied: it is in a folder of the studio's own, which is then
   * removed. Moved back if the import fails.
   */
  readonly take?: boolean;
  /** The weights are hard-linked instead of copied, if the disk supports it. */
  readonly link?: boolean;
}

/**
 * Imports a model: validates it, copies it while hashing, and adds its row last, so that it is either there completely
 * or not at all. The config and tokenizer of a GGUF file are written out beside it. If the files are those of a base
 * that has lost them, and no other name is asked for, that base gets them back, so that everything made from it keeps
 * working. Throws FILE_NOT_FOUND, FILE_UNREADABLE, MODEL_FILE_INVALID, MODEL_UNSUPPORTED, OPTION_INVALID, DISK_FULL.
 */
export async function importBaseModel(
  source: ModelSource,
  studio: {
    store: BaseModelStore;
    engine: Engine;
    modelsFolder: string;
    now: number;
    signal?: AbortSignal | undefined;
  },
): Promise<BaseModel> {
  const { store, engine, modelsFolder, now, signal } = studio;
  if (source.name !== undefined) store.names.requireFree(source.name);
  const place = await placeOf(resolve(source.path));
  const id = store.newId();
  const partial = join(modelsFolder, `.${id}.partial`);
  const path = join(modelsFolder, id);
  const taken: { readonly name: string; readonly from: string }[] = [];
  const take = async (from: string, name: string) => {
    await syncFile(from);
    const to = join(partial, name);
    try {
      // If the process is killed meanwhile, gigabytes need not be fetched again.
      await link(from, to);
    } catch {
      await rename(from, to);
      taken.push({ name, from });
    }
  };
  try {
    await mkdir(partial, { recursive: true });
    const bringIn = { partial, engine, take: source.take ? take : undefined, link: source.link ?? false, signal };
    const { facts, sha256 } = await (place.gguf ? bringGguf(place.path, bringIn) : bringFolder(place.path, bringIn));
    signal?.throwIfAborted();
    const spoiled = source.name === undefined ? await findSpoiled({ store, modelsFolder, sha256, signal }) : undefined;
    if (spoiled !== undefined) {
      await rm(spoiled.path, { recursive: true, force: true });
      await rename(partial, spoiled.path);
      return spoiled;
    }
    await rename(partial, path);
    const name = source.name ?? {
      like: nameFrom(source.title ?? basename(place.path).replace(/\.gguf$/i, '')) || 'model',
    };
    const catalogueId = source.catalogueId ?? null;
    return store.insert({ id, name, ...facts, sha256, path, builtIn: false, catalogueId, createdAt: now });
  } catch (error) {
    // An engine that died midway is no reason to fetch gigabytes again.
    for (const { name, from } of taken) await rename(join(existsSync(path) ? path : partial, name), from);
    await rm(path, { recursive: true, force: true });
    throw isDiskFull(error) ? diskFull(modelsFolder, await sizeOf(place.path), error) : error;
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

/**
 * A base with these files that has lost them, or whose files have changed. One whose folder is not where the studio puts
 * them does not count: the folder is replaced, and a database that somebody else has written may name any.
 */
async function findSpoiled({
  store,
  modelsFolder,
  sha256,
  signal,
}: {
  store: BaseModelStore;
  modelsFolder: string;
  sha256: string;
  signal: AbortSignal | undefined;
}): Promise<BaseModel | undefined> {
  for (const model of store.list()) {
    if (model.path !== join(modelsFolder, model.id) || model.sha256 !== sha256) continue;
    const found = await readModelFolder(model.path)
      .then(({ hashed }) => hashModel(model.path, hashed, { signal }))
      .catch(() => undefined);
    signal?.throwIfAborted();
    if (found !== sha256) return model;
  }
  return undefined;
}

interface BringIn {
  readonly partial: string;
  readonly engine: Engine;
  /** Links or moves a file in, if the source is to be removed. */
  readonly take: ((from: string, name: string) => Promise<void>) | undefined;
  readonly link: boolean;
  readonly signal: AbortSignal | undefined;
}

async function bringFolder(folder: string, { partial, engine, take, link, signal }: BringIn) {
  const files = await readModelFolder(folder);
  const facts = await describeModel(folder, engine);
  if (link) {
    const isWeights = (name: string) => /\.(safetensors|gguf)$/i.test(name);
    for (const name of files.hashed.filter(isWeights)) await linkFile(join(folder, name), join(partial, name), signal);
    await copyBeside(folder, partial, [...files.hashed.filter((name) => !isWeights(name)), ...files.beside]);
    return { facts, sha256: await hashModel(partial, files.hashed, { signal }) };
  }
  if (take === undefined) {
    const sha256 = await hashModel(folder, files.hashed, { copyTo: partial, signal });
    await copyBeside(folder, partial, files.beside);
    return { facts, sha256 };
  }
  for (const name of [...files.hashed, ...files.beside]) await take(join(folder, name), name);
  return { facts, sha256: await hashModel(partial, files.hashed, { signal }) };
}

/** The file's metadata is written out first: a model that cannot be used is refused before it is copied. */
async function bringGguf(file: string, { partial, engine, take, link, signal }: BringIn) {
  await engine.unpack({ file, folder: partial });
  const name = 'model.gguf';
  await (take?.(file, name) ?? (link ? linkFile : copyFile)(file, join(partial, name), signal));
  const facts = await describeModel(partial, engine);
  return { facts, sha256: await hashModel(partial, (await readModelFolder(partial)).hashed, { signal }) };
}

/**
 * The starter model is used in place; its row follows the files. It is described only where they have changed, since
 * that starts the engine. No-op if the folder holds no model.
 */
export async function registerStarterModel(studio: {
  store: BaseModelStore;
  engine: Engine;
  folder: string;
  now: number;
}): Promise<void> {
  const { store, engine, folder, now } = studio;
  if (!(await isFile(join(folder, 'config.json'))) || !(await isFile(join(folder, 'model.safetensors')))) return;
  const files = await readModelFolder(folder);
  const sha256 = await hashModel(folder, files.hashed);
  const known = store.has(starterId) ? store.get(starterId) : undefined;
  if (known?.sha256 === sha256) {
    // Some packages are unpacked to another folder at each start.
    if (known.path !== folder) store.replace({ ...known, path: folder });
    return;
  }
  const facts = await describeModel(folder, engine);
  const own = { id: starterId, name: 'starter', path: folder, builtIn: true, catalogueId: starterId };
  const model: BaseModel = { ...own, ...facts, sha256, createdAt: known?.createdAt ?? now };
  // Meanwhile, another process may have registered it.
  store.put(model);
}

/** Also its id in the catalogue. */
const starterId = 'starter';

/** What the engine and the text side say about a model; both are read, so that a model that passes can be used. */
export async function describeModel(folder: string, engine: Engine) {
  const { endIds, targets: _, ...facts } = await engine.inspect(folder);
  const text = await textFacts('check', { key: '', folder, endIds });
  return { ...facts, licence: await readLicence(folder), hasChatTemplate: text.template !== undefined };
}

/** A file of a folder stands for the folder; a GGUF file, alone or as a folder's only model file, is itself a model. */
async function placeOf(path: string): Promise<{ path: string; gguf: boolean }> {
  const facts = await stat(path).catch((cause: unknown) => {
    throw new StudioError('FILE_NOT_FOUND', { file: path }, { cause });
  });
  if (facts.isDirectory()) {
    const names = await readdir(path);
    if (names.includes('config.json')) return { path, gguf: false };
    // The vision part of a model is not a model of its own.
    const [gguf, ...others] = names.filter((name) => /\.gguf$/i.test(name) && !/mmproj/i.test(name));
    const unsupported = (code: 'GGUFS_IN_FOLDER' | 'ADAPTER_AS_MODEL') =>
      new StudioError('MODEL_UNSUPPORTED', { file: basename(path), ...because(code) });
    if (others.length > 0) throw unsupported('GGUFS_IN_FOLDER');
    if (gguf !== undefined) return { path: join(path, gguf), gguf: true };
    if (names.includes('adapter_config.json')) throw unsupported('ADAPTER_AS_MODEL');
    return { path, gguf: false };
  }
  if (!facts.isFile()) throw notAFile(path);
  if (await isGguf(path)) return { path, gguf: true };
  if (/\.(safetensors|json)$/i.test(path)) {
    const folder = dirname(path);
    const names = await readdir(folder);
    if (names.includes('adapter_config.json') && !names.includes('config.json')) {
      throw new StudioError('MODEL_UNSUPPORTED', { file: basename(path), ...because('ADAPTER_FILE_AS_MODEL') });
    }
    return { path: folder, gguf: false };
  }
  throw new StudioError('MODEL_UNSUPPORTED', { file: basename(path), ...because('SINGLE_FILE_AS_MODEL') });
}

/** Of a file, or of all files in a folder together. */
async function sizeOf(path: string): Promise<number> {
  if (await isFile(path)) return (await stat(path)).size;
  const sizes = await Promise.all((await readdir(path)).map((name) => stat(join(path, name))));
  return sizes.reduce((sum, { size }) => sum + size, 0);
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() ?? false;
}
