import type { AnsweringNeed, BaseModel } from '../../src-contract/base-model.ts';
import { client } from '../client.ts';
import { followChanges } from '../ui/changes.ts';
import { Loaded } from '../ui/loaded.svelte.ts';

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

  /** Apart from the shelf: the files of every model are looked into. */
  readonly needs = new Loaded(() => client.baseModels.answeringNeeds());

  follow(signal: AbortSignal): void {
    const load = () => {
      void this.shelf.load();
      void this.needs.load();
    };
    followChanges(['base-model', 'adapter', 'conversation'], load, signal);
  }

  adaptersOf(model: BaseModel): number {
    return this.shelf.value?.adapters.filter(({ baseModelId }) => baseModelId === model.id).length ?? 0;
  }

  conversationsWith(model: BaseModel): number {
    return this.shelf.value?.conversations.filter(({ baseModelId }) => baseModelId === model.id).length ?? 0;
  }

  answeringNeedOf(model: BaseModel): AnsweringNeed | undefined {
    return this.needs.value?.find(({ id }) => id === model.id);
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
