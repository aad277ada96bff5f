import type { Expression, OpName } from '../../graph/expression.ts';
import { elements } from '../../tensor.ts';
import { CannotRun } from './cannot-run.ts';
import { sizesOfMany, workBytes } from './kernels/attend-many.ts';
import { mostSteps, pairOutputs, roundedRowBytes } from './kernels/layout.ts';
import type { KernelName } from './kernels.ts';
import {
  behind,
  bitsOf,
  isDense,
  nameOf,
  type PackedMatrix,
  type PassKind,
  rowsOf,
  type Value,
  type Writer,
} from './program-writer.ts';
import { shortRows } from './short-matrices.ts';
import type { Address, Argument } from './step.ts';

export type Write<Op extends OpName> = (writer: Writer, node: Expression<Op>) => Value;

export const writers: { readonly [Op in OpName]?: Write<Op> } = {
  add: (writer, node) => elementwise(writer, node, 'add'),
  subtract: (writer, node) => elementwise(writer, node, 'subtract'),
  multiply: (writer, node) => elementwise(writer, node, 'multiply'),
  scale: (writer, node) => unary(writer, node, 'scale', node.attributes.factor),
  sigmoid: (writer, node) => unary(writer, node, 'sigmoid'),
  silu: (writer, node) => unary(writer, node, 'silu'),
  inverseRms: (writer, node) => reduction(writer, node, 'inverseRms', node.attributes.epsilon),
  sumTo(writer, node) {
    const from = writer.dims(node.inputs[0] as Expression);
    const dims = writer.dims(node);
    if (dims.length !== from.length || dims.at(-1) !== 1 || dims.slice(0, -1).some((dim, axis) => dim !== from[axis]))
      throw new CannotRun(`No kernel for a sum of [${from}] to [${dims}]`);
    return reduction(writer, node, 'sum', 0);
  },
  reshape(writer, node) {
    const x = operand(writer, node, 0);
    const dims = writer.reshapedDims(node, elements(x.dims));
    if (dims[0] === x.dims[0] && x.dims.length > 1) return { ...x, dims };
    const dense = isDense(x) ? x : densely(writer, x);
    return { ...dense, dims, row: 4 * elements(dims.slice(1)) };
  },
  after: (writer, node) => operand(writer, node, 0),
  slice(writer, node) {
    const x = operand(writer, node, 0);
    const { axis, start } = node.attributes;
    if (axis !== 1 || x.dims.length !== 2) throw new CannotRun('No kernel for a slice of other than columns');
    return { ...x, dims: writer.dims(node), address: behind(x.address, 4 * start) };
  },
  transpose(writer, node) {
    const x = operand(writer, node, 0);
    const [shares = 0, blocks = 0, each = 0, size = 0] = x.dims;
    if (node.attributes.permutation.join() !== '0,2,1,3') throw new CannotRun('No kernel for this transposition');
    const dims = writer.dims(node);
    if (blocks === 1 || each === 1) return { ...x, dims, row: 4 * elements(dims.slice(1)) };
    if (shares !== 1) throw new CannotRun('No kernel for blocks of several shares of several positions');
    writer.readRows(x);
    const out = writer.makeRows(dims, each);
    for (let block = 0; block < blocks; block++) {
      const from = { first: behind(x.address, 4 * block * each * size), perUnit: 4 * size };
      const into = { first: behind(out.address, 4 * block * size), perUnit: 4 * blocks * size };
      writer.rows('copyRows', each, [into, from, { count: 1 }, size, 4 * blocks * size, 4 * size]);
    }
    return out;
  },
  gather(writer, node) {
    const [table, indices] = node.inputs as readonly [Expression, Expression];
    const dims = writer.dims(node);
    const [count = 0, ...rest] = dims;
    // Rows of a fed table are gathered before the pass.
    if (table.op === 'input') {
      const address = writer.site.input(gatheredName(node));
      return { dims, address, row: 4 * elements(rest), units: count, memory: undefined };
    }
    const x = writer.value(table);
    writer.readAll(x);
    const out = writer.makeRows(dims, count);
    const places = { first: writer.site.input(nameOf(indices)), perUnit: 4 };
    writer.rows('gather', count, [rowsOf(out, count), x.address, places, { count: 1 }, elements(rest), x.row]);
    return out;
  },
  rotate(writer, node) {
    const [x, cos, sin] = [0, 1, 2].map((i) => operand(writer, node, i)) as [Value, Value, Value];
    const [rows = 0, one, heads = 0, size = 0] = x.dims;
    if (one !== 1 || cos.dims[0] !== rows) throw new CannotRun('No kernel for these angles');
    writer.readRows(x);
    const out = writer.makeRows(x.dims, rows);
    const given = [out, x, cos, sin].map((each) => rowsOf(each, rows));
    writer.rows('rotate', rows, [...given, { count: 1 }, heads, size / 2, x.row]);
    return out;
  },
  matmul(writer, node) {
    const [first, second] = node.inputs as readonly [Expression, Expression];
    const { transposeA, transposeB, factor } = node.attributes;
    if (transposeA) throw new CannotRun('No kernel for a product of columns');
    const x = writer.value(first);
    writer.readRows(x);
    if (isHadamard(second)) return hadamard(writer, x);
    const by = writer.value(second);
    const dims = writer.dims(node);
    // Matrices of the leading axes: the left operand has one for each share, the right one or more.
    const shares = elements(x.dims.slice(0, -2));
    const blocks = elements(by.dims.slice(0, -2)) / shares;
    const matrix = writer.isShort(second) ? shortMatrix(by, shares) : floatMatrix(by, transposeB);
    if (transposeB && isShared(writer, x, by)) return timesShared(writer, x, { matrix, dims, factor });
    const units = x.units ?? (x.dims[0] as number);
    const out = writer.makeRows(dims, units);
    const [rows = 0, columns = 0] = dims.slice(-2);
    const size = x.dims.at(-1) as number;
    if (x.dims.length > 2 && !isDense(x)) throw new CannotRun('No kernel for such rows');
    const xRow = x.dims.length > 2 ? 4 * size : x.row;
    if (shares > 1 && (rows !== 1 || shares !== units))
      throw new CannotRun('No kernel for shares of several positions');
    for (let i = 0; i < shares * blocks; i++) {
      const share = Math.floor(i / blocks);
      const from = behind(x.address, share * rows * xRow);
      const into = behind(out.address, i * 4 * rows * columns);
      const numbers = transposeB ? [columns, size] : [size, columns];
      const ends = [...numbers, 4 * columns, xRow, bitsOf(factor)];
      const by = matrix.at(i * (transposeB ? columns : size));
      if (shares > 1) writer.rows(matrix.kernel, shares, [into, from, ...by, 1, ...ends], share);
      else {
        const [own, given] = [into, from].map((at, n) => ({
          first: at,
          perUnit: (rows / units) * (n === 0 ? 4 * columns : xRow),
        }));
        const all = [own as Argument, given as Argument, ...by, { count: rows / units }, ...ends];
        writer.rows(matrix.kernel, units, all);
      }
    }
    return out;
  },
  matmulInt8(writer, node) {
    const [first, integers] = node.inputs as readonly [Expression, Expression];
    if (node.attributes.scaled !== 'output') throw new CannotRun('No kernel for this product');
    return integerProduct(writer, { node, x: writer.value(first), matrix: writer.site.matrix(nameOf(integers)) });
  },
  matmulInt4(writer, node) {
    const [first, integers] = node.inputs as readonly [Expression, Expression];
    if (node.attributes.by !== 'transposed') throw new CannotRun('No kernel for this product');
    return integerProduct(writer, { node, x: writer.value(first), matrix: writer.site.matrix(nameOf(integers)) });
  },
  attend(writer, node) {
    const [queries, keys, values] = [0, 1, 2].map((i) => operand(writer, node, i)) as [Value, Value, Value];
    const [, , , kept, , mask] = node.inputs as readonly Expression[];
    const { factor, group } = node.attributes;
    const size = kept?.shape[2] as number;
    const [positions = 0, width = 0] = queries.dims;
    writer.readAll(queries, keys, values);
    const keyHeads = width / size / group;
    const pass = writer.site.pass(nameOf(mask));
    const ends = [Number(nameOf(kept).split('.')[1]), pass];
    const count = writer.count(positions);
    if (attendsMany(writer.site.kind, size)) {
      const given = [keys.address, values.address, keys.row, values.row, count, keyHeads, size, ...ends];
      writer.step('keepMany', given);
      writer.meet();
      const out = writer.makeShared(queries.dims, positions);
      const work = writer.take('own', workBytes(size, writer.site.room));
      const own = [out.address, queries.address, queries.row, count, keyHeads, group, size, work, bitsOf(factor)];
      writer.step('attendMany', [...own, ...ends, writer.isSplit ? 1 : 0]);
      writer.give(work);
      return out;
    }
    // Each query's scores are followed by a vector with the factor for its weights.
    const room = 4 * writer.site.room + 16;
    const scores = writer.take('shared', ((positions * width) / size) * room);
    writer.step('attendScores', [
      ...[scores, queries.address, keys.address, values.address, queries.row, keys.row, values.row],
      ...[count, keyHeads, group, size, room, bitsOf(factor), ...ends],
    ]);
    writer.meet();
    writer.step('attendWeights', [scores, count, keyHeads, group, size, room, ...ends]);
    writer.meet();
    const out = writer.makeShared(queries.dims, positions);
    writer.step('attendValues', [out.address, scores, count, keyHeads, group, size, room, ...ends]);
    writer.give(scores);
    return out;
  },
};

