import { rm } from 'node:fs/promises';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import type { Adapter } from '../../src-contract/adapter.ts';
import type { Dataset } from '../../src-contract/dataset.ts';
import { StudioError } from '../../src-contract/errors.ts';
import { type Because, because } from '../../src-contract/failure-reason.ts';
import type { LabCell, LabEvent, LabExperiment, LabFacts, LabOptions, StartLabInput } from '../../src-contract/lab.ts';
import type { AdapterStore } from '../adapters/adapter-store.ts';
import { requireBase } from '../adapters/wrong-base.ts';
import type { BaseModelStore } from '../base-models/base-model-store.ts';
import type { ModelTexts } from '../base-models/model-texts.ts';
import type { RequireUnchanged } from '../base-models/unchanged-base.ts';
import { datasetQueries, type SqlRunner } from '../datasets/databases/attached-database.ts';
import type { DatasetStore } from '../datasets/dataset-store.ts';
import type { Engine } from '../engine/engine.ts';
import type { Supervisor, Work } from '../jobs/supervisor.ts';
import { type Judge, judgeOf } from '../tasks/judge.ts';
import { answerLanguageOf } from '../tasks/metrics/answer-language.ts';
import { firstTargets, textMeasureOf, usualMeasure } from '../tasks/usual-measure.ts';
import { answeredSplit } from './answer-rows.ts';
import { agreement, conduct } from './conduct.ts';
import { comparesLosses, experiments } from './experiments.ts';
import type { LabStore } from './lab-store.ts';
import { lossSplit } from './lab-tokens.ts';
import type { Experiment, LabData, LabWork } from './lab-work.ts';
import { propose } from './propose.ts';

export interface LabParts {
  readonly store: LabStore;
  readonly supervisor: Supervisor<LabEvent>;
  readonly datasets: DatasetStore;
  readonly baseModels: BaseModelStore;
  readonly adapters: AdapterStore;
  readonly modelTexts: ModelTexts;
  readonly engine: Engine;
  readonly sql: SqlRunner;
  readonly datasetsFolder: string;
  readonly labFolder: string;
  readonly requireUnchanged: RequireUnchanged;
  readonly version: string;
  readonly now: () => number;
  /** Called when a part of the running experiment has been stored. */
  readonly partKept: () => void;
}

/**
 * Settles everything that an experiment depends on and enqueues it. Throws BASE_MODEL_NOT_FOUND, DATASET_NOT_FOUND,
 * ADAPTER_NOT_FOUND, ADAPTER_WRONG_BASE, EXPERIMENT_NOT_FOUND, OPTION_INVALID.
 */
export async function startLab(input: StartLabInput, parts: LabParts): Promise<LabExperiment> {
  const earlier = input.repeatOf === undefined ? undefined : parts.store.get(input.repeatOf);
  const kind = earlier?.kind ?? input.kind;
  const experiment = experiments[kind];
  const base = parts.baseModels.get(earlier?.baseModelId ?? input.baseModelId);
  const model = await parts.engine.inspect(base.path);
  const given = usedOf(input.options ?? {}, experiment.uses);
  if (earlier === undefined) requireTaken(given, experiment);
  const options: LabOptions = earlier?.options ?? { ...propose(kind, model), ...given };
  const adapter = options.adapterId === null ? null : parts.adapters.get(options.adapterId);
  if (adapter !== null) requireBase(adapter, base, parts.baseModels);
  const needsRows = experiment.needsDataset || (kind === 'table7' && adapter === null);
  const datasetId = earlier === undefined ? input.datasetId : (earlier.datasetId ?? undefined);
  if (needsRows && datasetId === undefined) throw invalid('dataset', because('ROWS_NEEDED'));
  const dataset = needsRows && datasetId !== undefined ? parts.datasets.get(datasetId) : null;
  if (dataset?.splits.train === 0) throw new StudioError('DATASET_TOO_SMALL', { dataset: dataset.name, rows: 0 });
  if (dataset !== null && comparesLosses.has(kind) && lossSplit(dataset.splits) === 'train')
    throw invalid('dataset', because('SPLIT_EMPTY', { dataset: dataset.name, split: 'validation' }));
  if (options.maxLength > base.contextLength)
    throw invalid('maxLength', because('LENGTH_BEYOND_BASE', { base: base.name, tokens: base.contextLength }));
  const foreign = options.targetSets.flat().find((target) => model.targets[target] === undefined);
  if (foreign !== undefined) throw invalid('targets', because('MATRIX_MISSING', { base: base.name, matrix: foreign }));

  const settled = {
    ...options,
    ...(dataset !== null && rowsOf(options, dataset)),
    adapterId: adapter?.id ?? null,
  };
  const { device } = await parts.engine.device();
  const text = await parts.modelTexts.of(base, dataset?.task);
  const judge = dataset === null ? null : judgeFor(dataset, parts);
  const facts: LabFacts = {
    ...{ baseModel: base.name, baseSha256: base.sha256, parameters: base.parameters, layers: base.layers },
    hidden: base.hidden,
    ...{ dataset: dataset?.name ?? null, datasetSha256: dataset?.sha256 ?? null, task: dataset?.task ?? null },
    ...(adapter !== null && { adapter: adapterFacts(adapter) }),
    ...(dataset !== null && { splits: dataset.splits }),
    metric: judge !== null && settled.metricRows > 0 ? judge.mainMetric : null,
    chatTemplate: text.template !== undefined,
    machine: {
      device,
      processor: cpus()[0]?.model.trim() ?? '',
      cores: availableParallelism(),
      memoryBytes: totalmem(),
      platform: `${process.platform} ${process.arch}`,
      node: process.version,
      studio: parts.version,
    },
  };
  const stored = parts.store.insert(
    {
      ...{ kind, baseModelId: base.id, datasetId: dataset?.id ?? null, options: settled, facts },
      ...{ repeatOf: earlier?.id ?? null, total: experiment.keys(settled, model, adapter).length },
    },
    parts.now(),
  );
  parts.supervisor.start(stored.id, detached(stored, parts));
  return parts.store.get(stored.id);
}

