import type { Expression } from '../../graph/expression.ts';
import { sizeOf } from '../../graph/shape.ts';
import { elements } from '../../tensor.ts';
import { Arena } from './arena.ts';
import type { KernelName } from './kernels.ts';
import { patience } from './machine-run.ts';
import type { Address, Argument, Meeting, Place, Region, Step } from './step.ts';

/** An integer matrix as `productInt8` or `productInt4` reads it. */
export interface PackedMatrix {
  readonly kind: 'int8' | 'int4';
  readonly address: number;
  readonly scales: number;
  readonly pairs: number;
  /** Blocks per row. */
  readonly blocks: number;
}

/** Prefill has many positions, any number of them; decoding has a token and its guesses, a known number. */
export type PassKind = 'prefill' | 'decode';

/** What is fixed while a program is written: where inputs and matrices are, and the sizes of this pass. */
export interface ProgramSite {
  readonly sizes: ReadonlyMap<string, number>;
  readonly kind: PassKind;
  /** The address of an input. */
  input(name: string): number;
  matrix(name: string): PackedMatrix;
  /** The address of an attention's per-pass parameters, by the name of its mask (`#tellPass` of `wasm-graph.ts`). */
  pass(mask: string): number;
  readonly threads: number;
  /** Positions that a text may have before programs are rewritten. */
  readonly room: number;
}

/** Floats in memory: rows of all axes but the first, with a stride between them. */
export interface Value {
  readonly dims: readonly number[];
  readonly address: Address;
  /** Stride of the first axis, in bytes. */
  readonly row: number;
  /** The number of positions its rows belong to, equally many each; undefined for feeds that are not by position. */
  readonly units: number | undefined;
  /** Memory to free when nothing reads it any more. */
  readonly memory: Memory | undefined;
}

interface Memory {
  readonly place: Place;
  /** The number of barriers before it was written. */
  written: number;
  /** Whether each thread wrote its own rows, which it may read at once. */
  readonly byRows: boolean;
  /** Whether threads signal that they have written it, so that it can be awaited by itself. */
  isAwaited: boolean;
  uses: number;
}

/**
 * Shared work is taken in several turns: a thread that was held up takes fewer. With few rows memory is the bottleneck,
 * and delivers long stretches best.
 */
const takesOfThread = { decode: 2, prefill: 24 } as const satisfies Record<PassKind, number>;

export class Writer {
  readonly steps: Step[] = [];
  readonly site: ProgramSite;
  readonly #shortRows: ReadonlySet<Expression>;
  /** The largest possible number. */
  readonly positions: number;
  /** Whether rows are split between threads. */
  readonly isSplit: boolean;
  readonly #sizes: Map<string, number>;
  readonly #values = new Map<Expression, Value>();
  readonly #arenas: Readonly<Record<Region, Arena>> = { shared: new Arena(), own: new Arena() };
  /** Shared memory that some thread may still read. */
  #retired: Place[] = [];
  #meetings = 0;
  /** The number of barriers before threads last arrived. */
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

  /** Whether its rows are 16-bit numbers (`short-matrices.ts`). */
  isShort(node: Expression): boolean {
    return this.#shortRows.has(node);
  }

  /** Dims of a reshaped value, one of which may follow from the others: it is known from then on. */
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

  /** Allocates the results of rows, without gaps. */
  makeRows(dims: readonly number[], units: number): Value {
    return this.#make(dims, { units, region: this.isSplit ? 'shared' : 'own', byRows: true });
  }

  /** Allocates what threads compute together, with a wider stride between rows if given. */
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
    // Never undefined: the arena has no end.
    return { region, offset: this.#arenas[region].take(bytes) as number };
  }

  give(place: Place): void {
    if (place.region === 'own') this.#arenas.own.give(place.offset);
    else this.#retired.push(place);
  }

  /** This many rows, or the number of positions if it is the same. */
  count(rows: number): Argument {
    return rows === this.positions ? 'positions' : rows;
  }

  /** How many units a thread takes at a time; zero where each has a fixed part: a single row is read in one go. */
  atOnce(units: number): number {
    return this.isSplit ? Math.ceil(units / (takesOfThread[this.site.kind] * this.site.threads)) : 0;
  }

  /** A step that all threads run. */
  step(kernel: KernelName | Meeting, given: readonly Argument[]): void {
    this.steps.push({ kernel, given });
  }

  /** A step over `units` rows of which each thread does its part, or over one of them. */
  rows(kernel: KernelName, units: number, given: readonly Argument[], unit?: number): void {
    this.steps.push({ kernel, given, units, ...(unit === undefined ? {} : { unit }) });
  }

  /** A step on a row that all threads have, each doing its part of the units. */
  shared(kernel: KernelName, units: number, given: readonly Argument[]): void {
    this.steps.push({ kernel, given, units, isShared: true });
  }

  /** To be called before each thread reads its own rows. */
  readRows(...values: readonly Value[]): void {
    this.#waitFor(values.filter(({ memory }) => !memory?.byRows));
  }

  /** To be called before rows of other threads are read. */
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

  /**
   * Threads carry on after writing this; readers wait for those that have not written it yet. Between two barriers, for
   * the first value only.
   */
  arrive({ memory }: Value): void {
    if (memory === undefined || this.#arrivedAfter === this.#meetings) return;
    this.#arrivedAfter = this.#meetings;
    memory.isAwaited = true;
    this.step('arrive', []);
  }

  #isNew(memory: Memory | undefined): boolean {
    return memory?.place.region === 'shared' && memory.written === this.#meetings;
  }

  /** Written again, by all threads together. */
  isChanged({ memory }: Value): void {
    if (memory !== undefined) memory.written = this.#meetings;
  }

  /** Prefill has longer steps, so threads finish further apart. */
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

/** A thread's rows, out of this many units. */
export function rowsOf(x: Value, units: number): Argument {
  return { first: x.address, perUnit: ((x.dims[0] as number) / units) * x.row };
}

export function isDense({ dims, row }: Value): boolean {
  return dims[0] === 1 || row === 4 * elements(dims.slice(1));
}
