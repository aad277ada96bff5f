import { type Dataset, type Split, splitSchema } from '../../src-contract/dataset.ts';
import type { Evaluation } from '../../src-contract/evaluation.ts';
import { type TextMeasure, textMeasureSchema } from '../../src-contract/text-measure.ts';
import { paths } from '../paths.ts';

/** What an earlier evaluation measured, and how: all that it takes to offer the same again. */
export interface EvaluationConditions {
  readonly datasetId: string;
  readonly baseModelId: string;
  readonly adapterIds: readonly string[];
  readonly split: Split;
  /** `all`: however many the split has by now; undefined if it had not got as far as to know. */
  readonly rows: number | 'all' | undefined;
  /** Where the task leaves it open. */
  readonly measure: TextMeasure | undefined;
  readonly keepsForm: boolean;
  readonly retriesQueries: boolean;
}

/** The link that offers an evaluation again under the same conditions. */
export function againLink(evaluation: Evaluation, dataset: Dataset | undefined): string {
  const { datasetId, baseModelId, adapterIds, split, mainMetric, provenance } = evaluation;
  const n = evaluation.results[0]?.n;
  return paths.newEvaluation({
    ...{ dataset: datasetId, baseModel: baseModelId, adapters: adapterIds.join(), split },
    ...(n !== undefined && { rows: n === dataset?.splits[split] ? 'all' : `${n}` }),
    ...(textMeasureSchema.safeParse(mainMetric).success && { measure: mainMetric }),
    // Also where the targets had no form, or none was known of yet: then nothing was held to one.
    ...(provenance !== null && provenance.form === undefined && { form: 'free' }),
    ...(provenance?.retryQueries && { retry: 'yes' }),
  });
}

/** The conditions in the query of such a link; undefined if it is another link to the form. */
export function conditionsOf(params: Readonly<Record<string, string>>): EvaluationConditions | undefined {
  const { dataset: datasetId, baseModel: baseModelId, adapters, rows, form, retry } = params;
  const split = splitSchema.safeParse(params.split).data;
  if (datasetId === undefined || baseModelId === undefined || adapters === undefined || split === undefined) {
    return undefined;
  }
  return {
    ...{ datasetId, baseModelId, split },
    adapterIds: adapters.split(',').filter((id) => id !== ''),
    rows: rows === 'all' ? rows : rows !== undefined && /^[1-9]\d*$/.test(rows) ? Number(rows) : undefined,
    measure: textMeasureSchema.safeParse(params.measure).data,
    ...{ keepsForm: form !== 'free', retriesQueries: retry === 'yes' },
  };
}
