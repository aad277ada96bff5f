import type { ChangedDataset, RowKinAnswer, Split } from '../../src-contract/dataset.ts';
import { client } from '../client.ts';
import { Loaded } from '../ui/loaded.svelte.ts';

/**
 * An answer on its way into a dataset. A row that is there already is changed and not added once more, and a new one goes where
 * the rows on its text are: a question that is measured with, or one on the same passage, must not be trained on.
 */
export class KeptRowState {
  datasetId = $state('');
  context = $state('');
  target = $state('');
  /** The split that the person chose, where it is free. */
  chosen = $state<Split>('train');
  readonly kin = new Loaded<RowKinAnswer>((signal) =>
    client.datasets.kin({ id: this.datasetId, context: this.context }, { signal }),
  );

  /** What a person fills in. */
  get typed() {
    const { datasetId, context, target, chosen } = this;
    return { datasetId, context, target, chosen };
  }

  set typed({ datasetId, context, target, chosen }) {
    this.datasetId = datasetId;
    this.context = context;
    this.target = target;
    this.chosen = chosen;
  }

  /** The row with this context that the dataset has. */
  get same(): RowKinAnswer['same'] {
    return this.kin.value?.same ?? null;
  }

  /** The split that a new row on this text must go to; null where all are free. */
  get home(): Split | null {
    return this.kin.value?.split ?? null;
  }

  /** Gives the dataset as it is afterwards. Throws DATASET_CHANGED when its rows are others now. */
  keep(database: string | null): Promise<ChangedDataset> {
    const { datasetId: id, context, target, same, home } = this;
    const { group = null, version } = this.kin.value ?? {};
    if (same) return client.versions.editRow({ id, position: same.position, content: { target }, version });
    const content = { context, target, group, database };
    return client.versions.addRow({ id, content, split: home ?? this.chosen, version });
  }
}
