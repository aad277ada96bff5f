import type { Target } from '../../src-contract/adapter.ts';
import type { LabOptions } from '../../src-contract/lab.ts';
import type { ModelFacts } from '../engine/engine.ts';
import { baseKey } from './lab-costs.ts';
import { type Experiment, setName } from './lab-work.ts';
import { sweep } from './sweep.ts';
import type { TrainingCell } from './train-cells.ts';

/**
 * Which matrices, for the same number of trained weights? The budget is that of the query matrix at the requested rank;
 * every other set gets the rank that comes closest. Source: Hu et al. 2021, §7.1, Table 5.
 */
export const table5: Experiment = {
  needsDataset: true,
  uses: [
    ...(['targetSets', 'budgetRank', 'seeds', 'steps', 'batchSize', 'learningRate', 'alpha', 'maxLength'] as const),
    ...(['validationRows', 'metricRows'] as const),
  ],
  keys: (options, model) => [
    ...(options.metricRows > 0 ? [baseKey] : []),
    ...cellsOf(options, model).map(({ key }) => key),
  ],
  run: (work, signal) => sweep(cellsOf(work.options, work.model), work, signal),
};

function cellsOf({ targetSets, budgetRank, seeds }: LabOptions, model: ModelFacts): TrainingCell[] {
  return seeds.flatMap((seed) =>
    targetSets.map((targets): TrainingCell => {
      const rank = rankWithin(budgetRank, targets, model);
      return { key: `${setName(targets)} r${rank} seed ${seed}`, method: 'lora', targets, rank, seed };
    }),
  );
}

/**
 * The rank at which a set of matrices holds as many weights as the query matrix does at `budgetRank`, or closest to it.
 */
function rankWithin(budgetRank: number, targets: readonly Target[], model: ModelFacts): number {
  const perRank = (target: Target) => (model.targets[target] ?? [0, 0]).reduce((sum, size) => sum + size, 0);
  const budget = budgetRank * perRank('q');
  const each = targets.reduce((sum, target) => sum + perRank(target), 0);
  return Math.max(1, Math.round(budget / each));
}
