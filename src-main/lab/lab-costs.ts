import type { LabOptions } from '../../src-contract/lab.ts';

// The cost of an experiment's parts, in forward passes over one row of the dataset.

/** A training step is a forward and a backward pass: about three times a forward pass. */
const trainFactor = 3;
/** An answer reads its prompt and writes about a fifth of that token by token; a poor model runs on to the limit. */
const answerFactor = 10;

/** The key of the part that measures the base model alone. */
export const baseKey = 'base';

/** Of one training, including the validation rows before the first step and after the last. */
export function trainingCost({ steps, batchSize, validationRows }: LabOptions): number {
  return trainFactor * steps * batchSize + 2 * validationRows;
}

/** Of the answers that one model writes. */
export function answeringCost({ metricRows }: LabOptions): number {
  return answerFactor * metricRows;
}

/** For a part that is trained and then answers, the share that is done once it is trained. */
export function trainedShare(options: LabOptions): number {
  return trainingCost(options) / (trainingCost(options) + answeringCost(options));
}

/**
 * Relative cost of a part: an adapter is trained, which takes minutes, the base only answers, a matrix takes a moment.
 */
export function weightOf(key: string, options: LabOptions): number {
  if (key === baseKey) return 1 - trainedShare(options);
  return / layer \d+/.test(key) ? 0.01 : 1;
}
