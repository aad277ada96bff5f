import type { Target } from '../../src-contract/adapter.ts';
import type { LabKind, LabOptions } from '../../src-contract/lab.ts';
import { usualRate } from '../base-models/usual-rate.ts';
import type { ModelFacts } from '../engine/engine.ts';

/** Below this many parameters a training takes seconds: then the paper's full grids are proposed. */
const smallModel = 50e6;

/**
 * The default settings of an experiment: the paper's, reduced for base models so large that a full grid would take more
 * than an hour on two cores. There, 24 steps at the app's learning rate learn as much as 40 at half of it.
 */
export function propose(kind: LabKind, model: ModelFacts): LabOptions {
  const small = model.parameters < smallModel;
  const attention: Target[] = ['q', 'k', 'v', 'o'];
  // Few rows say little about a metric, and an answer costs as much as several steps.
  const answered = small ? 16 : 8;
  // Directions need more steps to emerge than losses do.
  const longer = small ? 120 : 80;
  const common: LabOptions = {
    // The fewest that let a difference be called clear.
    seeds: [0, 1, 2],
    steps: small ? 60 : 24,
    batchSize: small ? 8 : 4,
    maxLength: Math.min(model.contextLength, small ? 384 : 512),
    learningRate: usualRate(model.parameters),
    alpha: 16,
    ranks: [8],
    targetSets: [['q', 'v']],
    budgetRank: 8,
    validationRows: small ? 48 : 24,
    metricRows: 0,
    trials: small ? 40 : 15,
    passes: [{ rows: 1, tokens: 32 }],
    // A quarter of the width, like the paper's 224 of 1,024.
    bottlenecks: [Math.max(4, Math.round(model.hidden / 4))],
    adapterId: null,
  };
  switch (kind) {
    case 'table5':
      return {
        ...common,
        targetSets: [...attention.map((target) => [target]), ['q', 'k'], ['q', 'v'], attention],
        metricRows: answered,
      };
    case 'table6':
      return {
        ...common,
        // The middle ranks fill in the curve; they are the first to go when time is short.
        ranks: small ? [1, 2, 4, 8, 64] : [1, 8, 64],
        targetSets: [['q'], ['q', 'v'], attention],
        metricRows: answered,
      };
    case 'table7':
      return { ...common, seeds: [0], ranks: [4, 64], steps: longer };
    case 'fig3':
      return { ...common, seeds: [0, 1], ranks: [8, 64], steps: longer };
    case 'fig4':
      return { ...common, seeds: [0, 1], ranks: [64], steps: longer };
    case 'benefits':
      return { ...common, seeds: [0], steps: small ? 20 : 6, validationRows: 8 };
    case 'ranktofull':
      return { ...common, seeds: [0], ranks: small ? [1, 4, 16, 64, model.hidden] : [1, 16, 128] };
    case 'table1':
      return {
        ...common,
        seeds: [0],
        bottlenecks: [4, 16, 1].map((part) => Math.max(4, Math.round(model.hidden / part))),
        // The paper's 32 × 512, 16 × 256 and 1 × 128, scaled to what two cores do in a second or two.
        passes: small
          ? [
              { rows: 8, tokens: 128 },
              { rows: 4, tokens: 64 },
              { rows: 1, tokens: 32 },
            ]
          : [
              { rows: 4, tokens: 64 },
              { rows: 2, tokens: 32 },
              { rows: 1, tokens: 16 },
            ],
      };
    case 'onebatch':
      return { ...common, seeds: [0], ranks: [8], passes: [{ rows: 8, tokens: 32 }] };
    default:
      return kind satisfies never;
  }
}
