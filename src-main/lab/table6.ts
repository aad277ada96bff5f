import type { LabOptions } from '../../src-contract/lab.ts';
import { baseKey } from './lab-costs.ts';
import { type Experiment, setName } from './lab-work.ts';
import { sweep } from './sweep.ts';
import type { TrainingCell } from './train-cells.ts';

/** Which rank? Every set of matrices at every rank, with each seed. Source: Hu et al. 2021, §7.2, Table 6. */
export const table6: Experiment = {
  needsDataset: true,
  uses: [
    ...(['targetSets', 'ranks', 'seeds', 'steps', 'batchSize', 'learningRate', 'alpha', 'maxLength'] as const),
    ...(['validationRows', 'metricRows'] as const),
  ],
  keys: (options) => [...(options.metricRows > 0 ? [baseKey] : []), ...cellsOf(options).map(({ key }) => key)],
  run: (work, signal) => sweep(cellsOf(work.options), work, signal),
};

/**
 * Seed by seed, so that a full table is there early and the spread follows; neighbours have the same rank, since ranks
 * that share a pass are padded to the largest.
 */
function cellsOf({ targetSets, ranks, seeds }: LabOptions): TrainingCell[] {
  return seeds.flatMap((seed) =>
    ranks.flatMap((rank) =>
      targetSets.map((targets): TrainingCell => {
        const key = `${setName(targets)} r${rank} seed ${seed}`;
        return { key, method: 'lora', targets, rank, seed };
      }),
    ),
  );
}