/** The input that holds the table rows a pass looks up. */
export function gatheredName(node: Expression): string {
  return `${node.inputs.map((each) => nameOf(each)).join('[')}]`;
}

/** Whether passes of a kind attend to the floats of a cache, many queries at a time, rather than to its 16-bit copy. */
export function attendsMany(kind: PassKind, size: number): boolean {
  return kind === 'prefill' && size % sizesOfMany === 0;
}

export function isHadamard(node: Expression): boolean {
  return node.op === 'input' && nameOf(node).startsWith('hadamard.');
}

function operand(writer: Writer, node: Expression, i: number): Value {
  return writer.value(node.inputs[i] as Expression);
}

/** The same numbers without gaps. */
function densely(writer: Writer, x: Value): Value {
  const [rows = 0, ...rest] = x.dims;
  writer.readRows(x);
  const out = writer.makeRows(x.dims, rows);
  const given = [rowsOf(out, rows), rowsOf(x, rows)];
  writer.rows('copyRows', rows, [...given, { count: 1 }, elements(rest), out.row, x.row]);
  return out;
}

/** Drops leading axes of size 1, so that the first axis is that of rows. */
function byRows(x: Value): Value {
  const [first, ...rest] = x.dims;
  if (first !== 1 || rest.length < 2) return x;
  return byRows({ ...x, dims: rest, row: 4 * elements(rest.slice(1)) });
}

