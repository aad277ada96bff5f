import type { HubFinding } from '../../src-contract/base-model.ts';
import { client } from '../client.ts';

/** What a person looks up on the Hugging Face hub, one model at a time. */
export class HubModelsState {
  text = $state('');
  found = $state.raw<HubFinding | undefined>(undefined);
  error = $state.raw<unknown>(undefined);
  isLooking = $state.raw(false);
  #leaving: AbortController | undefined;

  async lookUp(): Promise<void> {
    this.clear();
    this.#leaving = new AbortController();
    const { signal } = this.#leaving;
    this.isLooking = true;
    try {
      const found = await client.baseModels.lookUp({ model: this.text }, { signal });
      if (!signal.aborted) this.found = found;
    } catch (error) {
      if (!signal.aborted) this.error = error;
    }
    if (!signal.aborted) this.isLooking = false;
  }

  async choose(repository: string, file: string): Promise<void> {
    this.text = `${repository}:${file}`;
    await this.lookUp();
  }

  /** Forgets what was found, and stops looking. */
  clear(): void {
    this.#leaving?.abort();
    this.isLooking = false;
    this.found = undefined;
    this.error = undefined;
  }
}
