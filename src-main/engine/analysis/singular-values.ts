import type { Matrix } from './matrix.ts';

/**
 * All singular values of a matrix, largest first, as square roots of the eigenvalues of its smaller Gram matrix:
 * Householder reduction to tridiagonal form, then QL with implicit shifts; no vectors. About ⁴⁄₃ n³ operations for the
 * smaller side n. Squaring costs the small values half their digits; the large ones, which matter here, keep theirs.
 * Source: Golub and Van Loan, §8.3; Wilkinson and Reinsch 1971, tred1 and tql1.
 */
export function singularValues(a: Matrix): Float64Array {
  const n = Math.min(a.rows, a.columns);
  const { diagonal, beside } = tridiagonal(gram(a), n);
  qlEigenvalues(diagonal, beside);
  return diagonal
    .map((value) => Math.sqrt(Math.max(0, value)))
    .sort()
    .reverse();
}

/** a·aᵀ or aᵀ·a, whichever is smaller; the lower triangle is filled. */
function gram({ rows, columns, data }: Matrix): Float64Array {
  const n = Math.min(rows, columns);
  const result = new Float64Array(n * n);
  if (rows <= columns) {
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++) {
        let sum = 0;
        const [p, q] = [i * columns, j * columns];
        for (let k = 0; k < columns; k++) sum += (data[p + k] as number) * (data[q + k] as number);
        result[i * n + j] = sum;
      }
    }
    return result;
  }
  for (let k = 0; k < rows; k++) {
    const row = k * columns;
    for (let i = 0; i < n; i++) {
      const factor = data[row + i] as number;
      for (let j = 0; j <= i; j++) {
        result[i * n + j] = (result[i * n + j] as number) + factor * (data[row + j] as number);
      }
    }
  }
  return result;
}

/** Householder reduction of the lower triangle of a symmetric matrix, from the last row up. */
function tridiagonal(a: Float64Array, n: number): { diagonal: Float64Array; beside: Float64Array } {
  const beside = new Float64Array(n);
  const p = new Float64Array(n);
  for (let i = n - 1; i > 0; i--) {
    const row = a.subarray(i * n, i * n + i);
    let scale = 0;
    for (let k = 0; k < i; k++) scale += Math.abs(row[k] as number);
    if (i === 1 || scale === 0) {
      beside[i] = row[i - 1] as number;
      continue;
    }
    let h = 0;
    for (let k = 0; k < i; k++) {
      row[k] = (row[k] as number) / scale;
      h += (row[k] as number) ** 2;
    }
    const f = row[i - 1] as number;
    const g = f >= 0 ? -Math.sqrt(h) : Math.sqrt(h);
    beside[i] = scale * g;
    h -= f * g;
    row[i - 1] = f - g;
    // p = A·v ÷ h from the lower triangle only, in one sweep along the rows.
    p.fill(0, 0, i);
    for (let j = 0; j < i; j++) {
      const v = row[j] as number;
      let sum = (a[j * n + j] as number) * v;
      for (let k = 0; k < j; k++) {
        const value = a[j * n + k] as number;
        sum += value * (row[k] as number);
        p[k] = (p[k] as number) + value * v;
      }
      p[j] = (p[j] as number) + sum;
    }
    let k2 = 0;
    for (let j = 0; j < i; j++) {
      p[j] = (p[j] as number) / h;
      k2 += (p[j] as number) * (row[j] as number);
    }
    const half = k2 / (2 * h);
    for (let j = 0; j < i; j++) p[j] = (p[j] as number) - half * (row[j] as number);
    for (let j = 0; j < i; j++) {
      const [v, w] = [row[j] as number, p[j] as number];
      for (let k = 0; k <= j; k++) {
        a[j * n + k] = (a[j * n + k] as number) - v * (p[k] as number) - w * (row[k] as number);
      }
    }
  }
  return { diagonal: Float64Array.from({ length: n }, (_, i) => a[i * n + i] as number), beside };
}

/** Replaces `diagonal` by the eigenvalues, unsorted; `beside[i]` is the off-diagonal between i − 1 and i. */
function qlEigenvalues(diagonal: Float64Array, beside: Float64Array): void {
  const n = diagonal.length;
  const d = (i: number) => diagonal[i] as number;
  const e = beside.slice(1);
  const off = new Float64Array(n);
  off.set(e);
  for (let l = 0; l < n; l++) {
    for (let iteration = 0; ; iteration++) {
      let m = l;
      while (m < n - 1) {
        const size = Math.abs(d(m)) + Math.abs(d(m + 1));
        if (Math.abs(off[m] as number) <= Number.EPSILON * size) break;
        m++;
      }
      if (m === l) break;
      if (iteration === 60) throw new Error('QL did not converge');
      let g = (d(l + 1) - d(l)) / (2 * (off[l] as number));
      let r = Math.hypot(g, 1);
      g = d(m) - d(l) + (off[l] as number) / (g + (g >= 0 ? r : -r));
      let [sine, cosine, p] = [1, 1, 0];
      let i = m - 1;
      for (; i >= l; i--) {
        const f = sine * (off[i] as number);
        const b = cosine * (off[i] as number);
        r = Math.hypot(f, g);
        off[i + 1] = r;
        if (r === 0) {
          diagonal[i + 1] = d(i + 1) - p;
          off[m] = 0;
          break;
        }
        sine = f / r;
        cosine = g / r;
        g = d(i + 1) - p;
        r = (d(i) - g) * sine + 2 * cosine * b;
        p = sine * r;
        diagonal[i + 1] = g + p;
        g = cosine * r - b;
      }
      if (r === 0 && i >= l) continue;
      diagonal[l] = d(l) - p;
      off[l] = g;
      off[m] = 0;
    }
  }
}
