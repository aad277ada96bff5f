import { type Expression, input } from './graph/expression.ts';
import { matmul } from './graph/ops/matmul.ts';
import { reshape } from './graph/ops/reshape.ts';
import { multiplyDims } from './graph/shape.ts';
import { float32, type Tensor } from './tensor.ts';

/**
 * Rows turned by Hadamard's matrix, block by block: an outlier becomes a little more of everything in its block, so that
 * eight bits serve the whole row. The matrix is orthogonal and its own inverse, so x · w = (x H) · (w H).
 * Source: QuaRot, Ashkboos et al. 2024, §4, which turns whole rows; blocks cost less and spread enough.
 */
export function turnRow(row: Float32Array): void {
  const block = blockOf(row.length);
  const norm = 1 / Math.sqrt(block);
  // An even power of two is turned four by four.
  const first = Math.log2(block) % 2 === 0 ? 1 : 2;
  if (first === 2) turnTwos(row);
  for (let apart = first; apart < block; apart *= 4) turnFours(row, apart);
  for (let i = 0; i < row.length; i++) row[i] = (row[i] as number) * norm;
}

// Plain statements from here on: a model has hundreds of millions of these numbers.

/** The first step: sum and difference of neighbours. */
function turnTwos(row: Float32Array): void {
  for (let i = 0; i < row.length; i += 2) {
    const a = row[i] as number;
    const b = row[i + 1] as number;
    row[i] = a + b;
    row[i + 1] = a - b;
  }
}

/** Two steps at once, on numbers that lie so far apart: half as often through memory, with the same roundings. */
function turnFours(row: Float32Array, apart: number): void {
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

/** The same in a graph; several products of one x share it. Wants the feed `hadamard.<block>`. */
export function turned(x: Expression): Expression {
  const known = turnedOnes.get(x);
  if (known !== undefined) return known;
  const [rows, width] = x.shape as readonly [string | number, number];
  const block = blockOf(width);
  const value = reshape(matmul(reshape(x, [multiplyDims(width / block, rows), block]), matrixOf(block)), x.shape);
  turnedOnes.set(x, value);
  return value;
}

const turnedOnes = new WeakMap<Expression, Expression>();
const matrices = new Map<number, Expression>();

/** One expression for all graphs: an input may stand in a graph once. */
function matrixOf(block: number): Expression {
  const matrix = matrices.get(block) ?? input(hadamardName(block), [block, block]);
  matrices.set(block, matrix);
  return matrix;
}

/** The feed that rows of this length are turned by. */
export function hadamardFeed(width: number): readonly [name: string, matrix: Tensor] {
  const block = blockOf(width);
  const matrix = feeds.get(block) ?? hadamard(block);
  feeds.set(block, matrix);
  return [hadamardName(block), matrix];
}

/** Made once: every matrix of a model asks for one of these few. */
const feeds = new Map<number, Tensor>();

function hadamard(block: number): Tensor {
  const matrix = new Float32Array(block * block);
  for (let i = 0; i < block; i++) {
    const row = matrix.subarray(i * block, (i + 1) * block);
    row[i] = 1;
    turnRow(row);
  }
  return float32([block, block], matrix);
}

/** The largest power of two, up to 64, that rows of this length consist of. */
function blockOf(width: number): number {
  return Math.min(64, width & -width);
}

function hadamardName(block: number): string {
  return `hadamard.${block}`;
}
