import type { Adapter } from '../../src-contract/adapter.ts';
import type { AnswerForm } from '../../src-contract/answer-form.ts';
import { readOrigin } from './adapter-files.ts';

/**
 * The forms of the targets that adapters were trained on, as their folders say: they stay when the rows are edited or
 * deleted, and come along with an adapter. Of those from earlier versions, as their datasets have them now.
 */
export class AdapterForms {
  readonly #ofDataset: (datasetId: string) => Promise<AnswerForm | undefined>;

  constructor(ofDataset: (datasetId: string) => Promise<AnswerForm | undefined>) {
    this.#ofDataset = ofDataset;
  }

  /** Undefined where answers are written freely, as a mix's are: what that should write nobody has said. */
  async of({ path, datasetId }: Pick<Adapter, 'path' | 'datasetId'>): Promise<AnswerForm | undefined> {
    try {
      const { form } = (await readOrigin(path)) ?? {};
      if (form !== undefined) return form ?? undefined;
      return datasetId === null ? undefined : await this.#ofDataset(datasetId);
    } catch {
      // Its files or its dataset are gone or damaged, which is told where they are needed.
      return undefined;
    }
  }
}
