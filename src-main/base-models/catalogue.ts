import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import {
  type CatalogueEntry,
  type CatalogueModel,
  catalogueEntrySchema,
  type HubFinding,
} from '../../src-contract/base-model.ts';
import { StudioError } from '../../src-contract/errors.ts';
import { type HubName, hubNameOf } from '../hub/hub-name.ts';
import type { BaseModelStore } from './base-model-store.ts';
import type { ModelDownloads } from './downloads/model-downloads.ts';
import type { FoundOnHub } from './find-on-hub.ts';

/**
 * The models that can be downloaded by name: those of `resources/model-catalogue.json`, which has the starter model too,
 * and any that the Hugging Face hub has.
 */
export class Catalogue {
  readonly #file: string;
  readonly #store: BaseModelStore;
  readonly #downloads: ModelDownloads;
  readonly #findOnHub: (name: HubName, signal: AbortSignal | undefined) => Promise<FoundOnHub>;
  readonly #endpoint: string;
  /** Models of the hub that need not be looked up again. */
  readonly #found = new Map<string, CatalogueEntry>();

  constructor(
    resourcesDir: string,
    studio: {
      store: BaseModelStore;
      downloads: ModelDownloads;
      findOnHub: (name: HubName, signal: AbortSignal | undefined) => Promise<FoundOnHub>;
      /** The hub's address. */
      endpoint: string;
    },
  ) {
    this.#file = join(resourcesDir, 'model-catalogue.json');
    this.#store = studio.store;
    this.#downloads = studio.downloads;
    this.#findOnHub = studio.findOnHub;
    this.#endpoint = studio.endpoint;
  }

  /** Each model with how much of it is here. One that is not here and cannot be downloaded is left out. */
  async list(): Promise<CatalogueModel[]> {
    const installed = this.#installed();
    const entries = (await this.#read()).filter(({ id, sources }) => sources.length > 0 || installed.has(id));
    const begun = await this.#downloads.begunOnHub();
    return Promise.all([...begun, ...entries].map((entry) => this.#withState(entry, installed)));
  }

  /**
   * A downloadable model, by what a person calls it. One that is neither in the catalogue nor begun is looked up.
   * Throws CATALOGUE_MODEL_NOT_FOUND, HUB_FILE_UNCLEAR, and as `lookUp` does.
   */
  async find(id: string, signal?: AbortSignal): Promise<CatalogueEntry> {
    const entries = (await this.#read()).filter(({ sources }) => sources.length > 0);
    const wanted = id.toLowerCase();
    const entry = entries.find(
      (each) => each.id === wanted || each.name.toLowerCase() === wanted || isFrom(each, wanted),
    );
    if (entry !== undefined) return entry;
    const known = this.#found.get(id) ?? (await this.#downloads.begunOnHub()).find((each) => each.id === id);
    if (known !== undefined) {
      // It is forgotten on the disk when it is done, and may still be asked for.
      this.#found.set(id, known);
      return known;
    }
    const name = hubNameOf(id, this.#endpoint);
    if (name === undefined) {
      const names = entries.map((each) => each.id).join(', ');
      throw new StudioError('CATALOGUE_MODEL_NOT_FOUND', { model: id, known: names });
    }
    const found = await this.#lookUp(name, signal);
    if (found.kind === 'model') return found.entry;
    const files = found.files.map((file) => file.name).join(', ');
    throw new StudioError('HUB_FILE_UNCLEAR', { model: found.repository, known: files });
  }

  /** What a model of the hub is. Throws HUB_NAME_INVALID, and as `findOnHub` does. */
  async lookUp(text: string, signal: AbortSignal | undefined): Promise<HubFinding> {
    const name = hubNameOf(text, this.#endpoint);
    if (name === undefined) throw new StudioError('HUB_NAME_INVALID', { text });
    const found = await this.#lookUp(name, signal);
    if (found.kind === 'files') return found;
    const { entry, ...needs } = found;
    return { ...needs, model: await this.#withState(entry, this.#installed()) };
  }

  /** A model that is in the catalogue's file too is that one: it may have other sources. */
  async #lookUp(name: HubName, signal: AbortSignal | undefined): Promise<FoundOnHub> {
    const found = await this.#findOnHub(name, signal);
    if (found.kind === 'files') return found;
    const known = (await this.#read()).find((each) => isFrom(each, found.entry.id.toLowerCase()));
    const entry = known ?? found.entry;
    this.#found.set(entry.id, entry);
    return { ...found, entry };
  }

  #installed(): ReadonlyMap<string, string> {
    return new Map(
      this.#store.list().flatMap(({ id, catalogueId }) => (catalogueId === null ? [] : [[catalogueId, id] as const])),
    );
  }

  async #withState(entry: CatalogueEntry, installed: ReadonlyMap<string, string>): Promise<CatalogueModel> {
    const baseModelId = installed.get(entry.id);
    const state =
      baseModelId === undefined ? await this.#downloads.stateOf(entry) : ({ kind: 'installed', baseModelId } as const);
    return { ...entry, trainMemoryBytes: trainMemory(entry), state };
  }

  async #read(): Promise<CatalogueEntry[]> {
    return z.array(catalogueEntrySchema).parse(JSON.parse(await readFile(this.#file, 'utf8')));
  }
}

function isFrom({ sources }: CatalogueEntry, repository: string): boolean {
  return sources.some((source) => source.kind === 'hub' && source.repository.toLowerCase() === repository);
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
