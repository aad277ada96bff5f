import { type Expression, type OpName, topologicalOrder } from '../../graph/expression.ts';
import { sizeOf } from '../../graph/shape.ts';
import { elements } from '../../tensor.ts';
import { Arena } from './arena.ts';
import { type KernelName, productGroup } from './kernels.ts';

/** A matrix of whole numbers as `product` reads it. */
export interface PackedMatrix {
  readonly address: number;
  readonly scales: number;
  readonly groups: number;
  /** Numbers of a row, whole steps of them. */
  readonly inside: number;
}

/** What stands still while a program is written: where inputs and matrices lie, and the sizes of this pass. */
export interface ProgramSite {
  readonly sizes: ReadonlyMap<string, number>;
  /** The address of an input. */
  input(name: string): number;
  matrix(name: string): PackedMatrix;
  /** The address of what an attention is told of each pass, by the name of its mask (`PassCells`). */
  pass(mask: string): number;
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

export interface Step {
  readonly kernel: KernelName | 'meet';
  readonly numbers: readonly Address[];
}

export interface Written {
  readonly steps: readonly Step[];
  readonly outputs: ReadonlyMap<string, Value>;
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
  /** What is to be given back when nothing reads it any more. */
  readonly memory: Memory | undefined;
}

interface Memory {
  readonly place: Place;
  uses: number;
}

/** An operation that this backend has no kernel for. */
export class NoKernel extends Error {}

/** Whether all that outputs reach can be run here. */
export function canRun(outputs: Readonly<Record<string, Expression>>): boolean {
  return topologicalOrder(Object.values(outputs)).every((node) => node.op === 'input' || node.op in writers);
}

/**
 * Writes down the steps that give the outputs. What is small every thread computes for itself, in memory of its own; products and attention are
 * shared between them, and are waited for before they are read.
 */
export function writeProgram(outputs: Readonly<Record<string, Expression>>, site: ProgramSite): Written {
  const order = topologicalOrder(Object.values(outputs)).filter((node) => node.op !== 'input');
  const writer = new Writer(site);
  const uses = new Map<Expression, number>();
  for (const used of [...order.flatMap((node) => node.inputs), ...Object.values(outputs)])
    uses.set(used, (uses.get(used) ?? 0) + 1);
  for (const node of order) {
    const write = writers[node.op] as Write<OpName> | undefined;
    if (write === undefined) throw new NoKernel(`No kernel for ${node.op}`);
    writer.keep(node, write(writer, node), uses.get(node) ?? 0);
    for (const operand of node.inputs) writer.isRead(operand);
  }
  writer.step('meet', []);
  const values = Object.entries(outputs).map(([name, node]) => [name, writer.value(node)] as const);
  return { steps: writer.steps, outputs: new Map(values), shared: writer.reach('shared'), own: writer.reach('own') };
}

class Writer {
  readonly steps: Step[] = [];
  readonly site: ProgramSite;
  readonly #values = new Map<Expression, Value>();
  readonly #arenas: Readonly<Record<Region, Arena>> = { shared: new Arena(), own: new Arena() };
  /** Shared memory that some thread may still read. */
  #retired: Place[] = [];
  /** Whether something shared was written since threads last met. */
  #isWritten = false;

  constructor(site: ProgramSite) {
    this.site = site;
  }

  reach(region: Region): number {
    return this.#arenas[region].reach;
  }

  dims(node: Expression): number[] {
    return node.shape.map((dim) => sizeOf(dim, this.site.sizes));
  }

  value(node: Expression): Value {
    const known = this.#values.get(node);
    if (known !== undefined) return known;
    const { name } = (node as Expression<'input'>).attributes;
    const dims = this.dims(node);
    return { dims, address: this.site.input(name), row: 4 * elements(dims.slice(1)), memory: undefined };
  }

  keep(node: Expression, value: Value, uses: number): void {
    this.#values.set(node, value);
    if (value.memory !== undefined) value.memory.uses += uses;
  }

  isRead(node: Expression): void {
    const memory = this.#values.get(node)?.memory;
    if (memory === undefined || --memory.uses > 0) return;
    if (memory.place.region === 'own') this.#arenas.own.give(memory.place.offset);
    else this.#retired.push(memory.place);
  }

  /** Room for rows of floats, side by side unless more lies between them. */
  make(dims: readonly number[], region: Region = 'own', row = 4 * elements(dims.slice(1))): Value {
    const memory = { place: this.take(region, (dims[0] ?? 1) * row), uses: 0 };
    return { dims, address: memory.place, row, memory };
  }

