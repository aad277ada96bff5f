import { type Matrix, matrix } from './matrix.ts';

/**
 * Thin QR by Householder reflections: a [n, r] = q [n, m] · r [m, r] with m = min(n, r); q has orthonormal columns even
 * if a does not have full rank. Source: Golub and Van Loan, Matrix Computations, §5.2.
 */
export function thinQr(a: Matrix): { q: Matrix; r: Matrix } {
  const { rows: n, columns: r } = a;
  const m = Math.min(n, r);
  // Stored by column: reflections run along them.
  const columns = Array.from({ length: r }, (_, j) =>
    Float64Array.from({ length: n }, (_, i) => a.data[i * r + j] as number),
  );
  const reflectors: Float64Array[] = [];
  for (let k = 0; k < m; k++) {
    const column = columns[k] as Float64Array;
    const reflector = reflectorOf(column, k);
    reflectors.push(reflector);
    for (let j = k; j < r; j++) reflect(columns[j] as Float64Array, reflector, k);
  }
  const upper = matrix(m, r);
  columns.forEach((column, j) => {
    for (let i = 0; i <= Math.min(j, m - 1); i++) upper.data[i * r + j] = column[i] as number;
  });
  const q = matrix(n, m);
  for (let j = 0; j < m; j++) {
    const column = new Float64Array(n);
    column[j] = 1;
    for (let k = m - 1; k >= 0; k--) reflect(column, reflectors[k] as Float64Array, k);
    for (let i = 0; i < n; i++) q.data[i * m + j] = column[i] as number;
  }
  return { q, r: upper };
}

/** The unit vector v, zero before `from`, whose reflection I − 2vvᵀ zeroes the column after entry `from`. */
function reflectorOf(column: Float64Array, from: number): Float64Array {
  const v = new Float64Array(column.length);
  let length = 0;
  for (let i = from; i < column.length; i++) {
    v[i] = column[i] as number;
    length = Math.hypot(length, v[i] as number);
  }
  if (length === 0) return v;
  v[from] = (v[from] as number) + (Math.sign(v[from] as number) || 1) * length;
  let size = 0;
  for (let i = from; i < v.length; i++) size += (v[i] as number) ** 2;
  size = Math.sqrt(size);
  for (let i = from; i < v.length; i++) v[i] = (v[i] as number) / size;
  return v;
}

function reflect(column: Float64Array, v: Float64Array, from: number): void {
  let dot = 0;
  for (let i = from; i < column.length; i++) dot += (v[i] as number) * (column[i] as number);
  for (let i = from; i < column.length; i++) column[i] = (column[i] as number) - 2 * dot * (v[i] as number);
}
