import type { LabOptions } from '../../src-contract/lab.ts';
import type { ModelFacts } from '../engine/engine.ts';
import type { Experiment } from './lab-work.ts';
import { sweep } from './sweep.ts';
import type { TrainingCell } from './train-cells.ts';

/** Full training moves every weight at once and needs a lower rate; both are tried, and the better one counts. */
const fullRates = [1, 0.1] as const;

/**
 * Does LoRA become full training as the rank rises to the full width? Every matrix of attention and MLP is adapted.
 * Source: Hu et al. 2021, §4.1, "A Generalization of Full Fine-tuning".
 */
export const rankToFull: Experiment = {
  needsDataset: true,
  uses: ['ranks', 'seeds', 'steps', 'batchSize', 'learningRate', 'alpha', 'maxLength', 'validationRows'],
  keys: (options, model) => cellsOf(options, model).map(({ key }) => key),
  run: (work, signal) =>
    sweep(cellsOf(work.options, work.model), { ...work, options: { ...work.options, metricRows: 0 } }, signal),
};

function cellsOf({ ranks, seeds, learningRate }: LabOptions, model: ModelFacts): TrainingCell[] {
  const targets = (['q', 'k', 'v', 'o', 'gate', 'up', 'down'] as const).filter((target) => model.targets[target]);
  const lora = ranks.flatMap((rank) =>
    seeds.map(
      (seed): TrainingCell => ({
        ...{ key: `r${rank} seed ${seed}`, method: 'lora', targets, rank, seed, precision: 'float32' },
      }),
    ),
  );
  const full = fullRates.flatMap((factor) =>
    seeds.map(
      (seed): TrainingCell => ({
        ...{ key: `full rate ×${factor} seed ${seed}`, method: 'full', targets, rank: 0, seed, precision: 'float32' },
        learningRate: learningRate * factor,
      }),
    ),
  );
  return [...lora, ...full];
}
