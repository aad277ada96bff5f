import type { Dataset } from '../../src-contract/dataset.ts';
import type { Evaluation } from '../../src-contract/evaluation.ts';
import { t } from '../i18n/text.ts';

/** What the dataset of an evaluation is called; where it has been deleted, what it was called then, if that is known. */
export function datasetName({ provenance }: Evaluation, dataset: Dataset | undefined): string {
  return dataset?.name ?? provenance?.dataset.name ?? t('evaluations.gone');
}
