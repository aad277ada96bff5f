import type { Adapter } from '../../src-contract/adapter.ts';
import type { AnsweredTable } from '../../src-contract/answered-table.ts';
import type { BaseModel } from '../../src-contract/base-model.ts';
import type { Conversation } from '../../src-contract/chat.ts';
import type { Dataset } from '../../src-contract/dataset.ts';
import type { Evaluation } from '../../src-contract/evaluation.ts';
import type { LabCard } from '../../src-contract/lab.ts';
import type { ListedRun } from '../../src-contract/run.ts';
import { client } from '../client.ts';
import { locale } from '../i18n/locale.svelte.ts';

/** What the palette can find besides pages and actions; refetched each time it opens. */
export class PaletteState {
  datasets = $state.raw<readonly Dataset[]>([]);
  adapters = $state.raw<readonly Adapter[]>([]);
  conversations = $state.raw<readonly Conversation[]>([]);
  runs = $state.raw<readonly ListedRun[]>([]);
  tables = $state.raw<readonly AnsweredTable[]>([]);
  evaluations = $state.raw<readonly Evaluation[]>([]);
  baseModels = $state.raw<readonly BaseModel[]>([]);
  experiments = $state.raw<readonly LabCard[]>([]);
  /** Settles when the lists that were asked for last are there. */
  #loaded: Promise<void> = Promise.resolve();

  load(): void {
    this.#loaded = this.#load();
  }

  loaded(): Promise<void> {
    return this.#loaded;
  }

  /** Without an answer the palette still leads to every page. */
  async #load(): Promise<void> {
    [this.datasets, this.adapters, this.conversations, this.runs, this.tables, this.evaluations, this.baseModels] =
      await Promise.all([
        client.datasets.list().catch(() => []),
        client.adapters.list().catch(() => []),
        client.chat.conversations().catch(() => []),
        client.runs.listed().catch(() => []),
        client.answeredTables.list().catch(() => []),
        client.evaluations.list().catch(() => []),
        client.baseModels.list().catch(() => []),
      ]);
    const [base] = this.baseModels;
    const [dataset] = this.datasets.toSorted((a, b) => b.createdAt - a.createdAt);
    if (base === undefined) return;
    const question = { baseModelId: base.id, datasetId: dataset?.id ?? null, language: locale.current };
    this.experiments = await client.lab.cards(question).catch(() => []);
  }
}
