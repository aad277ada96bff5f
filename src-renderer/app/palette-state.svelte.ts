import type { Adapter } from '../../src-contract/adapter.ts';
import type { Conversation } from '../../src-contract/chat.ts';
import type { Dataset } from '../../src-contract/dataset.ts';
import type { Run } from '../../src-contract/run.ts';
import { client } from '../client.ts';

/** What the palette can find besides pages and actions; fetched anew each time it opens. */
export class PaletteState {
  #datasets = $state.raw<readonly Dataset[]>([]);
  #adapters = $state.raw<readonly Adapter[]>([]);
  #conversations = $state.raw<readonly Conversation[]>([]);
  #runs = $state.raw<readonly Run[]>([]);

  get datasets(): readonly Dataset[] {
    return this.#datasets;
  }

  get adapters(): readonly Adapter[] {
    return this.#adapters;
  }

  get conversations(): readonly Conversation[] {
    return this.#conversations;
  }

  get runs(): readonly Run[] {
    return this.#runs;
  }

  /** Without an answer the palette still leads to every page. */
  async load(): Promise<void> {
    [this.#datasets, this.#adapters, this.#conversations, this.#runs] = await Promise.all([
      client.datasets.list().catch(() => []),
      client.adapters.list().catch(() => []),
      client.chat.conversations().catch(() => []),
      client.runs.list().catch(() => []),
    ]);
  }
}
