import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { type CatalogueEntry, type CatalogueModel, catalogueEntrySchema } from '../../src-contract/base-model.ts';
import { StudioError } from '../../src-contract/errors.ts';
import type { BaseModelStore } from './base-model-store.ts';
import type { ModelDownloads } from './downloads/model-downloads.ts';

/**
 * The content of `resources/model-catalogue.json`: the models that can be downloaded by name, and the starter model.
 */
export class Catalogue {
  readonly #file: string;
  readonly #store: BaseModelStore;
  readonly #downloads: ModelDownloads;

  constructor(resourcesDir: string, { store, downloads }: { store: BaseModelStore; downloads: ModelDownloads }) {
    this.#file = join(resourcesDir, 'model-catalogue.json');
    this.#store = store;
    this.#downloads = downloads;
  }

  /** Each model with how much of it is here. One that is not here and cannot be downloaded is left out. */
  async list(): Promise<CatalogueModel[]> {
    const installed = new Map(
      this.#store.list().flatMap(({ id, catalogueId }) => (catalogueId === null ? [] : [[catalogueId, id] as const])),
    );
    const entries = (await this.#read()).filter(({ id, sources }) => sources.length > 0 || installed.has(id));
    return Promise.all(
      entries.map(async (entry) => {
        const baseModelId = installed.get(entry.id);
        const state =
          baseModelId === undefined
            ? await this.#downloads.stateOf(entry)
            : ({ kind: 'installed', baseModelId } as const);
        return { ...entry, trainMemoryBytes: trainMemory(entry), state };
      }),
    );
  }

  /** A downloadable model, by id or name. Throws CATALOGUE_MODEL_NOT_FOUND. */
  async find(id: string): Promise<CatalogueEntry> {
    const entries = (await this.#read()).filter(({ sources }) => sources.length > 0);
    const wanted = id.toLowerCase();
    const entry = entries.find((each) => each.id === wanted || each.name.toLowerCase() === wanted);
    if (entry !== undefined) return entry;
    const known = entries.map((each) => each.id).join(', ');
    throw new StudioError('CATALOGUE_MODEL_NOT_FOUND', { model: id, known });
  }

  async #read(): Promise<CatalogueEntry[]> {
    return z.array(catalogueEntrySchema).parse(JSON.parse(await readFile(this.#file, 'utf8')));
  }
}

/**
 * Memory to train an adapter with four rows of 256 tokens, a quarter of them targets, as a run's estimate would count
 * it on the model itself (`engine/training-memory.ts`), which is not here yet: for each weight the integers of training
 * and those of answers, plus the embeddings as floats, the tokenizer, the program, and what a pass holds: of all but
 * the smallest models as many tokens as keep it near 590 MB (decision 0029). Fitted to the estimates of six shapes, 5M
 * to 1.2B: 10 % off at most.
 */
function trainMemory({ parameters, layers, hidden, vocabulary }: CatalogueEntry): number {
  const pass = Math.min(6.7e8, layers * hidden * 8.1e4);
  return Math.round(parameters * 4.6 + vocabulary * hidden * 3 + vocabulary * 1.2e3 + pass + 3.8e8);
}
