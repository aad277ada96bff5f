import { type Expression, type OpName, topologicalOrder } from '../../graph/expression.ts';
import { sizeOf } from '../../graph/shape.ts';
import { elements } from '../../tensor.ts';
import { Arena } from './arena.ts';
import { mostSteps, productGroup, roundedRowBytes } from './kernels/layout.ts';
import type { KernelName } from './kernels.ts';

/** A matrix of whole numbers as `product` reads it. */
export interface PackedMatrix {
  readonly address: number;
  readonly scales: number;
  readonly groups: number;
  /** Blocks of a row. */
  readonly blocks: number;
}

/** What stands still while a program is written: where inputs and matrices lie, and the sizes of this pass. */
export interface ProgramSite {
  readonly sizes: ReadonlyMap<string, number>;
  /** The address of an input. */
  input(name: string): number;
  matrix(name: string): PackedMatrix;
  /** The address of what an attention is told of each pass, by the name of its mask (`PassCells`). */
  pass(mask: string): number;
  readonly threads: number;
  /** Places that a text may have until programs are written anew. */
  readonly room: number;
}

type Region = 'shared' | 'own';

/** Memory of a program: one for all threads, or of each thread its own. */
interface Place {
  readonly region: Region;
  readonly offset: number;
}

export type Address = number | Place;

/** What a kernel is given: a number or an address as it is; or what is another for each thread where rows are shared between them. */
type Argument = Address | { readonly first: Address; readonly perUnit: number } | { readonly count: number };

/** A kernel and what it is given. Of `units` rows each thread has its part; `unit` is for the thread that has that one. */
export interface Step {
  readonly kernel: KernelName | 'meet';
  readonly given: readonly Argument[];
  readonly units?: number;
  readonly unit?: number;
}

/** The units of a thread, from one to before another. */
function partOf(units: number, thread: number, threads: number): readonly [from: number, to: number] {
  return [Math.floor((units * thread) / threads), Math.floor((units * (thread + 1)) / threads)];
}

/** The numbers of a step in a thread; undefined where it has no part in it. */
export function numbersOf(
  { given, units, unit }: Step,
  {
    part: [thread, threads],
    resolve,
  }: { part: readonly [thread: number, threads: number]; resolve: (address: Address) => number },
): number[] | undefined {
  const [from, to] = units === undefined ? [0, 1] : partOf(units, thread, threads);
  if (from === to || (unit !== undefined && (unit < from || unit >= to))) return undefined;
  return given.map((each) => {
    if (typeof each === 'number' || 'region' in each) return resolve(each);
    if ('count' in each) return each.count * (to - from);
    return resolve(each.first) + from * each.perUnit;
  });
}

export interface Written {
  readonly steps: readonly Step[];
  readonly outputs: ReadonlyMap<string, Value>;
  /** Whether each thread has its rows; else all have all. */
  readonly isSplit: boolean;
  /** Bytes of the regions. */
  readonly shared: number;
  readonly own: number;
}

/** Floats in memory: rows of all axes but the first, with a distance between them. */
export interface Value {
  readonly dims: readonly number[];
  readonly address: Address;
  /** Bytes from one place of the first axis to the next. */
  readonly row: number;
  /** The positions that its rows belong to, as many rows to each; undefined of what is fed. */
  readonly units: number | undefined;
  /** What is to be given back when nothing reads it any more. */
  readonly memory: Memory | undefined;
}

interface Memory {
  readonly place: Place;
  /** How often threads had met when it was written. */
  written: number;
  /** Whether each thread wrote its rows, which it may read at once. */
  readonly byRows: boolean;
  uses: number;
}

/** An operation that this backend has no kernel for. */
class NoKernel extends Error {}

/** Whether all that outputs reach can be run here. */
export function canRun(outputs: Readonly<Record<string, Expression>>): boolean {
  return topologicalOrder(Object.values(outputs)).every((node) => node.op === 'input' || node.op in writers);
}

/**
 * Writes down the steps that give the outputs. Products and attention are shared between threads, and are waited for before they are read. All
 * else is small: of a single position every thread computes it for itself, in memory of its own; of several each thread has its rows.
 */
