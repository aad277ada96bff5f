import type { BaseModel } from '../../src-contract/base-model.ts';
import type { FoundModel, ModelLibraryFacts } from '../../src-contract/model-folder.ts';
import { client } from '../client.ts';
import { followChanges } from '../ui/changes.ts';
import { Loaded } from '../ui/loaded.svelte.ts';

/** The model folder and its contents, kept current while the page is open. */
export class ModelLibraryState {
  readonly facts = new Loaded<ModelLibraryFacts>(() => client.baseModels.library());
  /** The model being added to the shelf. */
  adding = $state.raw<string | undefined>(undefined);
  error = $state.raw<unknown>(undefined);

  follow(signal: AbortSignal): void {
    followChanges(['base-model'], () => void this.facts.load(), signal);
  }

  async add({ id }: FoundModel): Promise<BaseModel | undefined> {
    this.adding = id;
    this.error = undefined;
    try {
      return await client.baseModels.importFound({ id });
    } catch (error) {
      this.error = error;
      return undefined;
    } finally {
      this.adding = undefined;
    }
  }

  /** In the system's dialog. */
  async choose(): Promise<void> {
    await this.#change(() => client.baseModels.chooseLibrary());
  }

  async takeUsual(): Promise<void> {
    await this.#change(() => client.baseModels.setLibrary({ path: null }));
  }

  async #change(ask: () => Promise<ModelLibraryFacts | null>): Promise<void> {
    this.error = undefined;
    try {
      const facts = await ask();
      if (facts !== null) this.facts.set(facts);
    } catch (error) {
      this.error = error;
    }
  }
}
