import type { Expression } from '../../graph/expression.ts';
import { sizeOf } from '../../graph/shape.ts';
import { elements } from '../../tensor.ts';
import { Arena } from './arena.ts';
import type { KernelName } from './kernels.ts';
import { patience } from './machine-run.ts';
import type { Address, Argument, Meeting, Place, Region, Step } from './step.ts';

/** A matrix of whole numbers as `product` reads it. */
export interface PackedMatrix {
  readonly address: number;
  readonly scales: number;
  readonly pairs: number;
  /** Blocks of a row. */
  readonly blocks: number;
}

/** A prompt has many positions, of any number of them; a token that is decoded a few with its guesses, of a number that is known. */
export type PassKind = 'prefill' | 'decode';

/** What stands still while a program is written: where inputs and matrices lie, and the sizes of this pass. */
export interface ProgramSite {
  readonly sizes: ReadonlyMap<string, number>;
  readonly kind: PassKind;
  /** The address of an input. */
  input(name: string): number;
  matrix(name: string): PackedMatrix;
  /** The address of what an attention is told of each pass, by the name of its mask (`#tellPass` of `wasm-graph.ts`). */
  pass(mask: string): number;
  readonly threads: number;
  /** Places that a text may have until programs are written anew. */
  readonly room: number;
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
  /** Whether threads arrive when they have written it, so that it can be waited for alone. */
  isAwaited: boolean;
  uses: number;
}

/** What threads share they take in some turns: one that was held up takes fewer. Of few rows memory is what is waited for, which gives long stretches best. */
const takesOfThread = { decode: 2, prefill: 24 } as const satisfies Record<PassKind, number>;

export class Writer {
  readonly steps: Step[] = [];
  readonly site: ProgramSite;
  readonly #shortRows: ReadonlySet<Expression>;
  /** The most that there may be. */
  readonly positions: number;
  /** Whether rows are shared between threads. */
  readonly isSplit: boolean;
  readonly #sizes: Map<string, number>;
  readonly #values = new Map<Expression, Value>();
  readonly #arenas: Readonly<Record<Region, Arena>> = { shared: new Arena(), own: new Arena() };
  /** Shared memory that some thread may still read. */
  #retired: Place[] = [];
  #meetings = 0;
  /** How often threads had met when they last arrived. */
  #arrivedAfter = -1;

  constructor(site: ProgramSite, shortRows: ReadonlySet<Expression>) {
    this.site = site;
    this.#shortRows = shortRows;
    this.#sizes = new Map(site.sizes);
    this.positions = site.sizes.get('positions') ?? 1;
    this.isSplit = site.threads > 1 && this.positions > 1;
  }

  reach(region: Region): number {
    return this.#arenas[region].reach;
  }

  dims(node: Expression): number[] {
    return node.shape.map((dim) => sizeOf(dim, this.#sizes));
  }

  /** Whether its rows are numbers of 16 bits (`short-matrices.ts`). */
  isShort(node: Expression): boolean {
    return this.#shortRows.has(node);
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
    const units = dims[0] === this.site.sizes.get('positions') ? dims[0] : undefined;
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
    return {
      dims,
      address: place,
      row,
      units,
      memory: { place, written: this.#meetings, byRows, isAwaited: false, uses: 0 },
    };
  }

  take(region: Region, bytes: number): Place {
    // An arena without an end.
    return { region, offset: this.#arenas[region].take(bytes) as number };
  }

  give(place: Place): void {
    if (place.region === 'own') this.#arenas.own.give(place.offset);
    else this.#retired.push(place);
  }

  /** So many rows, or as many as there are positions. */
  count(rows: number): Argument {
    return rows === this.positions ? 'positions' : rows;
  }

  /** How many of so many units a thread takes at a time; zero where each has its part: one row is read in one go. */
  atOnce(units: number): number {
    return this.isSplit ? Math.ceil(units / (takesOfThread[this.site.kind] * this.site.threads)) : 0;
  }

  /** A step that all threads run. */
  step(kernel: KernelName | Meeting, given: readonly Argument[]): void {
    this.steps.push({ kernel, given });
  }

  /** A step of `units` rows of which each thread has its part, or of one of them. */
  rows(kernel: KernelName, units: number, given: readonly Argument[], unit?: number): void {
    this.steps.push({ kernel, given, units, ...(unit === undefined ? {} : { unit }) });
  }

  /** A step of a row that all threads have, in which each has its part of the units. */
  shared(kernel: KernelName, units: number, given: readonly Argument[]): void {
    this.steps.push({ kernel, given, units, isShared: true });
  }

  /** Before each thread reads its rows. */
  readRows(...values: readonly Value[]): void {
    this.#waitFor(values.filter(({ memory }) => !memory?.byRows));
  }

  /** Before rows of other threads are read. */
  readAll(...values: readonly Value[]): void {
    this.#waitFor(values);
  }

  #waitFor(values: readonly Value[]): void {
    const fresh = values.flatMap(({ memory }) => (this.#isNew(memory) ? [memory as Memory] : []));
    if (!fresh.every(({ isAwaited }) => isAwaited)) this.meet();
    else if (fresh.length > 0) {
      this.step('await', [this.#patience]);
      for (const memory of fresh) memory.written = -1;
    }
  }

  /** Threads go on behind what they wrote; what reads it waits for those that have not. Of several values between two meetings the first one alone. */
  arrive({ memory }: Value): void {
    if (memory === undefined || this.#arrivedAfter === this.#meetings) return;
    this.#arrivedAfter = this.#meetings;
    memory.isAwaited = true;
    this.step('arrive', []);
  }

  #isNew(memory: Memory | undefined): boolean {
    return memory?.place.region === 'shared' && memory.written === this.#meetings;
  }

  /** Written once more, by threads together. */
  isChanged({ memory }: Value): void {
    if (memory !== undefined) memory.written = this.#meetings;
  }

  /** A prompt has longer steps, in which threads are done further apart. */
  get #patience(): number {
    return this.site.kind === 'prefill' ? patience.long : patience.short;
  }

  meet(): void {
    this.step('meet', [this.#patience]);
    this.#meetings++;
    for (const { offset } of this.#retired) this.#arenas.shared.give(offset);
    this.#retired = [];
  }
}

export function nameOf(node: Expression | undefined): string {
  return (node as Expression<'input'>).attributes.name;
}

export function behind(address: Address, bytes: number): Address {
  return typeof address === 'number' ? address + bytes : { ...address, offset: address.offset + bytes };
}

const float = new DataView(new ArrayBuffer(4));

export function bitsOf(value: number): number {
  float.setFloat32(0, value);
  return float.getInt32(0);
}

/** The rows of a thread, of so many units. */
export function rowsOf(x: Value, units: number): Argument {
  return { first: x.address, perUnit: ((x.dims[0] as number) / units) * x.row };
}

export function isDense({ dims, row }: Value): boolean {
  return dims[0] === 1 || row === 4 * elements(dims.slice(1));
}
