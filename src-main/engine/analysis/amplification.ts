import { lowRankSvd } from './low-rank-svd.ts';
import { type Matrix, norm, product, transposed } from './matrix.ts';
import { thinQr } from './qr.ts';
import { gaussian } from './similarity.ts';
import { singularValues } from './singular-values.ts';

/** A row of Table 7. Norms are Frobenius norms. */
export interface Amplification {
  readonly rank: number;
  /** ‖W‖ and ‖ΔW‖, where ΔW = scale · B · A is what the adapter adds. */
  readonly weightNorm: number;
  readonly deltaNorm: number;
  /** ‖UᵀWVᵀ‖ with U and V the top-r singular vectors of ΔW, of W, and of a random matrix. */
  readonly byDelta: number;
  readonly byWeight: number;
  readonly byRandom: number;
  /** ‖ΔW‖ ÷ ‖UᵀWVᵀ‖ for U, V of ΔW; null if the adapter adds nothing here. */
  readonly factor: number | null;
}

/**
 * How much of W lies in the directions that the adapter works in, and how much the adapter amplifies them. weight
 * [out, in] · b [out, r] · a [r, in]. Source: Hu et al. 2021, §7.3, Table 7. `stream` seeds the random numbers.
 */
export function amplification(
  weight: Matrix,
  { a, b, scale }: { a: Matrix; b: Matrix; scale: number },
  stream: readonly number[],
): Amplification {
  const rank = a.rows;
  const delta = lowRankSvd(b, a);
  const deltaNorm = Math.abs(scale) * norm(delta.values);
  const byDelta = deltaNorm === 0 ? 0 : norm(projected(delta.left, weight, delta.right).data);
  // The top singular vectors of a Gaussian matrix are uniformly distributed; so are orthonormalised Gaussian columns.
  const left = thinQr(gaussian(weight.rows, Math.min(rank, weight.rows), ...stream, 0)).q;
  const right = thinQr(gaussian(weight.columns, Math.min(rank, weight.columns), ...stream, 1)).q;
  return {
    rank,
    weightNorm: norm(weight.data),
    deltaNorm,
    byDelta,
    // For W's own vectors, UᵀWV is the diagonal of its largest singular values.
    byWeight: norm(singularValues(weight).subarray(0, rank)),
    byRandom: norm(projected(left, weight, right).data),
    factor: byDelta === 0 ? null : deltaNorm / byDelta,
  };
}

/** leftᵀ · weight · right: [r, r]. */
function projected(left: Matrix, weight: Matrix, right: Matrix): Matrix {
  return product(product(transposed(left), weight), right);
}
