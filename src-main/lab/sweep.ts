import type { LabCell } from '../../src-contract/lab.ts';
import { answerRows } from './answer-rows.ts';
import { baseKey, trainedShare } from './lab-costs.ts';
import { type LabTelling, type LabWork, setName } from './lab-work.ts';
import { type Trained, type TrainingCell, trainCells, trainingAt } from './train-cells.ts';

/**
 * Trains a grid of adapters on the same rows and measures each: loss on the validation rows and, if rows are to be
 * answered, the task's metric. Each cell is reported as soon as it is measured, the base first.
 */
export async function* sweep(
  cells: readonly TrainingCell[],
  work: LabWork,
  signal: AbortSignal,
): AsyncGenerator<LabTelling> {
  const left = cells.filter(({ key }) => !work.done.has(key));
  if (work.options.metricRows > 0 && !work.done.has(baseKey)) {
    const metric = yield* metricOf(null, baseKey, work, signal);
    if (signal.aborted) return;
    yield { kind: 'cell', cell: { key: baseKey, values: { metric: metric ?? null }, timings: {} } };
  }
  for await (const telling of trainCells(left, work, signal)) {
    if (telling.kind === 'at') {
      yield trainingAt(telling, telling.key, trainedShare(work.options));
      continue;
    }
    const cell = left.find(({ key }) => key === telling.trained.key) as TrainingCell;
    const metric = yield* metricOf(telling.trained.folder, cell.key, work, signal);
    if (signal.aborted) return;
    yield { kind: 'cell', cell: labCell(cell, telling.trained, metric) };
  }
}

async function* metricOf(
  folder: string | null,
  part: string,
  work: LabWork,
  signal: AbortSignal,
): AsyncGenerator<LabTelling, number | undefined> {
  const { data } = work;
  if (data === null || work.options.metricRows === 0) return undefined;
  const before = part === baseKey ? 0 : trainedShare(work.options);
  let mean: number | undefined;
  for await (const answered of answerRows(folder, { ...work, data }, signal)) {
    mean = answered.mean;
    const share = before + (1 - before) * (answered.answered / answered.rows);
    yield { kind: 'at', part, now: part, step: answered.answered, steps: answered.rows, share };
  }
  return mean;
}

function labCell(cell: TrainingCell, trained: Trained, metric: number | undefined): LabCell {
  const { parameters, baseLoss, validationLoss, adapterSha256, steps, precision, trainRows, validationRows } = trained;
  return {
    key: cell.key,
    values: {
      ...{ targets: setName(cell.targets), rank: cell.rank, seed: cell.seed, parameters, steps, precision },
      ...{ baseLoss, validationLoss, metric: metric ?? null, adapterSha256, trainRows, validationRows },
      ...(cell.learningRate === undefined ? {} : { learningRate: cell.learningRate }),
    },
    timings: {
      secondsPerStep: trained.secondsPerStep,
      tokensPerSecond: trained.tokensPerSecond,
      peakRssBytes: trained.peakRssBytes,
    },
  };
}
