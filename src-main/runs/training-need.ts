import type { TrainOptions } from '../../src-contract/run.ts';
import type { ModelFacts } from '../engine/engine.ts';

/** What a run's rows are like on average, in tokens. */
export interface RowTokens {
  readonly mean: number;
  /** Of an average row, those that are to be written. */
  readonly target: number;
}

/** Weights that a run trains: A and B of each targeted matrix in each layer. */
export function trainableParameters(facts: ModelFacts, options: TrainOptions): number {
  return options.targets.reduce((sum, target) => {
    const [out, into] = facts.targets[target] ?? [0, 0];
    return sum + facts.layers * options.rank * (out + into);
  }, 0);
}

/** Disk of a run, in bytes: the rows as tokens, two checkpoints while one takes the other's place, and the adapter twice. */
export function diskNeed(about: {
  facts: ModelFacts;
  options: TrainOptions;
  /** Of both splits, as many as are written. */
  rowCount: number;
  rows: RowTokens;
}): number {
  const { facts, options, rowCount, rows } = about;
  const trained = trainableParameters(facts, options);
  return Math.round(rowCount * (rows.mean * 4 + 24) + trained * 4 * (2 * 4 + 2)) + 4e6;
}