function elementwise(writer: Writer, node: Expression, name: 'add' | 'subtract' | 'multiply'): Value {
  let [a, b] = [operand(writer, node, 0), operand(writer, node, 1)];
  const all = writer.dims(node);
  if (elements(a.dims) < elements(b.dims) && name !== 'subtract') [a, b] = [b, a];
  if (elements(a.dims) !== elements(all)) throw new CannotRun(`No kernel for [${a.dims}] and [${b.dims}]`);
  const units = a.units ?? b.units ?? (all[0] as number);
  // With a single position, all rows belong to it.
  if (units > 1 && isDense(a)) a = byRows(a);
  if (units > 1 && isDense(b) && b.dims.length > a.dims.length) b = byRows(b);
  writer.readRows(a, b);
  const out = writer.makeRows(all, units);
  const [rows = 0, ...others] = a.dims;
  const rest = elements(others);
  const last = a.dims.at(-1) as number;
  const outRows = { first: out.address, perUnit: (rows / units) * 4 * rest };
  const given = (by: Argument, groups: number, size: number, bRow: number, bGroup: number): Argument[] => [
    ...[outRows, rowsOf(a, units), by, { count: rows / units }, groups, size, a.row, bRow, bGroup],
  ];
  if (elements(b.dims) === elements(a.dims)) writer.rows(name, units, given(rowsOf(b, units), 1, rest, b.row, 0));
  else if (b.dims.length === 1 && b.dims[0] === last)
    writer.rows(name, units, given(b.address, rest / last, last, 0, 0));
  else if (b.dims.length === a.dims.length && b.dims.at(-1) === 1 && elements(b.dims) * last === elements(a.dims))
    writer.rows(`${name}One`, units, given(rowsOf(b, units), rest / last, last, b.row, 4));
  else throw new CannotRun(`No kernel for [${a.dims}] and [${b.dims}]`);
  return out;
}

function unary(writer: Writer, node: Expression, name: 'scale' | 'sigmoid' | 'silu', factor = 0): Value {
  const x = operand(writer, node, 0);
  const [rows = 0, ...rest] = x.dims;
  const units = x.units ?? rows;
  writer.readRows(x);
  const out = writer.makeRows(x.dims, units);
  const given = [rowsOf(out, units), rowsOf(x, units), { count: rows / units }];
  writer.rows(name, units, [...given, elements(rest), x.row, bitsOf(factor)]);
  return out;
}

function reduction(writer: Writer, node: Expression, name: 'inverseRms' | 'sum', extra: number): Value {
  const x = operand(writer, node, 0);
  const [rows = 0, ...rest] = x.dims;
  const units = x.units ?? rows;
  writer.readRows(x);
  const out = writer.makeRows(writer.dims(node), units);
  const size = x.dims.at(-1) as number;
  const given = [rowsOf(out, units), rowsOf(x, units), { count: rows / units }];
  writer.rows(name, units, [...given, elements(rest) / size, size, x.row, bitsOf(extra)]);
  return out;
}

