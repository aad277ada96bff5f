import type { Adapter } from '../../src-contract/adapter.ts';
import type { BaseModel } from '../../src-contract/base-model.ts';
import type { Dataset } from '../../src-contract/dataset.ts';
import type { Evaluation } from '../../src-contract/evaluation.ts';
import { client } from '../client.ts';
import { followChanges } from '../ui/changes.ts';

/** All evaluations, newest first, with what can be evaluated. */
export class EvaluationsState {
  evaluations = $state.raw<readonly Evaluation[]>([]);
  datasets = $state.raw<readonly Dataset[]>([]);
  adapters = $state.raw<readonly Adapter[]>([]);
  baseModels = $state.raw<readonly BaseModel[]>([]);
  loading = $state(true);
  error = $state.raw<unknown>(undefined);

  readonly #leaving = new AbortController();

  constructor() {
    void this.load();
    void followChanges(['evaluation', 'dataset', 'adapter'], () => void this.load(), this.#leaving.signal);
  }

  async load(): Promise<void> {
    try {
      const [evaluations, datasets, adapters, baseModels] = await Promise.all([
        client.evaluations.list(),
        client.datasets.list(),
        client.adapters.list(),
        client.baseModels.list(),
      ]);
      this.evaluations = evaluations.toSorted((a, b) => b.createdAt - a.createdAt);
      this.datasets = datasets;
      this.adapters = adapters;
      this.baseModels = baseModels;
      this.error = undefined;
    } catch (error) {
      if (!this.#leaving.signal.aborted) this.error = error;
    } finally {
      this.loading = false;
    }
  }

  datasetOf(evaluation: Evaluation): Dataset | undefined {
    return this.datasets.find((dataset) => dataset.id === evaluation.datasetId);
  }

  leave(): void {
    this.#leaving.abort();
  }
}