/** What it learned by its own run's measure, where it has one. */
function adapterFacts({ name, sha256, baseValidationLoss, bestValidationLoss }: Adapter): LabFacts['adapter'] {
  return { name, sha256, baseLoss: baseValidationLoss, loss: bestValidationLoss };
}

/** Takes over the experiments that an earlier process left queued. */
export function takeUpLab(parts: LabParts): void {
  const { store, supervisor } = parts;
  for (const id of supervisor.listLeft('lab')) supervisor.takeUp(id, detached(store.get(id), parts));
}

/** Resumes an ended experiment. Throws EXPERIMENT_NOT_FOUND, EXPERIMENT_NOT_RESUMABLE, ADAPTER_NOT_FOUND. */
export function resumeLab(id: string, parts: LabParts): LabExperiment {
  const experiment = parts.store.get(id);
  const refuse = (why: Because) => new StudioError('EXPERIMENT_NOT_RESUMABLE', { experiment: id, ...why });
  if (experiment.state === 'running' || (experiment.state === 'queued' && !parts.supervisor.isLeft(id))) {
    throw refuse(because('GOES_ON'));
  }
  if (experiment.state === 'finished') throw refuse(because('HAS_FINISHED'));
  const base = parts.baseModels.list().find((model) => model.id === experiment.baseModelId);
  if (base?.sha256 !== experiment.facts.baseSha256) throw refuse(because('BASE_GONE'));
  if (experiment.datasetId !== null) {
    const dataset = parts.datasets.list().find((each) => each.id === experiment.datasetId);
    if (dataset?.sha256 !== experiment.facts.datasetSha256) throw refuse(because('DATASET_GONE'));
  }
  adapterOf(experiment, parts);
  parts.supervisor.resume(id, detached(experiment, parts), () => parts.store.enqueueAgain(id, parts.now()));
  return parts.store.get(id);
}

function detached({ id, kind }: LabExperiment, parts: LabParts): Work<LabEvent> {
  const { store } = parts;
  const experiment = experiments[kind];
  return {
    async *run(signal) {
      const begun = performance.now();
      try {
        const work = await workOf(store.get(id), parts);
        await parts.requireUnchanged(work.base, signal);
        const keys = experiment.keys(work.options, work.model, work.adapter);
        const keep = (cell: LabCell) => {
          store.addCell(id, cell);
          parts.partKept();
        };
        yield* conduct(experiment, { work, keys, keep }, signal);
        // A finished experiment does not resume. If the folder cannot be removed now, the next start does it.
        if (!signal.aborted) await rm(work.folder, { recursive: true, force: true }).catch(() => undefined);
      } finally {
        store.addSeconds(id, (performance.now() - begun) / 1000);
        compareWithEarlier(id, store);
      }
    },
    finished: () => ({ kind: 'finished', experiment: store.get(id) }),
  };
}

function compareWithEarlier(id: string, store: LabStore): void {
  const { repeat } = store.get(id);
  if (repeat === null || !store.listIds().includes(repeat.of)) return;
  const whole = (each: string) => [...store.get(each).cells, ...store.maps(each)];
  store.setRepeat(id, agreement(whole(id), whole(repeat.of)));
}

