import type { TrainOptions } from '../../src-contract/run.ts';

const compared = [
  ...[
    'rank',
    'alpha',
    'targets',
    'dropout',
    'initialisation',
    'learningRate',
    'schedule',
    'warmupSteps',
    'weightDecay',
  ],
  ...[
    'labelSmoothing',
    'gradientCheckpointing',
    'gradientClip',
    'epochs',
    'maxSteps',
    'batchSize',
    'maxLength',
    'seed',
    'shuffle',
    'patience',
    'initAdapterId',
  ],
] as const satisfies readonly (keyof TrainOptions)[];

export type ComparedOption = (typeof compared)[number];

/** The settings in which another run differs. */
export function optionDifference(other: TrainOptions, own: TrainOptions): ComparedOption[] {
  return compared.filter((name) => JSON.stringify(other[name]) !== JSON.stringify(own[name]));
}
