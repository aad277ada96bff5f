import type { ChangedDataset, RowKinAnswer, Split } from '../../src-contract/dataset.ts';
import { client } from '../client.ts';
import { Loaded } from '../ui/loaded.svelte.ts';

/**
 * An answer on its way into a dataset. A row that already exists is changed rather than added again, and a new row
 * joins the split of the rows on the same text: a question used for measuring, or one on the same passage, must not be
 * trained on.
 */
export class KeptRowState {
  datasetId = $state('');
  context = $state('');
  target = $state('');
  /** The split that the person chose, if it is free. */
  chosen = $state<Split>('train');
  readonly kin = new Loaded<RowKinAnswer>((signal) =>
    client.datasets.kin({ id: this.datasetId, context: this.context }, { signal }),
  );

  /** The fields that a person fills in. */
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

  /** The dataset's row with this context, if any. */
  get same(): RowKinAnswer['same'] {
    return this.kin.value?.same ?? null;
  }

  /** The split that a new row on this text must go to; null if any is allowed. */
  get home(): Split | null {
    return this.kin.value?.split ?? null;
  }

  /** Returns the dataset as it is afterwards. Throws DATASET_CHANGED if its rows have changed. */
  keep(database: string | null): Promise<ChangedDataset> {
    const { datasetId: id, context, target, same, home } = this;
    const { group = null, version } = this.kin.value ?? {};
    if (same) return client.versions.editRow({ id, position: same.position, content: { target }, version });
    const content = { context, target, group, database };
    return client.versions.addRow({ id, content, split: home ?? this.chosen, version });
  }
}
