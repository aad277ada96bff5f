import type { Target } from '../../src-contract/adapter.ts';
import type { LabOptions } from '../../src-contract/lab.ts';
import { trainedCell } from './figures.ts';
import type { Experiment, LabTelling, LabWork } from './lab-work.ts';
import { type TrainingCell, trainCells, trainingAt } from './train-cells.ts';

const targets: readonly Target[] = ['q', 'v'];

/**
 * What does the adapter amplify? ΔW compared with W in every adapted matrix, of an adapter of the studio or of two
 * ranks trained for the purpose. Source: Hu et al. 2021, §7.3, Table 7.
 */
export const table7: Experiment = {
  needsDataset: false,
  uses: [
    ...(['adapterId', 'ranks', 'seeds', 'steps', 'batchSize', 'learningRate', 'alpha', 'maxLength'] as const),
    'validationRows',
  ],
  takes: { seeds: 1 },
  keys: (options, model, adapter) =>
    adapter === null
      ? cellsOf(options).flatMap(({ key, rank }) => [`trained ${key}`, ...rowKeys(rank, targets, model.layers)])
      : rowKeys(adapter.rank, adapter.targets, model.layers),
  async *run(work, signal) {
    if (work.adapter !== null) {
      yield* rowsOf(work.adapter.path, work, signal);
      return;
    }
    const cells = cellsOf(work.options);
    for await (const telling of trainCells(cells, work, signal)) {
      if (telling.kind === 'at') {
        yield trainingAt(telling, `trained ${telling.key}`);
        continue;
      }
      const cell = cells.find(({ key }) => key === telling.trained.key) as TrainingCell;
      if (!work.done.has(`trained ${cell.key}`)) yield { kind: 'cell', cell: trainedCell(cell, telling.trained) };
      yield* rowsOf(telling.trained.folder, work, signal);
    }
  },
};

async function* rowsOf(adapterFolder: string, work: LabWork, signal: AbortSignal): AsyncGenerator<LabTelling> {
  const [seed = 0] = work.options.seeds;
  const job = {
    kind: 'amplification',
    modelFolder: work.base.path,
    adapterFolder,
    targets: null,
    layers: null,
    seed,
  } as const;
  let total = 0;
  let done = 0;
  for await (const event of work.engine.analyse(job, signal)) {
    if (event.kind === 'started') total = event.total;
    if (event.kind !== 'amplification') continue;
    const { kind: _, target, layer, rank, ...numbers } = event;
    const key = rowKey(rank, target, layer);
    if (!work.done.has(key))
      yield { kind: 'cell', cell: { key, values: { target, layer, rank, ...numbers }, timings: {} } };
    yield { kind: 'at', part: key, now: key, step: ++done, steps: total };
  }
}

function cellsOf({ ranks, seeds }: LabOptions): TrainingCell[] {
  return ranks.map((rank) => {
    const [seed = 0] = seeds;
    return { key: `r${rank} seed ${seed}`, method: 'lora', targets, rank, seed };
  });
}

function rowKey(rank: number, target: Target, layer: number): string {
  return `r${rank} ${target} layer ${layer}`;
}

function rowKeys(rank: number, adapted: readonly Target[], layers: number): string[] {
  return Array.from({ length: layers }, (_, layer) => adapted.map((target) => rowKey(rank, target, layer))).flat();
}
