import type { Target } from '../../src-contract/adapter.ts';
import type { BaseModel } from '../../src-contract/base-model.ts';
import type { MatrixShapes } from '../../src-contract/lab.ts';

/** The slider's ranks: powers of two up to the full rank, which is the shorter side of the matrix. */
export function ranksFor([out, into]: readonly [number, number]): readonly number[] {
  const full = Math.min(out, into);
  const ranks: number[] = [];
  for (let rank = 1; rank < full; rank *= 2) ranks.push(rank);
  return [...ranks, full];
}

/**
 * What an adapter of a given rank consists of: A [rank, in] and B [out, rank] for each target of each layer. Source: Hu
 * et al. 2021, §4.1. Four bytes per number in the file.
 */
export function loraSize(
  { layers, parameters: all }: Pick<BaseModel, 'layers' | 'parameters'>,
  shapes: MatrixShapes,
  { rank, targets }: { rank: number; targets: readonly Target[] },
): { parameters: number; share: number; bytes: number; frozenBeside: number } {
  const sides = targets.map((target) => shapes[target]).filter((shape) => shape !== undefined);
  const parameters = layers * sides.reduce((sum, [out, into]) => sum + rank * (out + into), 0);
  const frozenBeside = layers * sides.reduce((sum, [out, into]) => sum + out * into, 0);
  return { parameters, share: parameters / all, bytes: parameters * 4, frozenBeside };
}
