import type { BaseModel } from '../../src-contract/base-model.ts';
import { client } from '../client.ts';
import { followChanges } from '../ui/changes.ts';
import { Loaded } from '../ui/loaded.svelte.ts';

/** How well a model's weights fit this machine's memory. */
export type MemoryFit = 'fits' | 'tight' | 'tooBig';

const bytesAWeight = 4;

/** The shelf of base models, kept true while the page is open. */
export class BaseModelsState {
  readonly shelf = new Loaded(async () => {
    const [models, adapters, status] = await Promise.all([
      client.baseModels.list(),
      client.adapters.list(),
      client.studio.status(),
    ]);
    return { models, adapters, totalMemoryBytes: status.totalMemoryBytes };
  });

  #leaving = $state.raw<ReadonlySet<string>>(new Set());

  follow(signal: AbortSignal): void {
    void this.shelf.load();
    void followChanges(['base-model', 'adapter'], () => void this.shelf.load(), signal);
  }

  adaptersOf(model: BaseModel): number {
    return this.shelf.value?.adapters.filter(({ baseModelId }) => baseModelId === model.id).length ?? 0;
  }

  memory(model: BaseModel): { bytes: number; fit: MemoryFit } {
    const bytes = model.parameters * bytesAWeight;
    const total = this.shelf.value?.totalMemoryBytes ?? Number.POSITIVE_INFINITY;
    return { bytes, fit: bytes > total ? 'tooBig' : bytes > total / 2 ? 'tight' : 'fits' };
  }

  /** Those that are not being taken off the shelf. */
  get models(): readonly BaseModel[] {
    return this.shelf.value?.models.filter(({ id }) => !this.#leaving.has(id)) ?? [];
  }

  /**
   * Takes a model off the shelf now and deletes it once nobody can want it back: a deleted base has no way to return.
   * The undo that it gives puts the model back. `onFailure` hears of BASE_MODEL_IN_USE.
   */
  delete(model: BaseModel, undoMs: number, onFailure: (error: unknown) => void): () => void {
    this.#leaving = new Set(this.#leaving).add(model.id);
    const timer = setTimeout(async () => {
      try {
        await client.baseModels.delete({ id: model.id });
        await this.shelf.load();
      } catch (error) {
        onFailure(error);
      }
      this.#keep(model);
    }, undoMs);
    return () => {
      clearTimeout(timer);
      this.#keep(model);
    };
  }

  #keep(model: BaseModel): void {
    this.#leaving = new Set([...this.#leaving].filter((id) => id !== model.id));
  }
}
