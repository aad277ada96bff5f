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
  ],
] as const satisfies readonly (keyof TrainOptions)[];

export interface OptionDifference {
  readonly name: (typeof compared)[number];
  /** As the other run has it; null for none. */
  readonly value: string | null;
}

/** What another run's settings have that these have not. */
export function optionDifference(other: TrainOptions, own: TrainOptions): OptionDifference[] {
  return compared
    .filter((name) => JSON.stringify(other[name]) !== JSON.stringify(own[name]))
    .map((name) => ({ name, value: shown(other[name]) }));
}

function shown(value: TrainOptions[keyof TrainOptions]): string | null {
  if (value === null) return null;
  return Array.isArray(value) ? value.join(' ') : String(value);
}
