import type { TrainOptions } from '../../src-contract/run.ts';

/**
 * How the LoRA paper trained GPT-2 medium. Source: Hu et al. 2021, Table 11: AdamW, batch 8, 5 epochs, 500 steps of warm-up,
 * a rate of 2e-4 falling linearly, weight decay 0.01, dropout and label smoothing 0.1, rank 4 on Wq and Wv, alpha 32.
 */
export const paperRecipe: Partial<TrainOptions> = {
  rank: 4,
  alpha: 32,
  targets: ['q', 'v'],
  dropout: 0.1,
  initialisation: 'gaussian',
  learningRate: 2e-4,
  schedule: 'linear',
  warmupSteps: 500,
  weightDecay: 0.01,
  labelSmoothing: 0.1,
  epochs: 5,
  maxSteps: null,
  batchSize: 8,
};
