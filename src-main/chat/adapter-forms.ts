import type { AnswerForm } from '../../src-contract/answer-form.ts';
import type { TargetForms } from '../datasets/target-forms.ts';
import type { Answerer } from './answerer.ts';

/** The forms of the targets that adapters were trained on, for as long as their datasets are there. */
export class AdapterForms {
  readonly #targets: Pick<TargetForms, 'of'>;

  constructor(targets: Pick<TargetForms, 'of'>) {
    this.#targets = targets;
  }

  /** Undefined for the base and for a mix: what a mix should write nobody has said. */
  async of({ adapter, mix }: Pick<Answerer, 'adapter' | 'mix'>): Promise<AnswerForm | undefined> {
    if (!adapter?.datasetId || mix.length > 0) return undefined;
    try {
      return await this.#targets.of(adapter.datasetId);
    } catch {
      // The dataset was deleted or is damaged.
      return undefined;
    }
  }
}