  take(region: Region, bytes: number): Place {
    // An arena without an end.
    return { region, offset: this.#arenas[region].take(bytes) as number };
  }

  /** Memory that only the next step needs. */
  giveOwn({ offset }: Place): void {
    this.#arenas.own.give(offset);
  }

  step(kernel: KernelName | 'meet', numbers: readonly Address[]): void {
    this.steps.push({ kernel, numbers });
  }

  /** Before what others wrote is read. */
  read(...values: readonly Value[]): void {
    if (this.#isWritten && values.some(({ address }) => typeof address !== 'number' && address.region === 'shared'))
      this.#meet();
  }

  #meet(): void {
    this.step('meet', []);
    this.#isWritten = false;
    for (const { offset } of this.#retired) this.#arenas.shared.give(offset);
    this.#retired = [];
  }

  /** Behind a step that threads share. */
  isShared(): void {
    this.#isWritten = true;
  }

  /** The same numbers with nothing between them. */
  dense(x: Value): Value {
    if (x.row === 4 * elements(x.dims.slice(1)) || x.dims[0] === 1) return x;
    const out = this.make(x.dims);
    this.step('copyRows', [out.address, x.address, x.dims[0] as number, elements(x.dims.slice(1)), out.row, x.row]);
    return out;
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
    const dims = writer.dims(node);
    if (dims[0] === x.dims[0] && x.dims.length > 1) return { ...x, dims };
    const dense = writer.dense(x);
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
    const [a = 0, b = 0, c = 0, d = 0] = x.dims;
    if (node.attributes.permutation.join() !== '0,2,1,3') throw new NoKernel('No kernel for this transposition');
    const dims = writer.dims(node);
    const row = 4 * elements(dims.slice(1));
    if (b === 1 || c === 1) return { ...x, dims, row };
    writer.read(x);
    const out = writer.make(dims);
    for (let i = 0; i < a; i++)
      for (let j = 0; j < b; j++) {
        const from = behind(x.address, i * x.row + 4 * j * c * d);
        const into = behind(out.address, i * out.row + 4 * j * d);
        writer.step('copyRows', [into, from, c, d, 4 * b * d, 4 * d]);
      }
    return out;
  },
  gather(writer, node) {
    const [table, indices] = node.inputs as readonly [Expression, Expression];
    // Rows of what is fed are put there before the pass.
    if (table.op === 'input') {
      const dims = writer.dims(node);
      const address = writer.site.input(gatheredName(node));
      return { dims, address, row: 4 * elements(dims.slice(1)), memory: undefined };
    }
    const x = writer.value(table);
    writer.read(x);
    const out = writer.make(writer.dims(node));
    const size = elements(out.dims.slice(1));
    const { name } = (indices as Expression<'input'>).attributes;
    writer.step('gather', [out.address, x.address, writer.site.input(name), out.dims[0] as number, size, x.row]);
    return out;
  },
  rotate(writer, node) {
    const [x, cos, sin] = [0, 1, 2].map((i) => operand(writer, node, i)) as [Value, Value, Value];
    const [rows = 0, one, heads = 0, size = 0] = x.dims;
    if (one !== 1 || cos.dims[0] !== rows) throw new NoKernel('No kernel for these angles');
    const out = writer.make(x.dims);
    writer.read(x);
    writer.step('rotate', [out.address, x.address, cos.address, sin.address, rows, heads, size / 2, x.row]);
    return out;
  },
  matmul(writer, node) {
    const [first, second] = node.inputs as readonly [Expression, Expression];
    const { transposeA, transposeB, factor } = node.attributes;
    if (transposeA) throw new NoKernel('No kernel for a product of columns');
    const x = writer.value(first);
    writer.read(x);
    if (isHadamard(second)) return turn(writer, x);
    const by = writer.value(second);
    const out = writer.make(writer.dims(node));
    const [rows = 0, columns = 0] = out.dims.slice(-2);
    const size = x.dims.at(-1) as number;
    // Matrices of the leading axes; one of the left serves all of the right.
    const count = elements(by.dims.slice(0, -2));
    const own = elements(x.dims.slice(0, -2));
    if (x.dims.length > 2 && x.row !== 4 * elements(x.dims.slice(1))) throw new NoKernel('No kernel for such rows');
    const xRow = x.dims.length > 2 ? 4 * size : x.row;
    for (let i = 0; i < count; i++) {
      const from = behind(x.address, Math.floor((i * own) / count) * rows * xRow);
      const matrix = behind(by.address, i * 4 * size * columns);
      const into = behind(out.address, i * 4 * rows * columns);
      const numbers = transposeB ? [rows, columns, size] : [rows, size, columns];
      const kernel = transposeB ? 'timesTransposed' : 'times';
      writer.step(kernel, [into, from, matrix, ...numbers, 4 * columns, xRow, bitsOf(factor)]);
    }
    return out;
  },
  matmulInt8(writer, node) {
    const [first, integers] = node.inputs as readonly [Expression, Expression];
    const x = writer.value(first);
    if (x.dims.length !== 2 || node.attributes.scaled !== 'output') throw new NoKernel('No kernel for this product');
    writer.read(x);
    const { address, scales, groups, inside } = writer.site.matrix((integers as Expression<'input'>).attributes.name);
    const [rows = 0, size = 0] = x.dims;
    const rounded = writer.take('own', 2 * rows * inside);
    const steps = writer.take('own', 4 * rows);
    writer.step('round', [rounded, steps, x.address, rows, size, 2 * inside, x.row, bitsOf(reachOf(inside))]);
    const out = writer.make(writer.dims(node), 'shared', 4 * productGroup * groups);
    writer.step('product', [
      ...[out.address, out.row, rounded, 2 * inside, steps, rows, address, scales, groups],
      productGroup * inside,
    ]);
    writer.isShared();
    writer.giveOwn(rounded);
    writer.giveOwn(steps);
    return out;
  },
  attend(writer, node) {
    const [queries, keys, values] = [0, 1, 2].map((i) => operand(writer, node, i)) as [Value, Value, Value];
    const [, , , kept, , mask] = node.inputs as readonly Expression[];
    const { factor, group } = node.attributes;
    const size = kept?.shape[2] as number;
    const [positions = 0, width = 0] = queries.dims;
    writer.read(queries, keys, values);
    const out = writer.make(queries.dims, 'shared');
    const scores = writer.take('own', 4 * writer.site.room);
    const layer = Number(nameOf(kept).split('.')[1]);
    writer.step('attend', [
      ...[out.address, queries.address, keys.address, values.address, queries.row, keys.row, values.row],
      ...[positions, width / size / group, group, size, scores, bitsOf(factor), layer, writer.site.pass(nameOf(mask))],
    ]);
    writer.isShared();
    writer.giveOwn(scores);
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

/** The largest whole number that a row is rounded to: sums of products with 127 stay within 32 bits. */
function reachOf(inside: number): number {
  return Math.min(8191, Math.floor(2 ** 31 / (128 * inside)));
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

function elementwise(writer: Writer, node: Expression, name: 'add' | 'subtract' | 'multiply'): Value {
  let [a, b] = [operand(writer, node, 0), operand(writer, node, 1)];
  const dims = writer.dims(node);
  if (elements(a.dims) < elements(b.dims) && name !== 'subtract') [a, b] = [b, a];
  if (elements(a.dims) !== elements(dims)) throw new NoKernel(`No kernel for [${a.dims}] and [${b.dims}]`);
  writer.read(a, b);
  const out = writer.make(dims);
  const rows = dims[0] as number;
  const rest = elements(dims.slice(1));
  const last = dims.at(-1) as number;
  const numbers = (groups: number, size: number, bRow: number, bGroup: number) => [
    ...[out.address, a.address, b.address, rows, groups, size, a.row, bRow, bGroup],
  ];
  if (elements(b.dims) === elements(a.dims)) writer.step(name, numbers(1, rest, b.row, 0));
  else if (b.dims.length === 1 && b.dims[0] === last) writer.step(name, numbers(rest / last, last, 0, 0));
  else if (b.dims.length === dims.length && b.dims.at(-1) === 1 && elements(b.dims) * last === elements(dims))
    writer.step(`${name}One`, numbers(rest / last, last, b.row, 4));
  else throw new NoKernel(`No kernel for [${a.dims}] and [${b.dims}]`);
  return out;
}

function unary(writer: Writer, node: Expression, name: 'scale' | 'sigmoid' | 'silu', factor = 0): Value {
  const x = operand(writer, node, 0);
  writer.read(x);
  const out = writer.make(x.dims);
  const size = elements(x.dims.slice(1));
  writer.step(name, [out.address, x.address, x.dims[0] as number, size, x.row, bitsOf(factor)]);
  return out;
}

function reduction(writer: Writer, node: Expression, name: 'inverseRms' | 'sum', extra: number): Value {
  const x = operand(writer, node, 0);
  writer.read(x);
  const out = writer.make(writer.dims(node));
  const size = x.dims.at(-1) as number;
  const groups = elements(x.dims.slice(1)) / size;
  writer.step(name, [out.address, x.address, x.dims[0] as number, groups, size, x.row, bitsOf(extra)]);
  return out;
}

/** Rows of whole blocks, [rows · blocks, size] of what is [rows, blocks · size]. */
function turn(writer: Writer, x: Value): Value {
  const [rows = 0, size = 0] = x.dims;
  const out = writer.make(x.dims);
  writer.step('turn', [out.address, x.address, rows, 1, size, x.row, bitsOf(1 / Math.sqrt(size))]);
  return out;
}

