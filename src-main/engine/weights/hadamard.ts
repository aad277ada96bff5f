import { type Expression, input } from '../graph/expression.ts';
import { matmul } from '../graph/ops/matmul.ts';
import { reshape } from '../graph/ops/reshape.ts';
import { multiplyDims } from '../graph/shape.ts';
import { float32, type Tensor } from '../tensor.ts';

/**
 * Transforms a row by the Hadamard matrix, block by block: an outlier becomes a little more of everything in its block,
 * so that eight bits suffice for the whole row. The matrix is orthogonal and its own inverse, so x · w = (x H) · (w H).
 * Source: QuaRot, Ashkboos et al. 2024, §4, which transforms whole rows; blocks are cheaper and spread enough.
 */
export function transformRow(row: Float32Array): void {
  const block = blockOf(row.length);
  for (let apart = 1; apart < block; ) {
    const left = block / apart;
    if (left >= 8) transformEights(row, apart);
    else if (left === 4) transformFours(row, apart);
    else transformTwos(row, apart);
    apart *= Math.min(left, 8);
  }
  const norm = 1 / Math.sqrt(block);
  for (let i = 0; i < row.length; i++) row[i] = (row[i] as number) * norm;
}

// Plain statements from here on: a model has hundreds of millions of these numbers. Doing several steps at once means
// fewer passes through memory, with the same roundings.

/** One step: sums and differences of numbers `apart` apart. */
function transformTwos(row: Float32Array, apart: number): void {
  for (let start = 0; start < row.length; start += 2 * apart) {
    for (let i = start; i < start + apart; i++) {
      const a = row[i] as number;
      const b = row[i + apart] as number;
      row[i] = a + b;
      row[i + apart] = a - b;
    }
  }
}

/** Two steps. */
function transformFours(row: Float32Array, apart: number): void {
  for (let start = 0; start < row.length; start += 4 * apart) {
    for (let i = start; i < start + apart; i++) {
      const a = row[i] as number;
      const b = row[i + apart] as number;
      const c = row[i + 2 * apart] as number;
      const d = row[i + 3 * apart] as number;
      const sum = Math.fround(a + b);
      const difference = Math.fround(a - b);
      const otherSum = Math.fround(c + d);
      const otherDifference = Math.fround(c - d);
      row[i] = sum + otherSum;
      row[i + apart] = difference + otherDifference;
      row[i + 2 * apart] = sum - otherSum;
      row[i + 3 * apart] = difference - otherDifference;
    }
  }
}

/** Three steps. */
function transformEights(row: Float32Array, apart: number): void {
  const round = Math.fround;
  for (let start = 0; start < row.length; start += 8 * apart) {
    for (let i = start; i < start + apart; i++) {
      const i1 = i + apart;
      const i2 = i1 + apart;
      const i3 = i2 + apart;
      const i4 = i3 + apart;
      const i5 = i4 + apart;
      const i6 = i5 + apart;
      const i7 = i6 + apart;
      const x0 = row[i] as number;
      const x1 = row[i1] as number;
      const x2 = row[i2] as number;
      const x3 = row[i3] as number;
      const x4 = row[i4] as number;
      const x5 = row[i5] as number;
      const x6 = row[i6] as number;
      const x7 = row[i7] as number;
      const a0 = round(x0 + x1);
      const a1 = round(x0 - x1);
      const a2 = round(x2 + x3);
      const a3 = round(x2 - x3);
      const a4 = round(x4 + x5);
      const a5 = round(x4 - x5);
      const a6 = round(x6 + x7);
      const a7 = round(x6 - x7);
      const b0 = round(a0 + a2);
      const b1 = round(a1 + a3);
      const b2 = round(a0 - a2);
      const b3 = round(a1 - a3);
      const b4 = round(a4 + a6);
      const b5 = round(a5 + a7);
      const b6 = round(a4 - a6);
      const b7 = round(a5 - a7);
      row[i] = b0 + b4;
      row[i1] = b1 + b5;
      row[i2] = b2 + b6;
      row[i3] = b3 + b7;
      row[i4] = b0 - b4;
      row[i5] = b1 - b5;
      row[i6] = b2 - b6;
      row[i7] = b3 - b7;
    }
  }
}

/** The same in a graph; several products of one x share it. Needs the feed `hadamard.<block>`. */
export function hadamardTransform(x: Expression): Expression {
  const known = transforms.get(x);
  if (known !== undefined) return known;
  const [rows, width] = x.shape as readonly [string | number, number];
  const block = blockOf(width);
  const value = reshape(matmul(reshape(x, [multiplyDims(width / block, rows), block]), matrixOf(block)), x.shape);
  transforms.set(x, value);
  return value;
}

const transforms = new WeakMap<Expression, Expression>();
const matrices = new Map<number, Expression>();

/** One expression for all graphs: an input may occur only once in a graph. */
function matrixOf(block: number): Expression {
  const matrix = matrices.get(block) ?? input(hadamardName(block), [block, block]);
  matrices.set(block, matrix);
  return matrix;
}

/** The feed that transforms rows of this length. */
export function hadamardFeed(width: number): readonly [name: string, matrix: Tensor] {
  const block = blockOf(width);
  const matrix = feeds.get(block) ?? hadamard(block);
  feeds.set(block, matrix);
  return [hadamardName(block), matrix];
}

/** Built once: all matrices of a model use these few. */
const feeds = new Map<number, Tensor>();

function hadamard(block: number): Tensor {
  const matrix = new Float32Array(block * block);
  for (let i = 0; i < block; i++) {
    const row = matrix.subarray(i * block, (i + 1) * block);
    row[i] = 1;
    transformRow(row);
  }
  return float32([block, block], matrix);
}

/** The largest power of two, up to 64, that divides rows of this length. */
function blockOf(width: number): number {
  return Math.min(64, width & -width);
}

function hadamardName(block: number): string {
  return `hadamard.${block}`;
}