export function writeProgram(outputs: Readonly<Record<string, Expression>>, site: ProgramSite): Written {
  const order = topologicalOrder(Object.values(outputs)).filter((node) => node.op !== 'input');
  const writer = new Writer(site);
  const uses = usesOf(order, outputs);
  const adapted = findAdapted(order, uses);
  for (const node of order) {
    const update = adapted.get(node);
    if (update === 'absorbed') continue;
    if (update !== undefined) {
      writer.keep(node, writeAdapted(writer, update), uses.get(node) ?? 0);
      for (const operand of [update.product, update.low]) writer.isRead(operand);
      continue;
    }
    const write = writers[node.op] as Write<OpName> | undefined;
    if (write === undefined) throw new NoKernel(`No kernel for ${node.op}`);
    writer.keep(node, write(writer, node), uses.get(node) ?? 0);
    for (const operand of node.inputs) writer.isRead(operand);
  }
  writer.meet();
  const values = Object.entries(outputs).map(([name, node]) => [name, writer.value(node)] as const);
  const { steps, isSplit } = writer;
  return { steps, isSplit, outputs: new Map(values), shared: writer.reach('shared'), own: writer.reach('own') };
}

/** A product of integers, and what an adapter adds to it: low · B. */
interface Adapted {
  readonly product: Expression;
  readonly low: Expression;
  readonly up: Expression<'input'>;
  readonly factor: number;
}

/** By the sums; what is computed with them alone is absorbed. */
function findAdapted(
  order: readonly Expression[],
  uses: ReadonlyMap<Expression, number>,
): ReadonlyMap<Expression, Adapted | 'absorbed'> {
  const found = new Map<Expression, Adapted | 'absorbed'>();
  const isOwn = (node: Expression) => uses.get(node) === 1;
  for (const node of order) {
    const [product, added] = node.inputs;
    if (node.op !== 'add' || product?.op !== 'matmulInt8' || added === undefined || !isOwn(product)) continue;
    const times = (added.op === 'reshape' ? added.inputs[0] : added) as Expression<'matmul'>;
    const [low, up] = times.inputs;
    if (times.op !== 'matmul' || ![added, times].every(isOwn) || up?.op !== 'input' || low === undefined) continue;
    if (times.attributes.transposeA || times.attributes.transposeB) continue;
    found.set(node, { product, low, up: up as Expression<'input'>, factor: times.attributes.factor });
    found.set(added, 'absorbed').set(times, 'absorbed');
  }
  return found;
}

/** Each thread adds to the columns that it has multiplied. */
function writeAdapted(writer: Writer, { product, low: lower, up, factor }: Adapted): Value {
  const [y, low] = [writer.value(product), writer.value(lower)];
  const [ranks = 0, columns = 0] = writer.dims(up).slice(-2);
  const shares = elements(low.dims.slice(0, -2));
  const rows = low.dims.at(-2) as number;
  if (!isDense(low)) throw new NoKernel('No kernel for such rows');
  if (writer.isSplit) writer.readAll(low);
  const [matrix, ranges] = [writer.site.input(nameOf(up)), writer.site.input(rangesName(up))];
  for (let share = 0; share < shares; share++) {
    const out = behind(y.address, share * rows * y.row);
    const x = behind(low.address, 4 * share * rows * ranks);
    const from = [matrix + 4 * share * ranks * columns, ranges + 8 * share * ranks];
    const groups = Math.ceil(columns / productGroup);
    writer.isChanged(y);
    writer.step('addTimes', [out, x, ...from, rows, ranks, columns, groups, y.row, bitsOf(factor)]);
  }
  return y;
}

/** The input that tells, for each row of a matrix, between which bytes it has other numbers than zeros. */
export function rangesName(node: Expression): string {
  return `${nameOf(node)}#ranges`;
}

/** The matrices of which only what is not zero is read. */
export function rangedInputs(outputs: Readonly<Record<string, Expression>>): Expression<'input'>[] {
  const order = topologicalOrder(Object.values(outputs));
  return [...findAdapted(order, usesOf(order, outputs)).values()].flatMap((each) =>
    each === 'absorbed' ? [] : [each.up],
  );
}

function usesOf(
  order: readonly Expression[],
  outputs: Readonly<Record<string, Expression>>,
): ReadonlyMap<Expression, number> {
  const uses = new Map<Expression, number>();
  for (const used of [...order.flatMap((node) => node.inputs), ...Object.values(outputs)])
    uses.set(used, (uses.get(used) ?? 0) + 1);
  return uses;
}

