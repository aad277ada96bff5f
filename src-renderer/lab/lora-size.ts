import type { BaseModel } from '../../src-contract/base-model.ts';

/** The square matrices of attention, as wide as the model on both sides; the others' shapes differ from base to base. */
export type SquareTargets = 'q' | 'q,o';

/** The ranks that the slider stops at: powers of two up to the full width. */
export function ranksFor(hidden: number): readonly number[] {
  const ranks: number[] = [];
  for (let rank = 1; rank < hidden; rank *= 2) ranks.push(rank);
  return [...ranks, hidden];
}

/**
 * What an adapter of a rank is made of: A [rank, hidden] and B [hidden, rank] beside each target of each layer.
 * Source: Hu et al. 2021, §4.1. Four bytes a number in the file.
 */
export function loraSize(
  model: Pick<BaseModel, 'hidden' | 'layers' | 'parameters'>,
  rank: number,
  targets: SquareTargets,
): { parameters: number; share: number; bytes: number; frozenBeside: number } {
  const matrices = model.layers * (targets === 'q' ? 1 : 2);
  const parameters = matrices * 2 * rank * model.hidden;
  return {
    parameters,
    share: parameters / model.parameters,
    bytes: parameters * 4,
    frozenBeside: matrices * model.hidden * model.hidden,
  };
}
