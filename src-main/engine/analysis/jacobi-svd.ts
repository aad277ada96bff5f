import { type Matrix, matrix } from './matrix.ts';

export interface Svd {
  /** [rows, n], orthonormal columns, the largest singular value first. */
  readonly left: Matrix;
  readonly values: Float64Array;
  /** [n, n], orthonormal columns. */
  readonly right: Matrix;
}

/** Below this, two columns count as orthogonal. */
const tolerance = 1e-15;
/** Jacobi converges quadratically; ten sweeps are usual. */
const mostSweeps = 60;

/**
 * Singular value decomposition a = left · diag(values) · rightᵀ by one-sided Jacobi rotations, for the small square
 * matrices left by a QR: [r, r] with r the rank of an adapter. Source: Golub and Van Loan, §8.6.3. Where a singular
 * value is zero, so is the left vector.
 */
export function jacobiSvd(a: Matrix): Svd {
  const { rows, columns: n } = a;
  // Stored by column: each rotation mixes two of them.
  const rotated = columnsOf(a);
  const right = Array.from({ length: n }, (_, j) => Float64Array.from({ length: n }, (_, i) => (i === j ? 1 : 0)));
  for (let sweep = 0; sweep < mostSweeps; sweep++) {
    let rotations = 0;
    for (let p = 0; p < n - 1; p++) {
      for (let q = p + 1; q < n; q++) if (rotate(rotated, right, p, q)) rotations++;
    }
    if (rotations === 0) break;
  }
  const sizes = rotated.map((column) => Math.sqrt(dot(column, column)));
  const order = sizes.map((_, j) => j).sort((i, j) => (sizes[j] as number) - (sizes[i] as number) || i - j);
  const result = { left: matrix(rows, n), values: new Float64Array(n), right: matrix(n, n) };
  order.forEach((from, to) => {
    const size = sizes[from] as number;
    result.values[to] = size;
    for (let i = 0; i < rows; i++) {
      result.left.data[i * n + to] = size === 0 ? 0 : ((rotated[from] as Float64Array)[i] as number) / size;
    }
    for (let i = 0; i < n; i++) result.right.data[i * n + to] = (right[from] as Float64Array)[i] as number;
  });
  return result;
}

function columnsOf({ rows, columns, data }: Matrix): Float64Array[] {
  return Array.from({ length: columns }, (_, j) =>
    Float64Array.from({ length: rows }, (_, i) => data[i * columns + j] as number),
  );
}

/** Rotates columns p and q to be orthogonal; false if they already are. */
function rotate(rotated: Float64Array[], right: Float64Array[], p: number, q: number): boolean {
  const [first, second] = [rotated[p] as Float64Array, rotated[q] as Float64Array];
  const [alpha, beta, gamma] = [dot(first, first), dot(second, second), dot(first, second)];
  if (gamma === 0 || Math.abs(gamma) <= tolerance * Math.sqrt(alpha * beta)) return false;
  const zeta = (beta - alpha) / (2 * gamma);
  const tangent = (Math.sign(zeta) || 1) / (Math.abs(zeta) + Math.hypot(1, zeta));
  const cosine = 1 / Math.hypot(1, tangent);
  mix(first, second, cosine, cosine * tangent);
  mix(right[p] as Float64Array, right[q] as Float64Array, cosine, cosine * tangent);
  return true;
}

function mix(first: Float64Array, second: Float64Array, cosine: number, sine: number): void {
  for (let i = 0; i < first.length; i++) {
    const [x, y] = [first[i] as number, second[i] as number];
    first[i] = cosine * x - sine * y;
    second[i] = sine * x + cosine * y;
  }
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}