/** Matrix rows that `timesTransposed` and `timesShorts` read at a time. */
const outputsAtOnce = 4;

/** Whether threads that all hold the row can each read a part of the matrix it is multiplied by. */
function isShared({ site, isSplit }: Writer, x: Value, by: Value): boolean {
  const outputs = elements(by.dims.slice(0, -1));
  const isOneRow = elements(x.dims.slice(0, -1)) === 1;
  return site.threads > 1 && !isSplit && isOneRow && by.memory === undefined && outputs % outputsAtOnce === 0;
}

/** The matrix operand of a kernel. */
interface Matrix {
  readonly kernel: KernelName;
  /** Where the parts of a row begin. */
  at(row: number): readonly Address[];
  /** From there to the same parts of the next row, in bytes. */
  readonly perRow: readonly number[];
}

function floatMatrix({ address, dims }: Value, isTransposed: boolean): Matrix {
  const rowBytes = 4 * (dims.at(-1) as number);
  return {
    kernel: isTransposed ? 'timesTransposed' : 'times',
    at: (row) => [behind(address, row * rowBytes)],
    perRow: [rowBytes],
  };
}

/** One matrix for each share, each with its rows and their steps. */
function shortMatrix({ address, dims }: Value, shares: number): Matrix {
  const rows = elements(dims.slice(0, -1)) / shares;
  const { rowBytes, steps, bytes } = shortRows.layout(rows, dims.at(-1) as number);
  return {
    kernel: 'timesShorts',
    at: (row) => {
      const share = behind(address, Math.floor(row / rows) * bytes);
      return [behind(share, (row % rows) * rowBytes), behind(share, steps + 4 * (row % rows))];
    },
    perRow: [rowBytes, 4],
  };
}

/** A product takes as long as memory takes to deliver the matrix: each thread reads its part, not all of it. */
function timesShared(
  writer: Writer,
  x: Value,
  { matrix, dims, factor }: { matrix: Matrix; dims: readonly number[]; factor: number },
): Value {
  const size = x.dims.at(-1) as number;
  const out = writer.makeShared(dims, 1);
  const into = { first: out.address, perUnit: 4 * outputsAtOnce };
  const by = matrix.at(0).map((first, n) => ({ first, perUnit: outputsAtOnce * (matrix.perRow[n] as number) }));
  const given = [into, x.address, ...by, 1, { count: outputsAtOnce }, size, 0, 0, bitsOf(factor)];
  writer.shared(matrix.kernel, elements(dims) / outputsAtOnce, given);
  writer.arrive(out);
  return out;
}

/** Rounds the rows, and multiplies them by an integer matrix. */
function integerProduct(
  writer: Writer,
  { node, x, matrix }: { readonly node: Expression; readonly x: Value; readonly matrix: PackedMatrix },
): Value {
  if (x.dims.length !== 2) throw new CannotRun('No kernel for this product');
  writer.readRows(x);
  const { kind, address, scales, pairs, blocks } = matrix;
  const [rows = 0, size = 0] = x.dims;
  const region = writer.isSplit ? 'shared' : 'own';
  const rowBytes = roundedRowBytes(blocks);
  const rounded = writer.take(region, rows * rowBytes);
  const steps = writer.take(region, 4 * rows);
  const [into, intoSteps] = [
    { first: rounded, perUnit: rowBytes },
    { first: steps, perUnit: 4 },
  ];
  const given = [rowsOf(x, rows), { count: 1 }, size, rowBytes, x.row];
  if (kind === 'int4') writer.rows('roundForInt4', rows, [into, ...given]);
  else writer.rows('roundForInt8', rows, [into, intoSteps, ...given, bitsOf(mostSteps(blocks))]);
  if (writer.isSplit) writer.meet();
  const out = writer.makeShared(writer.dims(node), rows, 4 * pairOutputs * pairs);
  const packed = [address, scales, pairs, blocks, writer.atOnce(pairs)];
  const multiplied = [rounded, rowBytes, steps, writer.count(rows), ...packed];
  writer.step(kind === 'int4' ? 'productInt4' : 'productInt8', [out.address, out.row, ...multiplied]);
  writer.give(rounded);
  writer.give(steps);
  return out;
}

/** Transforms blocks: [rows · blocks, size], a view of [rows, blocks · size]. */
function hadamard(writer: Writer, x: Value): Value {
  const [rows = 0, size = 0] = x.dims;
  const units = x.units ?? rows;
  const out = writer.makeRows(x.dims, units);
  const given = [rowsOf(out, units), rowsOf(x, units), { count: rows / units }];
  writer.rows('hadamard', units, [...given, size, x.row, bitsOf(1 / Math.sqrt(size))]);
  return out;
}
