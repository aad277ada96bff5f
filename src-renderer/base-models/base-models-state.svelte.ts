import { type BaseModel, loadMemoryBytes } from '../../src-contract/base-model.ts';
import { client } from '../client.ts';
import { followChanges } from '../ui/changes.ts';
import { Loaded } from '../ui/loaded.svelte.ts';

/** How well a model's weights fit into this machine's memory. */
export type MemoryFit = 'fits' | 'tight' | 'tooBig';

/** The shelf of base models, kept current while the page is open. */
export class BaseModelsState {
  readonly shelf = new Loaded(async () => {
    const [models, adapters, conversations, status] = await Promise.all([
      client.baseModels.list(),
      client.adapters.list(),
      client.chat.conversations(),
      client.studio.status(),
    ]);
    const { totalMemoryBytes, canChoosePath } = status;
    return { models, adapters, conversations, totalMemoryBytes, canChoosePath };
  });

  follow(signal: AbortSignal): void {
    void this.shelf.load();
    void followChanges(['base-model', 'adapter', 'conversation'], () => void this.shelf.load(), signal);
  }

  adaptersOf(model: BaseModel): number {
    return this.shelf.value?.adapters.filter(({ baseModelId }) => baseModelId === model.id).length ?? 0;
  }

  conversationsWith(model: BaseModel): number {
    return this.shelf.value?.conversations.filter(({ baseModelId }) => baseModelId === model.id).length ?? 0;
  }

  memory(model: Pick<BaseModel, 'parameters'>): { bytes: number; fit: MemoryFit } {
    const bytes = loadMemoryBytes(model);
    const total = this.shelf.value?.totalMemoryBytes ?? Number.POSITIVE_INFINITY;
    return { bytes, fit: bytes > total ? 'tooBig' : bytes > total / 2 ? 'tight' : 'fits' };
  }

  get models(): readonly BaseModel[] {
    return this.shelf.value?.models ?? [];
  }

  /** Removes a model from the shelf; `restore` puts it back. Throws BASE_MODEL_IN_USE. */
  async delete(model: BaseModel): Promise<void> {
    await client.baseModels.delete({ id: model.id });
    await this.shelf.load();
  }

  async restore(model: BaseModel): Promise<void> {
    await client.baseModels.restore({ id: model.id });
    await this.shelf.load();
  }
}
