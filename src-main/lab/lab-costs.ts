import type { LabOptions } from '../../src-contract/lab.ts';

// What the parts of an experiment cost, in forward passes over one row of the dataset.

/** A training step reads forward and backward: about three times a forward pass. */
const trainFactor = 3;
/** An answer reads its prompt and writes about a fifth of it token by token, and a model that learnt little goes on to the limit. */
const answerFactor = 10;

/** The key of the part that measures the base model alone. */
export const baseKey = 'base';

/** Of one training, with the validation rows read before the first step and after the last. */
export function trainingCost({ steps, batchSize, validationRows }: LabOptions): number {
  return trainFactor * steps * batchSize + 2 * validationRows;
}

/** Of the answers that one model writes. */
export function answeringCost({ metricRows }: LabOptions): number {
  return answerFactor * metricRows;
}

/** How much of a part that is trained and then answers is over once it is trained. */
export function trainedShare(options: LabOptions): number {
  return trainingCost(options) / (trainingCost(options) + answeringCost(options));
}

/** A part in parts: an adapter is trained in minutes, the base only answers, and a matrix is looked at in a moment. */
export function weightOf(key: string, options: LabOptions): number {
  if (key === baseKey) return 1 - trainedShare(options);
  return / layer \d+/.test(key) ? 0.01 : 1;
}
