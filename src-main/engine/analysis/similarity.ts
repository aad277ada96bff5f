import { Random } from '../random.ts';
import { rowSpace } from './low-rank-svd.ts';
import { type Matrix, matrix, product, transposed } from './matrix.ts';

/**
 * φ(A₁, A₂, i, j) = ‖U₁ᵢᵀ U₂ⱼ‖²_F ÷ min(i, j) for i = 1 … r₁ and j = 1 … r₂, from 0 (nothing shared) to 1 (one contains
 * the other). U₁ᵢ holds the first i right-singular vectors of A₁. Source: Hu et al. 2021, §7.2, equation 4.
 */
export function subspaceSimilarity(first: Matrix, second: Matrix): number[][] {
  return overlap(rowSpace(first), rowSpace(second));
}

/** φ of two orthonormal bases, [in, r₁] and [in, r₂]. */
export function overlap(first: Matrix, second: Matrix): number[][] {
  const shared = product(transposed(first), second);
  const { rows, columns, data } = shared;
  const sums = new Float64Array(columns);
  return Array.from({ length: rows }, (_, i) => {
    let row = 0;
    return Array.from({ length: columns }, (_, j) => {
      row += (data[i * columns + j] as number) ** 2;
      sums[j] = (sums[j] as number) + row;
      return (sums[j] as number) / Math.min(i + 1, j + 1);
    });
  });
}

/** A Gaussian matrix [rows, columns]: the control, whose subspaces overlap by chance, by about max(i, j) ÷ columns. */
export function gaussian(rows: number, columns: number, ...stream: readonly number[]): Matrix {
  const random = new Random(...stream);
  const result = matrix(rows, columns);
  for (let i = 0; i < result.data.length; i++) result.data[i] = random.normal();
  return result;
}
