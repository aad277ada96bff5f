import type { Adapter, AdapterVerification } from '../../src-contract/adapter.ts';
import type { BaseModel } from '../../src-contract/base-model.ts';
import type { Dataset } from '../../src-contract/dataset.ts';
import type { Evaluation } from '../../src-contract/evaluation.ts';
import type { ListedRun } from '../../src-contract/run.ts';
import { client } from '../client.ts';
import { followChanges } from '../ui/changes.ts';
import { Loaded } from '../ui/loaded.svelte.ts';
import { beingMeasured, type Measured, measured } from '../ui/measured.ts';
import { NamedList } from '../ui/named-list.svelte.ts';

export type Verification =
  | { readonly kind: 'running' }
  | { readonly kind: 'done'; readonly result: AdapterVerification }
  | { readonly kind: 'failed'; readonly error: unknown };

/** All adapters, newest first, with what they were made from. */
export class AdaptersState {
  readonly list = new Loaded(async () => {
    const [adapters, baseModels, datasets, runs, evaluations] = await Promise.all([
      client.adapters.list(),
      client.baseModels.list(),
      client.datasets.list(),
      client.runs.listed(),
      client.evaluations.list(),
    ]);
    const newestFirst = adapters.toSorted((a, b) => b.createdAt - a.createdAt);
    return { adapters: newestFirst, baseModels, datasets, runs, evaluations };
  });
  readonly named = new NamedList(
    () => this.adapters,
    (adapter) => `${adapter.name}\n${this.datasetOf(adapter)?.name ?? ''}`,
  );
  /** The error of a rename or deletion. */
  actionError = $state.raw<unknown>(undefined);
  verifications = $state.raw<Readonly<Record<string, Verification>>>({});

  get adapters(): readonly Adapter[] {
    return this.list.value?.adapters ?? [];
  }

  get baseModels(): readonly BaseModel[] {
    return this.list.value?.baseModels ?? [];
  }

  /** There are rows to train on. */
  get canTrain(): boolean {
    return (this.list.value?.datasets.length ?? 0) > 0;
  }

  follow(signal: AbortSignal): void {
    followChanges(['adapter', 'run', 'dataset', 'base-model', 'evaluation'], () => void this.list.load(), signal);
  }

  find(id: string): Adapter | undefined {
    return this.adapters.find((adapter) => adapter.id === id);
  }

  baseModelOf(adapter: Adapter): BaseModel | undefined {
    return this.baseModels.find((model) => model.id === adapter.baseModelId);
  }

  datasetOf(adapter: Adapter): Dataset | undefined {
    return this.list.value?.datasets.find((dataset) => dataset.id === adapter.datasetId);
  }

  runOf(adapter: Adapter): ListedRun | undefined {
    return this.list.value?.runs.find((run) => run.id === adapter.runId);
  }

  measuredOf(adapter: Adapter): Measured | undefined {
    return measured(adapter, this.list.value?.evaluations ?? []);
  }

  /** The evaluation in progress that includes it. */
  beingMeasuredOf(adapter: Adapter): Evaluation | undefined {
    return beingMeasured(adapter, this.list.value?.evaluations ?? []);
  }

  /** Rehashes the files on disk: real proof that the base is unchanged, not a stored one. */
  async verify(id: string): Promise<void> {
    this.#setVerification(id, { kind: 'running' });
    try {
      this.#setVerification(id, { kind: 'done', result: await client.adapters.verify({ id }) });
    } catch (error) {
      this.#setVerification(id, { kind: 'failed', error });
    }
  }

  async rename(id: string, name: string): Promise<boolean> {
    return await this.#act(() => client.adapters.rename({ id, name }));
  }

  async delete(id: string): Promise<boolean> {
    return await this.#act(() => client.adapters.delete({ id }));
  }

  async restore(id: string): Promise<boolean> {
    return await this.#act(() => client.adapters.restore({ id }));
  }

  async #act(action: () => Promise<unknown>): Promise<boolean> {
    this.actionError = undefined;
    try {
      await action();
      await this.list.load();
      return true;
    } catch (error) {
      this.actionError = error;
      return false;
    }
  }

  #setVerification(id: string, verification: Verification): void {
    this.verifications = { ...this.verifications, [id]: verification };
  }
}