class Writer {
  readonly steps: Step[] = [];
  readonly site: ProgramSite;
  /** Whether rows are shared between threads. */
  readonly isSplit: boolean;
  readonly #sizes: Map<string, number>;
  readonly #values = new Map<Expression, Value>();
  readonly #arenas: Readonly<Record<Region, Arena>> = { shared: new Arena(), own: new Arena() };
  /** Shared memory that some thread may still read. */
  #retired: Place[] = [];
  #meetings = 0;

  constructor(site: ProgramSite) {
    this.site = site;
    this.#sizes = new Map(site.sizes);
    this.isSplit = site.threads > 1 && (site.sizes.get('positions') ?? 1) > 1;
  }

  reach(region: Region): number {
    return this.#arenas[region].reach;
  }

  dims(node: Expression): number[] {
    return node.shape.map((dim) => sizeOf(dim, this.#sizes));
  }

  /** Those of a reshaped value, of which one may be told by the others: it is known from then on. */
  reshapedDims(node: Expression, count: number): number[] {
    const unknown = node.shape.find((dim) => typeof dim === 'string' && /^\w+$/.test(dim) && !this.#sizes.has(dim));
    if (unknown === undefined) return this.dims(node);
    const others = node.shape.filter((dim) => dim !== unknown).map((dim) => sizeOf(dim, this.#sizes));
    this.#sizes.set(unknown as string, count / elements(others));
    return this.dims(node);
  }

  value(node: Expression): Value {
    const known = this.#values.get(node);
    if (known !== undefined) return known;
    const dims = this.dims(node);
    const positions = this.site.sizes.get('positions');
    const units = dims[0] === positions ? positions : undefined;
    return { dims, address: this.site.input(nameOf(node)), row: 4 * elements(dims.slice(1)), units, memory: undefined };
  }

  keep(node: Expression, value: Value, uses: number): void {
    this.#values.set(node, value);
    if (value.memory !== undefined) value.memory.uses += uses;
  }

  isRead(node: Expression): void {
    const memory = this.#values.get(node)?.memory;
    if (memory !== undefined && --memory.uses === 0) this.give(memory.place);
  }

  /** Room for what rows give, side by side. */
  makeRows(dims: readonly number[], units: number): Value {
    return this.#make(dims, { units, region: this.isSplit ? 'shared' : 'own', byRows: true });
  }

  /** Room for what threads make together, with more between rows where that is told. */
  makeShared(dims: readonly number[], units: number, row?: number): Value {
    return this.#make(dims, { units, region: 'shared', byRows: false, row });
  }

  #make(
    dims: readonly number[],
    {
      units,
      region,
      byRows,
      row = 4 * elements(dims.slice(1)),
    }: { units: number; region: Region; byRows: boolean; row?: number | undefined },
  ): Value {
    const place = this.take(region, (dims[0] ?? 1) * row);
    return { dims, address: place, row, units, memory: { place, written: this.#meetings, byRows, uses: 0 } };
  }

  take(region: Region, bytes: number): Place {
    // An arena without an end.
    return { region, offset: this.#arenas[region].take(bytes) as number };
  }

  give(place: Place): void {
    if (place.region === 'own') this.#arenas.own.give(place.offset);
    else this.#retired.push(place);
  }

  /** A step that all threads run. */
  step(kernel: KernelName | 'meet', given: readonly Argument[]): void {
    this.steps.push({ kernel, given });
  }

  /** A step of `units` rows of which each thread has its part, or of one of them. */
  rows(kernel: KernelName, units: number, given: readonly Argument[], unit?: number): void {
    this.steps.push({ kernel, given, units, ...(unit === undefined ? {} : { unit }) });
  }

  /** Before each thread reads its rows. */
  readRows(...values: readonly Value[]): void {
    if (values.some(({ memory }) => this.#isNew(memory) && !memory?.byRows)) this.meet();
  }

  /** Before rows of other threads are read. */
  readAll(...values: readonly Value[]): void {
    if (values.some(({ memory }) => this.#isNew(memory))) this.meet();
  }

  #isNew(memory: Memory | undefined): boolean {
    return memory?.place.region === 'shared' && memory.written === this.#meetings;
  }

  /** Written once more, by threads together. */
  isChanged({ memory }: Value): void {
    if (memory !== undefined) memory.written = this.#meetings;
  }

  meet(): void {
    this.step('meet', []);
    this.#meetings++;
    for (const { offset } of this.#retired) this.#arenas.shared.give(offset);
    this.#retired = [];
  }
}

type Write<Op extends OpName> = (writer: Writer, node: Expression<Op>) => Value;

const writers: { readonly [Op in OpName]?: Write<Op> } = {
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
      throw new NoKernel(`No kernel for a sum of [${from}] to [${dims}]`);
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
    if (axis !== 1 || x.dims.length !== 2) throw new NoKernel('No kernel for a slice of other than columns');
    return { ...x, dims: writer.dims(node), address: behind(x.address, 4 * start) };
  },
  transpose(writer, node) {
    const x = operand(writer, node, 0);
    const [shares = 0, blocks = 0, each = 0, size = 0] = x.dims;
    if (node.attributes.permutation.join() !== '0,2,1,3') throw new NoKernel('No kernel for this transposition');
    const dims = writer.dims(node);
    if (blocks === 1 || each === 1) return { ...x, dims, row: 4 * elements(dims.slice(1)) };
    if (shares !== 1) throw new NoKernel('No kernel for blocks of several shares of several positions');
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
    // Rows of what is fed as it is are put there before the pass.
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
    if (one !== 1 || cos.dims[0] !== rows) throw new NoKernel('No kernel for these angles');
    writer.readRows(x);
    const out = writer.makeRows(x.dims, rows);
    const given = [out, x, cos, sin].map((each) => rowsOf(each, rows));
    writer.rows('rotate', rows, [...given, { count: 1 }, heads, size / 2, x.row]);
    return out;
  },
  matmul(writer, node) {
    const [first, second] = node.inputs as readonly [Expression, Expression];
    const { transposeA, transposeB, factor } = node.attributes;
    if (transposeA) throw new NoKernel('No kernel for a product of columns');
    const x = writer.value(first);
    writer.readRows(x);
    if (isHadamard(second)) return turn(writer, x);
    const by = writer.value(second);
    const dims = writer.dims(node);
    const units = x.units ?? (x.dims[0] as number);
    const out = writer.makeRows(dims, units);
    const [rows = 0, columns = 0] = dims.slice(-2);
    const size = x.dims.at(-1) as number;
    if (x.dims.length > 2 && !isDense(x)) throw new NoKernel('No kernel for such rows');
    const xRow = x.dims.length > 2 ? 4 * size : x.row;
    // Matrices of the leading axes, of which the left has one for each share; the right's may be several to it.
    const shares = elements(x.dims.slice(0, -2));
    const blocks = elements(by.dims.slice(0, -2)) / shares;
    if (shares > 1 && (rows !== 1 || shares !== units)) throw new NoKernel('No kernel for shares of several positions');
    for (let i = 0; i < shares * blocks; i++) {
      const share = Math.floor(i / blocks);
      const matrix = behind(by.address, i * 4 * size * columns);
      const from = behind(x.address, share * rows * xRow);
      const into = behind(out.address, i * 4 * rows * columns);
      const numbers = transposeB ? [columns, size] : [size, columns];
      const ends = [...numbers, 4 * columns, xRow, bitsOf(factor)];
      const kernel = transposeB ? 'timesTransposed' : 'times';
      if (shares > 1) writer.rows(kernel, shares, [into, from, matrix, 1, ...ends], share);
      else {
        const [own, given] = [into, from].map((at, n) => ({
          first: at,
          perUnit: (rows / units) * (n === 0 ? 4 * columns : xRow),
        }));
        writer.rows(kernel, units, [own as Argument, given as Argument, matrix, { count: rows / units }, ...ends]);
      }
    }
    return out;
  },
  matmulInt8(writer, node) {
    const [first, integers] = node.inputs as readonly [Expression, Expression];
    const x = writer.value(first);
    if (x.dims.length !== 2 || node.attributes.scaled !== 'output') throw new NoKernel('No kernel for this product');
    writer.readRows(x);
    const { address, scales, groups, blocks } = writer.site.matrix(nameOf(integers));
    const [rows = 0, size = 0] = x.dims;
    const region = writer.isSplit ? 'shared' : 'own';
    const rowBytes = roundedRowBytes(blocks);
    const rounded = writer.take(region, rows * rowBytes);
    const steps = writer.take(region, 4 * rows);
    const into = [
      { first: rounded, perUnit: rowBytes },
      { first: steps, perUnit: 4 },
    ];
    const most = bitsOf(mostSteps(blocks));
    writer.rows('round', rows, [...into, rowsOf(x, rows), { count: 1 }, size, rowBytes, x.row, most]);
    if (writer.isSplit) writer.meet();
    const out = writer.makeShared(writer.dims(node), rows, 4 * productGroup * groups);
    writer.step('product', [out.address, out.row, rounded, rowBytes, steps, rows, address, scales, groups, blocks]);
    writer.give(rounded);
    writer.give(steps);
    return out;
  },
  attend(writer, node) {
    const [queries, keys, values] = [0, 1, 2].map((i) => operand(writer, node, i)) as [Value, Value, Value];
    const [, , , kept, , mask] = node.inputs as readonly Expression[];
    const { factor, group } = node.attributes;
    const size = kept?.shape[2] as number;
    const [positions = 0, width = 0] = queries.dims;
    writer.readAll(queries, keys, values);
    const out = writer.makeShared(queries.dims, positions);
    const scores = writer.take('own', 4 * writer.site.room);
    const layer = Number(nameOf(kept).split('.')[1]);
    writer.step('attend', [
      ...[out.address, queries.address, keys.address, values.address, queries.row, keys.row, values.row],
      ...[positions, width / size / group, group, size, scores, bitsOf(factor), layer, writer.site.pass(nameOf(mask))],
    ]);
    writer.give(scores);
    return out;
  },
};

/** The input that holds the rows of a table that a pass asks for. */
export function gatheredName(node: Expression): string {
  return `${node.inputs.map((each) => nameOf(each)).join('[')}]`;
}

export function nameOf(node: Expression | undefined): string {
  return (node as Expression<'input'>).attributes.name;
}

export function isHadamard(node: Expression): boolean {
  return node.op === 'input' && nameOf(node).startsWith('hadamard.');
}

function operand(writer: Writer, node: Expression, i: number): Value {
  return writer.value(node.inputs[i] as Expression);
}

function behind(address: Address, bytes: number): Address {
  return typeof address === 'number' ? address + bytes : { ...address, offset: address.offset + bytes };
}

function bitsOf(value: number): number {
  return new Int32Array(Float32Array.of(value).buffer)[0] as number;
}

/** The rows of a thread, of so many units. */
function rowsOf(x: Value, units: number): Argument {
  return { first: x.address, perUnit: ((x.dims[0] as number) / units) * x.row };
}

function isDense({ dims, row }: Value): boolean {
  return dims[0] === 1 || row === 4 * elements(dims.slice(1));
}

/** The same numbers with nothing between them. */
function densely(writer: Writer, x: Value): Value {
  const [rows = 0, ...rest] = x.dims;
  writer.readRows(x);
  const out = writer.makeRows(x.dims, rows);
  const given = [rowsOf(out, rows), rowsOf(x, rows)];
  writer.rows('copyRows', rows, [...given, { count: 1 }, elements(rest), out.row, x.row]);
  return out;
}

/** Without leading axes of one place, so that the first axis is that of rows. */
function byRows(x: Value): Value {
  const [first, ...rest] = x.dims;
  if (first !== 1 || rest.length < 2) return x;
  return byRows({ ...x, dims: rest, row: 4 * elements(rest.slice(1)) });
}

function elementwise(writer: Writer, node: Expression, name: 'add' | 'subtract' | 'multiply'): Value {
  let [a, b] = [operand(writer, node, 0), operand(writer, node, 1)];
  const all = writer.dims(node);
  if (elements(a.dims) < elements(b.dims) && name !== 'subtract') [a, b] = [b, a];
  if (elements(a.dims) !== elements(all)) throw new NoKernel(`No kernel for [${a.dims}] and [${b.dims}]`);
  const units = a.units ?? b.units ?? (all[0] as number);
  // Where all is of one position, rows of any kind are its own.
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
  else throw new NoKernel(`No kernel for [${a.dims}] and [${b.dims}]`);
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

/** Blocks of a position: [rows · blocks, size] of what is [rows, blocks · size]. */
function turn(writer: Writer, x: Value): Value {
  const [rows = 0, size = 0] = x.dims;
  const units = x.units ?? rows;
  const out = writer.makeRows(x.dims, units);
  const given = [rowsOf(out, units), rowsOf(x, units), { count: rows / units }];
  writer.rows('turn', units, [...given, 1, size, x.row, bitsOf(1 / Math.sqrt(size))]);
  return out;
}
