import type { Adapter } from '../../src-contract/adapter.ts';
import { type AnswerForm, listedLabels } from '../../src-contract/answer-form.ts';
import type { BaseModel } from '../../src-contract/base-model.ts';
import type { Dataset, Example } from '../../src-contract/dataset.ts';
import { StudioError } from '../../src-contract/errors.ts';
import type { Evaluation, EvaluationEvent, EvaluationInput, EvaluationRow } from '../../src-contract/evaluation.ts';
import { type Because, because } from '../../src-contract/failure-reason.ts';
import { leavesMeasureOpen, type UsualMeasure } from '../../src-contract/text-measure.ts';
import type { AdapterStore } from '../adapters/adapter-store.ts';
import { requireBase } from '../adapters/wrong-base.ts';
import type { BaseModelStore } from '../base-models/base-model-store.ts';
import type { ModelTexts } from '../base-models/model-texts.ts';
import type { RequireUnchanged } from '../base-models/unchanged-base.ts';
import { datasetQueries, queryCheck, type SqlRunner } from '../datasets/databases/attached-database.ts';
import type { DatasetStore } from '../datasets/dataset-store.ts';
import type { TargetForms } from '../datasets/target-forms.ts';
import type { Engine } from '../engine/engine.ts';
import type { Supervisor, Work } from '../jobs/supervisor.ts';
import { judgeOf } from '../tasks/judge.ts';
import { textMeasureOf, usualMeasure } from '../tasks/usual-measure.ts';
import { compareResults } from './compare-results.ts';
import { evaluate, hashOf } from './evaluate.ts';
import type { EvaluationStore } from './evaluation-store.ts';
import { rowsLanguage } from './rows-language.ts';
import { countSeen } from './seen-rows.ts';

export interface EvaluatingParts {
  readonly store: EvaluationStore;
  readonly supervisor: Supervisor<EvaluationEvent>;
  readonly datasets: DatasetStore;
  readonly targetForms: TargetForms;
  readonly baseModels: BaseModelStore;
  readonly adapters: AdapterStore;
  readonly modelTexts: ModelTexts;
  readonly engine: Engine;
  readonly sql: SqlRunner;
  readonly datasetsFolder: string;
  readonly requireUnchanged: RequireUnchanged;
  /** The version of a dataset on whose training rows an adapter was trained, if it is known. */
  readonly trainedOn: (adapter: Adapter) => { readonly datasetId: string; readonly datasetVersion: number } | undefined;
  /** The studio's version. */
  readonly version: string;
}

/**
 * Settles everything that an evaluation depends on and enqueues it; what `alongside` writes is stored with it or not at
 * all. Throws DATASET_NOT_FOUND, BASE_MODEL_NOT_FOUND, ADAPTER_NOT_FOUND, ADAPTER_WRONG_BASE, OPTION_INVALID.
 */
export async function startEvaluation(
  input: EvaluationInput,
  parts: EvaluatingParts,
  alongside?: () => void,
): Promise<Evaluation> {
  const { store } = parts;
  const { dataset, base, adapters } = chosen(input, parts);
  // Reports a fault in the base's files at once.
  await parts.modelTexts.of(base);
  const settled = { ...input, datasetId: dataset.id, baseModelId: base.id, adapterIds: adapters.map(({ id }) => id) };
  if (input.measure !== undefined && !leavesMeasureOpen(dataset.task))
    throw new StudioError('OPTION_INVALID', { option: 'measure', ...because('MEASURE_FIXED') });
  if (input.retryQueries && !(dataset.task === 'nl2sql' && dataset.hasDatabase))
    throw new StudioError('OPTION_INVALID', { option: 'retryQueries', ...because('DATABASE_MISSING') });
  const measure = input.measure ?? usualMeasureOf(dataset, parts).measure;
  // The main metric is the same in every language.
  const { mainMetric } = judgeOf(dataset.task, {
    ...{ language: 'en', runQuery: datasetQueries(dataset, parts), measure, targets: [] },
  });
  const evaluation = store.insert(settled, { task: dataset.task, mainMetric, now: Date.now() }, alongside);
  parts.supervisor.start(evaluation.id, workOf(evaluation.id, parts));
  return evaluation;
}

/** How answers to a dataset are compared if its task leaves that open, and why. */
export function usualMeasureOf(
  { id, version }: Dataset,
  { datasets }: Pick<EvaluatingParts, 'datasets'>,
): UsualMeasure {
  return usualMeasure(datasets.examples(id, undefined, version));
}

/**
 * Resumes a stopped or interrupted evaluation with the first model not fully measured, or begins one that was left
 * waiting. Throws EVALUATION_NOT_FOUND, EVALUATION_NOT_RESUMABLE, and as `startEvaluation` if something that it needs is
 * gone.
 */
export function resumeEvaluation(id: string, parts: EvaluatingParts): Evaluation {
  const { store, supervisor } = parts;
  const { state, provenance, results } = store.get(id);
  const refuse = (why: Because) => new StudioError('EVALUATION_NOT_RESUMABLE', { evaluation: id, ...why });
  if (state === 'running' && !supervisor.isLeft(id)) throw refuse(because('GOES_ON'));
  if (state === 'finished' || state === 'failed') throw refuse(because('HAS_FINISHED'));
  const { dataset, base, adapters } = chosen(store.input(id), parts);
  if (provenance !== null && results.length > 0) {
    if (dataset.sha256 !== provenance.dataset.sha256) throw refuse(because('DATASET_GONE'));
    if (base.sha256 !== provenance.base.sha256) throw refuse(because('BASE_GONE'));
    if (adapters.some(({ sha256 }, place) => sha256 !== provenance.adapters[place]?.sha256))
      throw refuse(because('ADAPTER_CHANGED'));
  }
  supervisor.resume(id, workOf(id, parts), () => store.enqueueAgain(id, Date.now()));
  return store.get(id);
}