async function workOf(experiment: LabExperiment, parts: LabParts): Promise<LabWork> {
  const { id, kind, options, facts, cells, repeat } = experiment;
  const base = parts.baseModels.get(experiment.baseModelId);
  return {
    ...{ id, kind, options, facts, base, engine: parts.engine, fresh: repeat !== null },
    model: await parts.engine.inspect(base.path),
    text: await parts.modelTexts.of(base, experiment.facts.task ?? undefined),
    data: experiment.datasetId === null ? null : dataOf(experiment, parts),
    folder: join(parts.labFolder, id),
    cellsFolder: join(parts.labFolder, 'cells'),
    done: new Map(cells.map((cell) => [cell.key, cell])),
    adapter: adapterOf(experiment, parts),
  };
}

/** The adapter that is examined, as it was when the experiment was started: its parts are all of the same. */
function adapterOf({ id, options, facts }: LabExperiment, { adapters }: LabParts): Adapter | null {
  if (options.adapterId === null) return null;
  const adapter = adapters.get(options.adapterId);
  if (facts.adapter !== undefined && facts.adapter.sha256 !== adapter.sha256)
    throw new StudioError('EXPERIMENT_NOT_RESUMABLE', { experiment: id, ...because('ADAPTER_CHANGED') });
  return adapter;
}

/** `metric`, which an experiment under way was started with, rather than what its rows suggest by now. */
function judgeFor(dataset: Dataset, parts: LabParts, metric?: string | null): Judge {
  const rows = () => parts.datasets.examples(dataset.id, undefined, dataset.version);
  const sample = rows().take(50);
  const language = answerLanguageOf(sample.flatMap(({ context, target }) => [context, target]).toArray());
  const measure = metric ? textMeasureOf(metric) : usualMeasure(rows()).measure;
  const targets = firstTargets(rows());
  return judgeOf(dataset.task, { language, runQuery: datasetQueries(dataset, parts), measure, targets });
}

/** The rows as they were when the experiment was started: it may have waited, and runs for long. */
function dataOf({ id, datasetId, facts }: LabExperiment, parts: LabParts): LabData {
  const known = parts.datasets.get(datasetId ?? '');
  const stored = () => parts.datasets.rows(known.id);
  const pinned = stored().versionOf(facts.datasetSha256 ?? '');
  if (pinned === undefined)
    throw new StudioError('EXPERIMENT_NOT_RESUMABLE', { experiment: id, ...because('DATASET_GONE') });
  const { version, splits } = pinned;
  const dataset = { ...known, version, splits };
  return {
    dataset,
    judge: judgeFor(dataset, parts, facts.metric),
    rows(split, count, flock = 1) {
      const there = Math.ceil(splits[split] / flock);
      const wanted = Math.min(Math.ceil(count / flock), there);
      let place = 0;
      // Flock p is taken where ⌊p · wanted ÷ there⌋ rises: exactly `wanted` of them, spread over the split.
      const isTaken = () => {
        const p = Math.floor(place++ / flock);
        return Math.floor(((p + 1) * wanted) / there) > Math.floor((p * wanted) / there);
      };
      const rows = [];
      for (const { numbers } of stored().numbersOf(version, split)) {
        rows.push(...stored().byNumbers(version, numbers.filter(isTaken)));
      }
      return rows.slice(0, count);
    },
  };
}

/** What is given of the options that an experiment uses: a result must not name any other. */
function usedOf(given: Partial<LabOptions>, uses: Experiment['uses']): Partial<LabOptions> {
  return Object.fromEntries(uses.flatMap((name) => (given[name] === undefined ? [] : [[name, given[name]]])));
}

/** What a list has too many of would be left out, and an experiment that is short of one would compare it with itself. */
function requireTaken(given: Partial<LabOptions>, { takes = {} }: Experiment): void {
  for (const option of ['seeds', 'ranks'] as const) {
    const [most, count] = [takes[option], given[option]?.length];
    if (most === undefined || count === undefined || count === most) continue;
    throw invalid(option, because('LIST_LENGTH', { takes: most, count }));
  }
}

/** As many rows as the dataset has: a result must not name more than it measured. */
function rowsOf({ validationRows, metricRows }: LabOptions, { splits }: Dataset) {
  return {
    validationRows: Math.min(validationRows, splits[lossSplit(splits)]),
    metricRows: Math.min(metricRows, splits[answeredSplit(splits)]),
  };
}

function invalid(option: string, why: Because): StudioError {
  return new StudioError('OPTION_INVALID', { option, ...why });
}
