import { foremostRun } from '../../src-contract/active-job.ts';
import type { Adapter } from '../../src-contract/adapter.ts';
import type { AnsweredTable } from '../../src-contract/answered-table.ts';
import type { BaseModel } from '../../src-contract/base-model.ts';
import type { Conversation } from '../../src-contract/chat.ts';
import type { Dataset } from '../../src-contract/dataset.ts';
import type { Evaluation } from '../../src-contract/evaluation.ts';
import type { ListedRun } from '../../src-contract/run.ts';
import { isFarOff, outcomeOf } from '../../src-contract/verdict.ts';
import { beingMeasured, type Measured, measured } from '../ui/measured.ts';

/** Everything there is, newest first in each list. */
export interface Belongings {
  readonly datasets: readonly Dataset[];
  readonly runs: readonly ListedRun[];
  readonly adapters: readonly Adapter[];
  readonly conversations: readonly Conversation[];
  readonly evaluations: readonly Evaluation[];
  readonly tables: readonly AnsweredTable[];
  readonly baseModels: readonly BaseModel[];
}

/** The one thing to do next, and what to do it with. */
export type NextStep =
  | { readonly kind: 'bring' }
  | { readonly kind: 'watch'; readonly run: ListedRun }
  | { readonly kind: 'resume'; readonly run: ListedRun }
  | { readonly kind: 'train'; readonly dataset: Dataset }
  | { readonly kind: 'chat'; readonly adapter: Adapter }
  | { readonly kind: 'measure'; readonly adapter: Adapter; readonly testRows: number }
  | { readonly kind: 'measuring'; readonly adapter: Adapter; readonly evaluation: Evaluation }
  /** The newest adapter was made with the starter model, and a model for real work is available. */
  | { readonly kind: 'larger'; readonly adapter: Adapter; readonly dataset: Dataset; readonly baseModel: BaseModel }
  /** The rows have changed since they were last trained on. */
  | { readonly kind: 'again'; readonly adapter: Adapter; readonly dataset: Dataset }
  /** The newest adapter is better, and no run has read its rows more than once. */
  | { readonly kind: 'longer'; readonly adapter: Adapter; readonly dataset: Dataset; readonly epochs: number }
  /** The newest adapter is not surely better than its base, or hardly of more use. */
  | { readonly kind: 'improve'; readonly adapter: Adapter; readonly result: Measured }
  /** The newest adapter is better, and has answered no table yet. */
  | { readonly kind: 'answer'; readonly adapter: Adapter }
  | { readonly kind: 'another' };

export function nextStep(has: Belongings): NextStep {
  const running = foremostRun(has.runs);
  if (running !== undefined) return { kind: 'watch', run: running };
  const [newest] = has.runs;
  if (newest?.state === 'interrupted' || newest?.state === 'paused') return { kind: 'resume', run: newest };
  const [dataset] = has.datasets;
  const [adapter] = has.adapters;
  if (adapter === undefined) return dataset === undefined ? { kind: 'bring' } : { kind: 'train', dataset };
  if (!has.conversations.some(({ messages }) => messages > 0)) return { kind: 'chat', adapter };
  // Once its own dataset is gone, or never was here, nothing tells which rows would measure an adapter fairly.
  const unmeasured = has.adapters.find(
    (candidate) => candidate.datasetId !== null && measured(candidate, has.evaluations) === undefined,
  );
  const evaluation = unmeasured && beingMeasured(unmeasured, has.evaluations);
  if (unmeasured !== undefined && evaluation !== undefined)
    return { kind: 'measuring', adapter: unmeasured, evaluation };
  if (unmeasured !== undefined) {
    const testRows = has.datasets.find(({ id }) => id === unmeasured.datasetId)?.splits.test ?? 0;
    return { kind: 'measure', adapter: unmeasured, testRows };
  }
  const untrained = has.datasets.find(({ id }) => !has.adapters.some(({ datasetId }) => datasetId === id));
  if (untrained !== undefined) return { kind: 'train', dataset: untrained };
  const baseModel = has.baseModels.find(({ builtIn }) => !builtIn);
  const isStarter = has.baseModels.some(({ id, builtIn }) => builtIn && id === adapter.baseModelId);
  const own = has.datasets.find(({ id }) => id === adapter.datasetId);
  const isFirst = has.adapters.every(
    ({ datasetId, baseModelId }) => datasetId !== own?.id || baseModelId === adapter.baseModelId,
  );
  if (isStarter && isFirst && baseModel !== undefined && own !== undefined)
    return { kind: 'larger', adapter, dataset: own, baseModel };
  const ofRows = has.runs.filter(({ datasetId }) => datasetId === own?.id);
  const haveChanged = ofRows.length > 0 && ofRows.every(({ datasetSha256 }) => datasetSha256 !== own?.sha256);
  if (haveChanged && own !== undefined) return { kind: 'again', adapter, dataset: own };
  const result = measured(adapter, has.evaluations);
  const isBetter = result?.comparison === undefined || outcomeOf(result.comparison).startsWith('better');
  if (result !== undefined && (!isBetter || isFarOff(result.metric, result.adapter)))
    return { kind: 'improve', adapter, result };
  const areShort = ofRows.length > 0 && ofRows.every(({ options }) => options.epochs <= 1);
  if (areShort && own !== undefined) return { kind: 'longer', adapter, dataset: own, epochs: longerEpochs };
  const hasAnswered = has.tables.some(({ adapterId }) => adapterId === adapter.id);
  return hasAnswered ? { kind: 'another' } : { kind: 'answer', adapter };
}

/** As many as the balanced preset, which may stop before it has made them if there are many rows. */
const longerEpochs = 3;
