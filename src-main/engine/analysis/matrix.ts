/** A small dense matrix in float64, row-major, for the analysis of adapters. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float64Array;
}

export function matrix(rows: number, columns: number, data?: ArrayLike<number>): Matrix {
  return { rows, columns, data: data === undefined ? new Float64Array(rows * columns) : Float64Array.from(data) };
}

export function transposed({ rows, columns, data }: Matrix): Matrix {
  const result = matrix(columns, rows);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) result.data[j * rows + i] = data[i * columns + j] as number;
  }
  return result;
}

/** a · b: [n, m] · [m, p] → [n, p]. */
export function product(a: Matrix, b: Matrix): Matrix {
  if (a.columns !== b.rows) throw new Error(`[${a.rows}, ${a.columns}] · [${b.rows}, ${b.columns}]`);
  const result = matrix(a.rows, b.columns);
  for (let i = 0; i < a.rows; i++) {
    const row = result.data.subarray(i * b.columns, (i + 1) * b.columns);
    for (let k = 0; k < a.columns; k++) {
      const factor = a.data[i * a.columns + k] as number;
      if (factor === 0) continue;
      const place = k * b.columns;
      for (let j = 0; j < row.length; j++) row[j] = (row[j] as number) + factor * (b.data[place + j] as number);
    }
  }
  return result;
}

/** Frobenius norm. */
export function norm(numbers: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < numbers.length; i++) sum += (numbers[i] as number) ** 2;
  return Math.sqrt(sum);
}
