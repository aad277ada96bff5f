import type { Target } from '../../src-contract/adapter.ts';
import type { LabCell, LabOptions } from '../../src-contract/lab.ts';
import type { Experiment, LabTelling, LabWork } from './lab-work.ts';
import { type Trained, type TrainingCell, trainCells, trainingAt } from './train-cells.ts';

const targets: readonly Target[] = ['q', 'v'];
/** AdamW keeps two moments and the gradient of every trained weight, four bytes each. */
const bytesPerTrained = 12;

/**
 * What is saved compared with training all weights? Trained share, file size, memory and speed while training, and the
 * time of a switch, all measured on this model. LoRA comes first: a process returns memory late, if ever. Source: Hu et
 * al. 2021, §4.2 "Practical Benefits and Limitations".
 */
export const benefits: Experiment = {
  needsDataset: true,
  uses: ['ranks', 'seeds', 'steps', 'batchSize', 'learningRate', 'alpha', 'maxLength', 'validationRows', 'trials'],
  takes: { seeds: 1, ranks: 1 },
  keys: () => ['lora', 'full', 'switch'],
  async *run(work, signal) {
    const cells = cellsOf(work.options);
    let lora: Trained | undefined;
    for await (const telling of trainCells(cells, work, signal)) {
      if (telling.kind === 'at') {
        yield trainingAt(telling, telling.key);
        continue;
      }
      const { trained } = telling;
      if (trained.key === 'lora') lora = trained;
      if (!work.done.has(trained.key)) yield { kind: 'cell', cell: trainingCell(trained, work) };
    }
    if (lora === undefined || signal.aborted || work.done.has('switch')) return;
    yield* switches(lora.folder, work, signal);
  },
};

/** Training all weights needs a lower rate than A and B, whose update starts at zero. */
const fullRate = 0.1;

function cellsOf({ ranks, seeds, learningRate }: LabOptions): TrainingCell[] {
  const [rank = 8] = ranks;
  const [seed = 0] = seeds;
  return [
    { key: 'lora', method: 'lora', targets, rank, seed, precision: 'float32' },
    {
      key: 'full',
      method: 'full',
      targets,
      rank: 0,
      seed,
      learningRate: fullRate * learningRate,
      precision: 'float32',
    },
  ];
}

function trainingCell(trained: Trained, { base, facts }: LabWork): LabCell {
  const isLora = trained.key === 'lora';
  return {
    key: trained.key,
    values: {
      ...{ parameters: trained.parameters, totalParameters: facts.parameters },
      // A fully trained model takes as much space as the base.
      fileBytes: trained.adapterBytes ?? base.sizeBytes,
      stateBytes: trained.parameters * bytesPerTrained,
      ...{ baseLoss: trained.baseLoss, validationLoss: trained.validationLoss },
      ...{ trainRows: trained.trainRows, validationRows: trained.validationRows },
      ...(isLora ? { adapterSha256: trained.adapterSha256 } : {}),
    },
    timings: {
      secondsPerStep: trained.secondsPerStep,
      tokensPerSecond: trained.tokensPerSecond,
      peakRssBytes: trained.peakRssBytes,
    },
  };
}

/** Writes one token with the adapter and without, alternately, and records how long each switch took. */
async function* switches(folder: string, work: LabWork, signal: AbortSignal): AsyncGenerator<LabTelling> {
  const promptIds = await work.text.promptIds('1 2 3');
  const times: number[] = [];
  const { trials } = work.options;
  for (let trial = 0; trial < 2 * trials; trial++) {
    const adapter = trial % 2 === 0 ? { folder, strength: 1 } : null;
    const job = {
      ...{ modelFolder: work.base.path, adapter, promptIds, maxTokens: 1, temperature: 0, topK: 0, topP: 1, seed: 0 },
      stopIds: [],
    };
    for await (const event of work.engine.generate(job, signal)) {
      if (event.kind === 'finished') times.push(event.switchMs);
    }
    if (signal.aborted) return;
    yield { kind: 'at', part: 'switch', now: 'switch', step: trial + 1, steps: 2 * trials };
  }
  // The first use reads the adapter and compiles the graph; the later ones are what a person notices.
  const [first = 0] = times;
  const later = times.slice(2).sort((a, b) => a - b);
  yield {
    kind: 'cell',
    cell: {
      key: 'switch',
      values: { switches: later.length },
      timings: {
        firstMs: first,
        medianMs: later[Math.floor(later.length / 2)] ?? 0,
        p99Ms: later[Math.floor(later.length * 0.99)] ?? 0,
      },
    },
  };
}
