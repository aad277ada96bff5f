import { jacobiSvd, type Svd } from './jacobi-svd.ts';
import { type Matrix, product, transposed } from './matrix.ts';
import { thinQr } from './qr.ts';

/**
 * SVD of ΔW = B · A without forming it: B = Q₁R₁ and Aᵀ = Q₂R₂, so ΔW = Q₁ (R₁R₂ᵀ) Q₂ᵀ, and only the [r, r] matrix in
 * the middle is decomposed. b [out, r] · a [r, in] → left [out, m], values [m], right [in, m], m = min(out, in, r).
 */
export function lowRankSvd(b: Matrix, a: Matrix): Svd {
  const first = thinQr(b);
  const second = thinQr(transposed(a));
  const middle = product(first.r, transposed(second.r));
  // Jacobi needs at least as many rows as columns: it gives a singular value per column.
  const wide = middle.rows < middle.columns;
  const { left, values, right } = jacobiSvd(wide ? transposed(middle) : middle);
  const [u, v] = wide ? [right, left] : [left, right];
  return { left: product(first.q, u), values, right: product(second.q, v) };
}

/**
 * The right singular vectors of A [r, in], largest singular value first: [in, r], orthonormal, spanning A's row space.
 */
export function rowSpace(a: Matrix): Matrix {
  // Aᵀ = QR, so A = RᵀQᵀ; with R = U S Vᵀ the right singular vectors of A are the columns of Q U. From Rᵀ = V S Uᵀ they
  // come as `right`, which is orthonormal even if A does not have full rank.
  const { q, r } = thinQr(transposed(a));
  return product(q, jacobiSvd(transposed(r)).right);
}
