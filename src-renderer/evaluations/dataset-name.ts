import type { Dataset } from '../../src-contract/dataset.ts';
import type { Evaluation } from '../../src-contract/evaluation.ts';
import { t } from '../i18n/text.ts';

/** The name of an evaluation's dataset; if deleted, its name at the time, if known. */
export function datasetName({ provenance }: Evaluation, dataset: Dataset | undefined): string {
  return dataset?.name ?? provenance?.dataset.name ?? t('evaluations.gone');
}
