import type { Target } from '../../src-contract/adapter.ts';
import type { Preset, TrainOptions } from '../../src-contract/run.ts';
import { usualRate } from '../base-models/usual-rate.ts';

/** What a preset is resolved against. */
export interface Occasion {
  readonly trainRows: number;
  /** Of the base model. */
  readonly parameters: number;
  readonly contextLength: number;
  /** What the base model's matrices allow. */
  readonly targets: readonly Target[];
}

/** Every option of a run: a preset fitted to data and model, overridden by what a person set. */
export function resolveOptions(
  wish: { preset?: Preset; options?: Partial<TrainOptions> },
  occasion: Occasion,
): TrainOptions {
  const plan = plans[wish.preset ?? 'balanced'];
  const { trainRows, parameters, contextLength } = occasion;
  const small = parameters < smallModel;
  const set = wish.options ?? {};
  const batchSize = set.batchSize ?? (trainRows < 100 ? 4 : 8);
  const stepsPerEpoch = Math.max(1, trainRows / batchSize);
  // If a person set only the number of steps, all of them are run, however many epochs that takes.
  const minSteps = set.maxSteps ?? plan.minSteps;
  const epochs = set.epochs ?? rounded(Math.max(plan.epochs, minSteps / stepsPerEpoch));
  const maxSteps = set.maxSteps ?? (set.epochs === undefined ? plan.maxSteps : null);
  const steps = Math.min(Math.ceil(epochs * stepsPerEpoch), maxSteps ?? Number.POSITIVE_INFINITY);
  const rank = set.rank ?? (small ? 16 : plan.rank);
  return {
    rank,
    alpha: set.alpha ?? 2 * rank,
    targets: set.targets ?? occasion.targets.filter((target) => small || plan.targets.includes(target)),
    dropout: set.dropout ?? 0,
    initialisation: set.initialisation ?? 'gradient',
    learningRate: set.learningRate ?? usualRate(parameters),
    schedule: set.schedule ?? 'cosine',
    warmupSteps: set.warmupSteps ?? Math.min(100, Math.round(steps * 0.06)),
    weightDecay: set.weightDecay ?? 0.01,
    labelSmoothing: set.labelSmoothing ?? 0,
    gradientCheckpointing: set.gradientCheckpointing ?? false,
    gradientClip: set.gradientClip ?? 1,
    epochs,
    maxSteps,
    batchSize,
    maxLength: set.maxLength ?? Math.min(contextLength, plan.maxLength),
    seed: set.seed ?? 0,
    shuffle: set.shuffle ?? true,
    validationEvery: set.validationEvery ?? null,
    patience: set.patience === undefined ? usualPatience : set.patience,
    sampleRows: set.sampleRows ?? 5,
    initAdapterId: set.initAdapterId ?? null,
    backend: set.backend ?? 'auto',
    precision: set.precision ?? 'auto',
  };
}

/** With up to ten measurements per run, three without an improvement are no accident. */
const usualPatience = 3;

/** Below this many parameters a model has few directions to spare: all its matrices are adapted. */
const smallModel = 50e6;

/** The paper adapts Wq and Wv; all four attention matrices at a low rank do better (its Table 5, and decision 0039). */
const plans: Readonly<
  Record<
    Preset,
    {
      readonly rank: number;
      readonly targets: readonly Target[];
      readonly epochs: number;
      readonly minSteps: number;
      readonly maxSteps: number;
      readonly maxLength: number;
    }
  >
> = {
  quick: { rank: 8, targets: ['q', 'k', 'v', 'o'], epochs: 1, minSteps: 30, maxSteps: 100, maxLength: 512 },
  balanced: { rank: 8, targets: ['q', 'k', 'v', 'o'], epochs: 3, minSteps: 100, maxSteps: 1000, maxLength: 1024 },
  thorough: {
    rank: 16,
    targets: ['q', 'k', 'v', 'o', 'gate', 'up', 'down'],
    ...{ epochs: 6, minSteps: 300, maxSteps: 5000, maxLength: 2048 },
  },
};

function rounded(epochs: number): number {
  return Math.ceil(epochs * 100) / 100;
}
