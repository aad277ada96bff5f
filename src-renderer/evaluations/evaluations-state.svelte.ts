import type { Adapter } from '../../src-contract/adapter.ts';
import type { Dataset } from '../../src-contract/dataset.ts';
import type { Evaluation } from '../../src-contract/evaluation.ts';
import { client } from '../client.ts';
import { followChanges } from '../ui/changes.ts';
import { Loaded } from '../ui/loaded.svelte.ts';
import { NamedList } from '../ui/named-list.svelte.ts';
import { datasetName } from './dataset-name.ts';

/** All evaluations, newest first, with what can be evaluated. */
export class EvaluationsState {
  readonly list = new Loaded(async () => {
    const [evaluations, datasets, adapters] = await Promise.all([
      client.evaluations.list(),
      client.datasets.list(),
      client.adapters.list(),
    ]);
    return { evaluations: evaluations.toSorted((a, b) => b.createdAt - a.createdAt), datasets, adapters };
  });
  readonly named = new NamedList(
    () => this.evaluations,
    (evaluation) =>
      [datasetName(evaluation, this.datasetOf(evaluation)), ...evaluation.results.map(({ adapter }) => adapter)].join(
        '\n',
      ),
  );

  get evaluations(): readonly Evaluation[] {
    return this.list.value?.evaluations ?? [];
  }

  get adapters(): readonly Adapter[] {
    return this.list.value?.adapters ?? [];
  }

  /** There are rows to train on. */
  get canTrain(): boolean {
    return (this.list.value?.datasets.length ?? 0) > 0;
  }

  datasetOf(evaluation: Evaluation): Dataset | undefined {
    return this.list.value?.datasets.find((dataset) => dataset.id === evaluation.datasetId);
  }

  follow(signal: AbortSignal): void {
    followChanges(['evaluation', 'dataset', 'adapter'], () => void this.list.load(), signal);
  }
}
