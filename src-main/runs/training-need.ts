import type { TrainOptions } from '../../src-contract/run.ts';
import type { ModelFacts } from '../engine/engine.ts';
import type { TrainingSpeed } from './training-speed-store.ts';

/** What a run's rows are like, on average and at most, in tokens. */
export interface RowTokens {
  readonly mean: number;
  readonly longest: number;
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

/** Memory of a run by part, in bytes: `measured` says what a graph run took on this machine, else it is counted. */
export function memoryNeed(
  about: { facts: ModelFacts; options: TrainOptions; rows: RowTokens },
  measured: TrainingSpeed | undefined,
): Record<string, number> {
  const { facts, options, rows } = about;
  const trained = trainableParameters(facts, options);
  const tokens = graphTokens(facts, options, rows);
  const targets = tokens * (rows.target / Math.max(1, rows.mean));
  const logits = Math.round(targets * facts.vocabulary * 3 * 4);
  const perToken =
    measured !== undefined && measured.tokens > 0 ? measured.bytes / measured.tokens : bytesPerToken(facts);
  return {
    baseModel: facts.parameters * 4,
    // Weights, gradients, two moments, and the best weights so far.
    adapter: trained * 4 * 5,
    activations: Math.round(tokens * perToken),
    logits,
    runtime: runtimeBytes,
  };
}

/** Disk of a run, in bytes: the rows as tokens, two checkpoints while one takes the other's place, and the adapter twice. */
export function diskNeed(about: {
  facts: ModelFacts;
  options: TrainOptions;
  rowCount: number;
  rows: RowTokens;
}): number {
  const { facts, options, rowCount, rows } = about;
  const trained = trainableParameters(facts, options);
  return Math.round(rowCount * (rows.mean * 4 + 24) + trained * 4 * (2 * 4 + 2)) + 4e6;
}

/** Tokens of the largest graph run: a batch is cut so that it stays within the engine's budget, but a row is never cut in two. */
function graphTokens(facts: ModelFacts, options: TrainOptions, rows: RowTokens): number {
  const longest = Math.ceil(Math.min(rows.longest, options.maxLength) / 16) * 16;
  const batch = Math.max(longest, Math.ceil((options.batchSize * rows.mean) / longest) * longest);
  // As in the engine: as many tokens as keep a graph run near 1 GB.
  const budget = Math.min(2048, Math.max(256, Math.floor(1e9 / bytesPerToken(facts))));
  return Math.min(batch, Math.max(longest, Math.floor(budget / longest) * longest));
}

/** Kept of each layer for the way back: about twenty rows of the hidden size and six of the MLP's. Counted on the graph. */
function bytesPerToken(facts: ModelFacts): number {
  const inner = facts.targets.gate?.[0] ?? facts.targets.up?.[0] ?? 3 * facts.hidden;
  return 4 * facts.layers * (20 * facts.hidden + 6 * inner);
}

/** What the program, its runtime and the graphs of measuring and writing take. Measured in a run of the starter model. */
const runtimeBytes = 330e6;
