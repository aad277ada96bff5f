import { type FourBitBlocks, isFourBit, readFourBits } from '../formats/four-bit-rows.ts';
import { readRows, type StoredMatrix } from '../formats/stored-matrix.ts';
import { elements, float32, type Tensor } from '../tensor.ts';
import { fromFourBits, stacked, toFourBits } from './four-bit-blocks.ts';
import { forKernels } from './four-bit-multiples.ts';
import { toInt4 } from './int4-weights.ts';
import { type MatrixRows, rowsAtOnce, toInt8 } from './int8-weights.ts';
import type { Precision } from './rounded-weights.ts';
import { blocksOf } from './weight-blocks.ts';

/** Floats [out, in], or where to read them. */
export type Matrix = Tensor<'float32'> | StoredMatrix;

/** Matrices to quantise: one in the form for training, or those with the same input in the form for generation. */
export type RoundingJob =
  | {
      readonly kind: 'training';
      readonly module: string;
      readonly weight: Matrix;
      readonly precision: Exclude<Precision, 'float32'>;
      readonly forwardOnly: boolean;
    }
  | { readonly kind: 'integers'; readonly name: string; readonly matrices: readonly Matrix[] }
  /** Four-bit blocks for our own kernels: as stored, where matrices are stored so. */
  | { readonly kind: 'fourBits'; readonly name: string; readonly matrices: readonly Matrix[] }
  | {
      readonly kind: 'blocks';
      readonly name: string;
      readonly matrices: readonly Matrix[];
      /** Whether the values are those that training in four bits multiplies by. */
      readonly isInt4?: boolean;
      readonly fourBits: boolean;
    };

/** Keyed by the names of a graph's inputs. Throws MODEL_FILE_INVALID. */
export function rounded(job: RoundingJob): ReadonlyMap<string, Tensor> {
  switch (job.kind) {
    case 'training':
      return job.precision === 'int4'
        ? toInt4(job.module, fourBitsOf(job.weight), job.weight.dims)
        : toInt8(job.module, [rowsOf(job.weight)], { forwardOnly: job.forwardOnly });
    case 'integers':
      return toInt8(job.name, job.matrices.map(rowsOf), { forwardOnly: true });
    case 'fourBits':
      return forKernels(job.name, stacked(job.matrices.map(fourBitsOf)), dimsOf(job.matrices));
    case 'blocks':
      return blocksOf(job.name, {
        matrices: job.matrices.map(job.isInt4 ? int4ValuesOf : wholeOf),
        fourBits: job.fourBits,
      });
    default:
      return job satisfies never;
  }
}

/** How many numbers a job covers. */
export function numbersOf(job: RoundingJob): number {
  return matricesOf(job).reduce((sum, { dims }) => sum + elements(dims), 0);
}

export function matricesOf(job: RoundingJob): readonly Matrix[] {
  return job.kind === 'training' ? [job.weight] : job.matrices;
}

/** The size of matrices stacked vertically. */
function dimsOf(matrices: readonly Matrix[]): readonly [out: number, inFeatures: number] {
  const out = matrices.reduce((sum, { dims }) => sum + (dims[0] as number), 0);
  return [out, matrices[0]?.dims[1] as number];
}

function fourBitsOf(matrix: Matrix): FourBitBlocks {
  return 'dtype' in matrix && isFourBit(matrix.dtype) ? readFourBits(matrix) : toFourBits(wholeOf(matrix).data);
}

/** What is left of a matrix in four bits. */
function int4ValuesOf(matrix: Matrix): Tensor<'float32'> {
  return float32(matrix.dims, fromFourBits(fourBitsOf(matrix)));
}

function rowsOf(matrix: Matrix): MatrixRows {
  const [rows, columns] = matrix.dims as StoredMatrix['dims'];
  return {
    dims: [rows, columns],
    rows: (from, to) =>
      'data' in matrix ? matrix.data.subarray(from * columns, to * columns) : readRows(matrix, from, to),
  };
}

function wholeOf(matrix: Matrix): Tensor<'float32'> {
  if ('data' in matrix) return matrix;
  const [rows, columns] = matrix.dims;
  const whole = float32(matrix.dims);
  for (let from = 0; from < rows; from += rowsAtOnce)
    whole.data.set(readRows(matrix, from, Math.min(rows, from + rowsAtOnce)), from * columns);
  return whole;
}
