import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { type CatalogueEntry, type CatalogueModel, catalogueEntrySchema } from '../../src-contract/base-model.ts';
import { StudioError } from '../../src-contract/errors.ts';
import type { BaseModelStore } from './base-model-store.ts';
import type { ModelDownloads } from './downloads/model-downloads.ts';

/** The models that can be downloaded by name, as `resources/model-catalogue.json` lists them. */
export class Catalogue {
  readonly #file: string;
  readonly #store: BaseModelStore;
  readonly #downloads: ModelDownloads;

  constructor(resourcesDir: string, { store, downloads }: { store: BaseModelStore; downloads: ModelDownloads }) {
    this.#file = join(resourcesDir, 'model-catalogue.json');
    this.#store = store;
    this.#downloads = downloads;
  }

  /** All entries, each with how much of it is here. */
  async list(): Promise<CatalogueModel[]> {
    const installed = new Map(
      this.#store.list().flatMap(({ id, catalogueId }) => (catalogueId === null ? [] : [[catalogueId, id] as const])),
    );
    return Promise.all(
      (await this.#read()).map(async (entry) => {
        const baseModelId = installed.get(entry.id);
        const state =
          baseModelId === undefined
            ? await this.#downloads.stateOf(entry)
            : ({ kind: 'installed', baseModelId } as const);
        return { ...entry, trainMemoryBytes: trainMemory(entry), state };
      }),
    );
  }

  /** By id or by name. Throws CATALOGUE_MODEL_NOT_FOUND. */
  async find(id: string): Promise<CatalogueEntry> {
    const entries = await this.#read();
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
 * What training an adapter takes with four rows of 256 tokens, a quarter of them targets, as a run's estimate counts it on the
 * model itself (`engine/training-memory.ts`), which is not here yet: of each number the integers of training and those of
 * answers, the embeddings as floats besides, the tokenizer, and what does not grow with the model, as a pass holds as many tokens as
 * keep it near 590 MB (decision 0029). From the estimates of five shapes, 135M to 1.2B: 10 % off at most.
 */
function trainMemory({ parameters, hidden, vocabulary }: CatalogueEntry): number {
  return Math.round(parameters * 4.6 + vocabulary * hidden * 3 + vocabulary * 1.2e3 + 1.05e9);
}
