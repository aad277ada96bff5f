import { keptPromise } from '../async/kept-promise.ts';
import { RowSchemas } from './databases/row-schemas.ts';
import type { DatasetStore } from './dataset-store.ts';
import { TimeSlices } from './time-slices.ts';

/** The schemas of datasets of questions and queries: from all rows, whatever their split. */
export class KnownSchemas {
  readonly #datasets: Pick<DatasetStore, 'get' | 'examples'>;
  readonly #known = new Map<string, Promise<RowSchemas>>();

  constructor(datasets: Pick<DatasetStore, 'get' | 'examples'>) {
    this.#datasets = datasets;
  }

  /** Of the newest version; of another task there are none. Throws DATASET_NOT_FOUND. */
  async of(datasetId: string): Promise<RowSchemas> {
    const { id, task, version } = this.#datasets.get(datasetId);
    if (task !== 'nl2sql') return new RowSchemas();
    return keptPromise(this.#known, `${id} ${version}`, () => this.#read(id, version));
  }

  async #read(id: string, version: number): Promise<RowSchemas> {
    const schemas = new RowSchemas();
    const slices = new TimeSlices();
    for (const example of this.#datasets.examples(id, undefined, version)) {
      schemas.add(example);
      if (slices.isOver) await slices.rest();
    }
    return schemas;
  }
}
