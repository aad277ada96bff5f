import type { TrainOptions } from '../../src-contract/run.ts';
import type { ModelFacts } from '../engine/engine.ts';

/** Average size of a run's rows, in tokens. */
export interface RowTokens {
  readonly mean: number;
  /** The target tokens of an average row. */
  readonly target: number;
}

/** Weights that a run trains: A and B of each targeted matrix in each layer. */
export function trainableParameters(facts: ModelFacts, options: TrainOptions): number {
  return options.targets.reduce((sum, target) => {
    const [out, into] = facts.targets[target] ?? [0, 0];
    return sum + facts.layers * options.rank * (out + into);
  }, 0);
}

/**
 * Disk space of a run, in bytes: the rows as tokens, two checkpoints (one replaces the other), and the adapter twice.
 */
export function diskNeed(about: {
  facts: ModelFacts;
  options: TrainOptions;
  /** As many rows of both splits as are written. */
  rowCount: number;
  rows: RowTokens;
}): number {
  const { facts, options, rowCount, rows } = about;
  const trained = trainableParameters(facts, options);
  return Math.round(rowCount * (rows.mean * 4 + 24) + trained * 4 * (2 * 4 + 2)) + 4e6;
}
