import type { Target } from '../../src-contract/adapter.ts';
import type { LabCard, LabCell, LabOptions } from '../../src-contract/lab.ts';
import type { AnalyseJob, AnalysisEvent, ModelFacts } from '../engine/engine.ts';
import type { Experiment, LabTelling, LabWork } from './lab-work.ts';
import { type Trained, type TrainingCell, trainCells, trainingAt } from './train-cells.ts';

const targets: readonly Target[] = ['q', 'v'];
/** What each pair of matrices is compared by: the paper's A, the input directions of the update (B · A), and chance. */
const comparisons = ['A', 'BA', 'random'] as const;

/** Do a low and a high rank find the same directions? Source: Hu et al. 2021, §7.2, Figure 3. */
export const fig3: Experiment = figure({ seeds: 2, ranks: 2 }, (options) => {
  const [low = 8, high = 64] = options.ranks;
  // Two seeds: with one, the low rank's A would start as the first rows of the high rank's, and resemble it untrained.
  const [seed = 0, other = seed + 1] = options.seeds;
  return [loraCell(low, seed), loraCell(high, other)];
});

/** Do two seeds find the same directions? Source: Hu et al. 2021, §7.2, Figure 4. */
export const fig4: Experiment = figure({ seeds: 2, ranks: 1 }, (options) => {
  const rank = options.ranks[0] ?? 64;
  const [seed = 0, other = seed + 1] = options.seeds;
  return [loraCell(rank, seed), loraCell(rank, other)];
});

function loraCell(rank: number, seed: number): TrainingCell {
  return { key: `r${rank} seed ${seed}`, method: 'lora', targets, rank, seed };
}

function figure(
  takes: LabCard['takes'],
  pairOf: (options: LabOptions) => readonly [TrainingCell, TrainingCell],
): Experiment {
  return {
    takes,
    needsDataset: true,
    uses: ['ranks', 'seeds', 'steps', 'batchSize', 'learningRate', 'alpha', 'maxLength', 'validationRows'],
    keys: (options, model) => [...pairOf(options).map(({ key }) => `trained ${key}`), ...mapKeys(model)],
    run: (work, signal) => compare(pairOf(work.options), work, signal),
  };
}

async function* compare(
  pair: readonly [TrainingCell, TrainingCell],
  work: LabWork,
  signal: AbortSignal,
): AsyncGenerator<LabTelling> {
  const trained = new Map<string, Trained>();
  for await (const telling of trainCells(pair, work, signal)) {
    if (telling.kind === 'at') {
      yield trainingAt(telling, `trained ${telling.key}`);
      continue;
    }
    // Cells trained before come first, whichever of the two they are.
    trained.set(telling.trained.key, telling.trained);
    const cell = pair.find(({ key }) => key === telling.trained.key) as TrainingCell;
    if (!work.done.has(`trained ${cell.key}`)) yield { kind: 'cell', cell: trainedCell(cell, telling.trained) };
  }
  const [first, second] = pair.map(({ key }) => trained.get(key));
  if (signal.aborted || first === undefined || second === undefined) return;
  const job: AnalyseJob = {
    ...{ modelFolder: work.base.path, targets, layers: null, seed: pair[0].seed },
    ...{ kind: 'similarity', firstFolder: first.folder, secondFolder: second.folder },
  };
  for await (const event of work.engine.analyse(job, signal)) {
    if (event.kind !== 'similarity') continue;
    for (const cell of mapsOf(event)) if (!work.done.has(cell.key)) yield { kind: 'cell', cell };
  }
}

function mapsOf(event: Extract<AnalysisEvent, { kind: 'similarity' }>): LabCell[] {
  const { target, layer, width } = event;
  const maps = { A: event.similarity, BA: event.effect, random: event.random };
  return comparisons.map((of) => ({
    key: mapKey(target, layer, of),
    values: { target, layer, of, width, ...summary(maps[of]) },
    timings: {},
    // Seven digits are more than the weights hold, and take a third of the space.
    map: maps[of].map((row) => row.map((value) => Math.round(value * 1e7) / 1e7)),
  }));
}

/** The numbers that summarise a map: of the first directions, of four and four, and of all. */
function summary(map: readonly (readonly number[])[]) {
  const [rows, columns] = [map.length, map[0]?.length ?? 0];
  const at = (i: number, j: number) => map[Math.min(i, rows) - 1]?.[Math.min(j, columns) - 1] ?? null;
  return { rows, columns, first: at(1, 1), fourth: at(4, 4), all: at(rows, columns) };
}

function mapKeys({ layers }: ModelFacts): string[] {
  return Array.from({ length: layers }, (_, layer) =>
    targets.flatMap((target) => comparisons.map((of) => mapKey(target, layer, of))),
  ).flat();
}

function mapKey(target: Target, layer: number, of: string): string {
  return `${target} layer ${layer} ${of}`;
}

export function trainedCell(cell: TrainingCell, trained: Trained): LabCell {
  const { parameters, baseLoss, validationLoss, adapterSha256, steps, trainRows, validationRows } = trained;
  return {
    key: `trained ${cell.key}`,
    values: {
      ...{ rank: cell.rank, seed: cell.seed, parameters, steps, baseLoss, validationLoss, adapterSha256 },
      ...{ trainRows, validationRows },
    },
    timings: { secondsPerStep: trained.secondsPerStep, tokensPerSecond: trained.tokensPerSecond },
  };
}
