import { join } from 'node:path';
import type { BaseModel } from '../../src-contract/base-model.ts';
import type { TrainOptions } from '../../src-contract/run.ts';
import type { TrainJob } from '../engine/engine.ts';
import type { SampleAnswers } from './sample-answers.ts';

/** A run's settings as the engine takes them. Its files are in `folder`; `initFolder` has the adapter to continue. */
export function trainJob(
  options: TrainOptions,
  parts: {
    base: BaseModel;
    folder: string;
    files: Pick<TrainJob, 'trainFile' | 'validationFile'>;
    samples: SampleAnswers | undefined;
    initFolder: string | null;
  },
): TrainJob {
  return {
    modelFolder: parts.base.path,
    trainFile: parts.files.trainFile,
    validationFile: parts.files.validationFile,
    method: {
      kind: 'lora',
      rank: options.rank,
      alpha: options.alpha,
      targets: options.targets,
      dropout: options.dropout,
      initialisation: options.initialisation,
      initFolder: parts.initFolder,
    },
    learningRate: options.learningRate,
    schedule: options.schedule,
    warmupSteps: options.warmupSteps,
    weightDecay: options.weightDecay,
    gradientClip: options.gradientClip,
    epochs: options.epochs,
    maxSteps: options.maxSteps,
    batchSize: options.batchSize,
    seed: options.seed,
    shuffle: options.shuffle,
    backend: options.backend,
    validationEvery: options.validationEvery,
    // Omitted at their defaults: checkpoints of earlier versions don't name them.
    ...(options.labelSmoothing > 0 && { labelSmoothing: options.labelSmoothing }),
    ...(options.gradientCheckpointing && { gradientCheckpointing: true }),
    ...(options.precision !== 'auto' && { precision: options.precision }),
    ...(options.patience !== null && { patience: options.patience }),
    ...(parts.samples && { samples: parts.samples.job }),
    outputFolder: join(parts.folder, 'adapter'),
    checkpointFolder: join(parts.folder, 'checkpoint'),
    checkpointEvery: null,
  };
}
