import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { BaseModel } from '../../src-contract/base-model.ts';
import { StudioError } from '../../src-contract/errors.ts';
import type { Engine } from '../engine/engine.ts';
import type { BaseModelStore } from './base-model-store.ts';
import { copyBeside, hashModel, readLicence, readModelFolder } from './model-folder.ts';
import { ModelText } from './model-text.ts';

/**
 * Brings a Hugging Face folder into the studio: validates it, copies it while hashing, and adds its row last, so that it is
 * either wholly there or not at all. Throws FILE_NOT_FOUND, MODEL_FILE_INVALID, MODEL_UNSUPPORTED, OPTION_INVALID, DISK_FULL.
 */
export async function importBaseModel(
  source: { path: string; name?: string },
  studio: { store: BaseModelStore; engine: Engine; modelsFolder: string; now: number },
): Promise<BaseModel> {
  const { store, engine, modelsFolder, now } = studio;
  const folder = await folderOf(resolve(source.path));
  if (source.name !== undefined && store.isNameTaken(source.name)) throw nameTaken();
  const files = await readModelFolder(folder);
  const facts = await describeModel(folder, engine);
  const id = store.newId();
  const partial = join(modelsFolder, `.${id}.partial`);
  const path = join(modelsFolder, id);
  try {
    await mkdir(partial, { recursive: true });
    const sha256 = await hashModel(folder, files.hashed, partial);
    await copyBeside(folder, partial, files.beside);
    await rename(partial, path);
    const name = source.name ?? freeName(basename(folder), store);
    const model: BaseModel = { id, name, ...facts, sha256, path, builtIn: false, createdAt: now };
    store.insert(model);
    return model;
  } catch (error) {
    await rm(path, { recursive: true, force: true });
    if (isDiskFull(error)) {
      throw new StudioError(
        'DISK_FULL',
        { needed: megabytes(facts.sizeBytes), folder: modelsFolder },
        { cause: error },
      );
    }
    throw error;
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

/** The starter model is used where it lies; its row follows the files. Does nothing where the folder holds no model. */
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
  const facts = await describeModel(folder, engine);
  const known = store.has(starterId);
  const createdAt = known ? store.get(starterId).createdAt : now;
  const model: BaseModel = { id: starterId, name: 'starter', ...facts, sha256, path: folder, builtIn: true, createdAt };
  if (known) store.replace(model);
  else store.insert(model);
}

const starterId = 'starter';

/** What the engine and the text side say of a model; both are read, so that a model which passes can be used. */
export async function describeModel(folder: string, engine: Engine) {
  const { endIds, targets: _, ...facts } = await engine.inspect(folder);
  const text = await ModelText.read(folder, endIds);
  // A template that fails does so on the first conversation: better now.
  text.promptIds('Hello');
  return { ...facts, licence: await readLicence(folder), hasChatTemplate: text.template !== undefined };
}

/** A file of the folder stands for the folder. */
async function folderOf(path: string): Promise<string> {
  const facts = await stat(path).catch((cause: unknown) => {
    throw new StudioError('FILE_NOT_FOUND', { file: path }, { cause });
  });
  if (facts.isDirectory()) return path;
  if (/\.(safetensors|json)$/i.test(path)) return dirname(path);
  throw new StudioError('MODEL_UNSUPPORTED', {
    file: basename(path),
    found: 'a single file',
    supported: 'a folder with config.json, tokenizer.json and model.safetensors',
  });
}

function freeName(wanted: string, store: BaseModelStore): string {
  for (let count = 1; ; count++) {
    const name = count === 1 ? wanted : `${wanted} (${count})`;
    if (!store.isNameTaken(name)) return name;
  }
}

function nameTaken(): StudioError {
  return new StudioError('OPTION_INVALID', { option: 'name', reason: 'there is already a base model of this name' });
}

function isDiskFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1e6)} MB`;
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() ?? false;
}