/** Takes over the evaluations that an earlier process left queued. */
export function takeUpEvaluations(parts: EvaluatingParts): void {
  const { supervisor } = parts;
  for (const id of supervisor.listLeft('evaluation')) supervisor.takeUp(id, workOf(id, parts));
}

function workOf(id: string, parts: EvaluatingParts): Work<EvaluationEvent> {
  return {
    run: (signal) => measure(id, parts, signal),
    finished: () => ({ kind: 'finished', evaluation: parts.store.get(id) }),
  };
}

async function* measure(id: string, parts: EvaluatingParts, signal: AbortSignal): AsyncGenerator<EvaluationEvent> {
  const { store, datasets, engine } = parts;
  const input = store.input(id);
  const { dataset, base, adapters } = chosen(input, parts);
  await parts.requireUnchanged(base, signal);
  const text = await parts.modelTexts.of(base, dataset.task);
  const { device } = await engine.device();
  const split = datasets.examples(dataset.id, input.split, dataset.version);
  const rows = split.take(input.limit ?? Infinity).toArray();
  const measured = [...store.rows({ id, offset: 0, limit: rows.length })];
  // Training rows are meant to be known.
  const seen = input.split === 'train' ? [] : await seenRows(adapters, { rows, parts, signal });
  const language = input.language ?? rowsLanguage(rows);
  // Settled when it was started.
  const measure = textMeasureOf(store.get(id).mainMetric);
  const form = await formOf(id, { input, measured, parts });
  const targets = [...rows.map(({ target }) => target), ...listedLabels(form)];
  const judge = judgeOf(dataset.task, { language, runQuery: datasetQueries(dataset, parts), measure, targets });
  yield* evaluate(
    { base, adapters, rows, maxTokens: input.maxTokens, form, measured },
    {
      ...{ engine, text, judge },
      canRun: input.retryQueries ? (row) => queryCheck(dataset, row.database, parts) : undefined,
      began: (facts) => {
        // Earlier results were measured from the same facts.
        if (measured.length > 0) return;
        store.setProvenance(id, {
          dataset: { name: dataset.name, version: dataset.version, sha256: dataset.sha256 },
          base: { name: base.name, sha256: base.sha256 },
          adapters: adapters.map(({ name, sha256 }, place) => ({ name, sha256, seen: seen[place] })),
          ...{ ...facts, language, device, studio: parts.version, answersSha256: null },
          ...(input.retryQueries && { retryQueries: true }),
          ...(form && { form }),
        });
      },
      keep: async (result, told) => {
        const comparisons = await compareResults(told, judge.mainMetric);
        const answersSha256 = hashOf(told.map(({ answers }) => answers.map((answer) => answer.text)));
        store.addResult(id, { result, rows: told, comparisons, answersSha256 });
      },
    },
    signal,
  );
}

/** What all answers are held to; those that an earlier process left are not mixed with others. */
function formOf(
  id: string,
  { input, measured, parts }: { input: EvaluationInput; measured: readonly EvaluationRow[]; parts: EvaluatingParts },
): AnswerForm | undefined | Promise<AnswerForm | undefined> {
  if (measured.length > 0) return parts.store.get(id).provenance?.form;
  return input.keepsForm ? parts.targetForms.of(input.datasetId) : undefined;
}

/**
 * For each adapter, how many of the rows were training rows of its dataset, all of which it read if its run was long
 * enough; undefined for none, and where that is not known.
 */
async function seenRows(
  adapters: readonly Adapter[],
  about: { rows: readonly Example[]; parts: EvaluatingParts; signal: AbortSignal },
): Promise<(number | undefined)[]> {
  const { rows, parts, signal } = about;
  const there = new Set(parts.datasets.list().map(({ id }) => id));
  const counts: (number | undefined)[] = [];
  // Adapters that are compared were mostly trained on the same rows.
  const known = new Map<string, number>();
  for (const adapter of adapters) {
    const { datasetId = '', datasetVersion } = parts.trainedOn(adapter) ?? {};
    const key = `${datasetId} ${datasetVersion}`;
    const trained = there.has(datasetId) ? parts.datasets.examples(datasetId, 'train', datasetVersion) : [];
    const count = known.get(key) ?? (await countSeen(rows, trained, signal));
    known.set(key, count);
    counts.push(count || undefined);
  }
  return counts;
}

function chosen(
  input: EvaluationInput,
  parts: EvaluatingParts,
): { dataset: Dataset; base: BaseModel; adapters: Adapter[] } {
  const dataset = parts.datasets.get(input.datasetId);
  const base = parts.baseModels.get(input.baseModelId);
  // One may be given twice, by its name and its id.
  const given = new Map(input.adapterIds.map((key) => parts.adapters.get(key)).map((adapter) => [adapter.id, adapter]));
  const adapters = [...given.values()];
  for (const adapter of adapters) requireBase(adapter, base, parts.baseModels);
  if (dataset.splits[input.split] === 0) {
    const why = because('SPLIT_EMPTY', { dataset: dataset.name, split: input.split });
    throw new StudioError('OPTION_INVALID', { option: 'split', ...why });
  }
  return { dataset, base, adapters };
}
