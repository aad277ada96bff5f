import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { StudioError } from '../../src-contract/errors.ts';
import { type Because, because } from '../../src-contract/failure-reason.ts';
import type { ModelLibraryFacts } from '../../src-contract/model-folder.ts';
import type { BaseModelStore } from './base-model-store.ts';
import { huggingFaceCache } from './downloads/hugging-face-cache.ts';
import { findModels, type PlacedModel } from './found-models.ts';

/** Settings stored with the data folder. */
export interface Remembered {
  read(name: string): string | undefined;
  write(name: string, value: string): void;
}

/**
 * The folder that holds models of other programs, and in which downloads are looked for: the one that the environment
 * names (`ADAPTER_STUDIO_MODELS`), else the one chosen by a person, else Hugging Face's own cache. Pages refer to a
 * model in it by an id that is valid only for what was found.
 */
export class ModelLibrary {
  readonly #remembered: Remembered;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #store: BaseModelStore;

  constructor(remembered: Remembered, studio: { environment: NodeJS.ProcessEnv; store: BaseModelStore }) {
    this.#remembered = remembered;
    this.#environment = studio.environment;
    this.#store = studio.store;
  }

  get path(): string {
    return this.#place().path;
  }

  /** Whether somebody set the folder, so that downloads are meant to be found there by other programs too. */
  get isChosen(): boolean {
    return this.#place().from !== 'usual';
  }

  async facts(): Promise<ModelLibraryFacts> {
    const { path, from } = this.#place();
    const isThere = await isFolder(path);
    const found = isThere ? await findModels(path) : [];
    const onShelf = new Set(this.#store.list().flatMap(({ id, name }) => [id, name]));
    return {
      ...{ path, from, isThere },
      found: found.map(({ path: _, ...model }) => ({
        ...model,
        onShelf: onShelf.has(model.name) || onShelf.has(this.#remembered.read(takenAs(model.id)) ?? ''),
      })),
    };
  }

  /** Throws NOT_ALLOWED for a model that is not there. */
  async find(id: string): Promise<PlacedModel> {
    const model = (await findModels(this.path)).find((each) => each.id === id);
    if (model === undefined) throw new StudioError('NOT_ALLOWED', {});
    return model;
  }

  taken(model: PlacedModel, baseModelId: string): void {
    this.#remembered.write(takenAs(model.id), baseModelId);
  }

  /** Undefined restores the default. Throws OPTION_INVALID if the environment decides, and for no folder. */
  async choose(path: string | undefined): Promise<void> {
    if (this.#place().from === 'environment') throw refused(because('MODEL_FOLDER_FIXED'));
    if (path !== undefined && !(await isFolder(path))) throw refused(because('PATH_FOLDER_MISSING', { folder: path }));
    this.#remembered.write(chosenName, path ?? '');
  }

  #place(): Pick<ModelLibraryFacts, 'path' | 'from'> {
    const named = this.#environment.ADAPTER_STUDIO_MODELS;
    if (named) return { path: resolve(named), from: 'environment' };
    const chosen = this.#remembered.read(chosenName);
    if (chosen) return { path: chosen, from: 'chosen' };
    return { path: huggingFaceCache(this.#environment), from: 'usual' };
  }
}

const chosenName = 'model-folder';

/**
 * Forgets a chosen folder on another computer, for a data folder that comes from elsewhere: Windows logs in to whichever
 * computer a path names, for a look alone.
 */
export function forgetFarFolder(remembered: Remembered): void {
  if (/^[\\/]{2}/.test(remembered.read(chosenName) ?? '')) remembered.write(chosenName, '');
}

function refused(why: Because): StudioError {
  return new StudioError('OPTION_INVALID', { option: 'model folder', ...why });
}

function takenAs(foundId: string): string {
  return `model-folder/${foundId}`;
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}
