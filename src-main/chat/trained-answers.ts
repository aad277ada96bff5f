import type { Adapter } from '../../src-contract/adapter.ts';
import { keptPromise } from '../async/kept-promise.ts';
import type { BaseText } from '../base-models/base-text.ts';
import type { DatasetStore } from '../datasets/dataset-store.ts';

/** More hardly make better guesses. */
const mostAnswers = 50;
/** In letters; of longer ones little is guessed right. */
const longestAnswer = 500;
/** Of so many rows at most, the first of the dataset. */
const mostRows = 500;

type Answers = readonly (readonly number[])[];

/**
 * Some answers that adapters were trained to give, in the ids of their base, from which their first answers are guessed
 * (decision 0018). They come from the dataset, as long as it is there, and are not stored with an adapter: a shared one
 * does not give them away.
 */
export class TrainedAnswers {
  readonly #datasets: Pick<DatasetStore, 'examples'>;
  readonly #known = new Map<string, Promise<Answers>>();

  constructor(datasets: Pick<DatasetStore, 'examples'>) {
    this.#datasets = datasets;
  }

  async of(adapter: Pick<Adapter, 'id' | 'datasetId'> | null, text: BaseText): Promise<Answers> {
    const { id, datasetId } = adapter ?? {};
    if (id === undefined || !datasetId) return [];
    try {
      return await keptPromise(this.#known, id, () => this.#read(datasetId, text));
    } catch {
      // The dataset was deleted or is damaged, which matters where it is needed: an answer is merely slower.
      return [];
    }
  }

  async #read(datasetId: string, text: BaseText): Promise<Answers> {
    const answers = this.#datasets
      .examples(datasetId)
      .take(mostRows)
      .filter(({ split, target }) => split === 'train' && target.length <= longestAnswer)
      .take(mostAnswers)
      .map(({ target }) => text.targetIds(target));
    return Promise.all(answers);
  }
}
