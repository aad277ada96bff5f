import type { Adapter, AdapterVerification } from '../../src-contract/adapter.ts';
import type { BaseModel } from '../../src-contract/base-model.ts';
import type { Dataset } from '../../src-contract/dataset.ts';
import type { Evaluation } from '../../src-contract/evaluation.ts';
import type { Run } from '../../src-contract/run.ts';
import { client } from '../client.ts';
import { followChanges } from '../ui/changes.ts';
import { type Measured, measured } from '../ui/measured.ts';

export type Verification =
  | { readonly kind: 'running' }
  | { readonly kind: 'done'; readonly result: AdapterVerification }
  | { readonly kind: 'failed'; readonly error: unknown };

/** All adapters, newest first, with what they were made from. */
export class AdaptersState {
  adapters = $state.raw<readonly Adapter[]>([]);
  baseModels = $state.raw<readonly BaseModel[]>([]);
  datasets = $state.raw<readonly Dataset[]>([]);
  runs = $state.raw<readonly Run[]>([]);
  evaluations = $state.raw<readonly Evaluation[]>([]);
  loading = $state(true);
  error = $state.raw<unknown>(undefined);
  /** What renaming or deleting met. */
  actionError = $state.raw<unknown>(undefined);
  verifications = $state.raw<Readonly<Record<string, Verification>>>({});

  readonly #leaving = new AbortController();

  constructor() {
    void this.load();
    void followChanges(
      ['adapter', 'run', 'dataset', 'base-model', 'evaluation'],
      () => void this.load(),
      this.#leaving.signal,
    );
  }

  async load(): Promise<void> {
    try {
      const [adapters, baseModels, datasets, runs, evaluations] = await Promise.all([
        client.adapters.list(),
        client.baseModels.list(),
        client.datasets.list(),
        client.runs.list(),
        client.evaluations.list(),
      ]);
      this.adapters = adapters.toSorted((a, b) => b.createdAt - a.createdAt);
      this.baseModels = baseModels;
      this.datasets = datasets;
      this.runs = runs;
      this.evaluations = evaluations;
      this.error = undefined;
    } catch (error) {
      if (!this.#leaving.signal.aborted) this.error = error;
    } finally {
      this.loading = false;
    }
  }

  find(id: string): Adapter | undefined {
    return this.adapters.find((adapter) => adapter.id === id);
  }

  baseModelOf(adapter: Adapter): BaseModel | undefined {
    return this.baseModels.find((model) => model.id === adapter.baseModelId);
  }

  datasetOf(adapter: Adapter): Dataset | undefined {
    return this.datasets.find((dataset) => dataset.id === adapter.datasetId);
  }

  runOf(adapter: Adapter): Run | undefined {
    return this.runs.find((run) => run.id === adapter.runId);
  }

  measuredOf(adapter: Adapter): Measured | undefined {
    return measured(adapter, this.evaluations);
  }

  /** Hashes the files on disk again: true proof that the base is as it was, not a remembered one. */
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

  leave(): void {
    this.#leaving.abort();
  }

  async #act(action: () => Promise<unknown>): Promise<boolean> {
    this.actionError = undefined;
    try {
      await action();
      await this.load();
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
