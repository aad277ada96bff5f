import type { KeptColumns } from '../../answering/key-value-cache.ts';
import { type Expression, topologicalOrder } from '../../graph/expression.ts';
import { elements, type Tensor, type TensorParts } from '../../tensor.ts';
import { findAdapted, type ShortInputs, shortInputs, usesOf } from './adapted.ts';
import { Crew, habits } from './crew.ts';
import type { KernelCaches, KeySizes } from './kernel-caches.ts';
import type { Machine } from './machine.ts';
import type { MemoryOrder } from './memory-order.ts';
import { attendsMany, gatheredName, isHadamard } from './op-writers.ts';
import { PlacedProgram, type RowViews } from './placed-program.ts';
import { writeProgram } from './program.ts';
import { nameOf, type PackedMatrix, type PassKind } from './program-writer.ts';
import { shortRows, shortTiles } from './short-matrices.ts';

/**
 * A program is specific to its sizes; this many are kept per graph, most recently used. Those for prefill are large:
 * for whole prompts, and for the ends of prompts side by side.
 */
const mostPrograms = { decode: 24, prefill: 3 } as const;
/**
 * A prefill program covers this many positions or fewer, or a multiple of it: a prime, so that no other axis of a model
 * has that size. Inputs have room for as many from the start: if one had to grow, all programs would have to be
 * rewritten.
 */
const usualPositions = 191;
/** A token and the most common numbers of guesses. */
const usualWidths = [1, 2, 3, 4, 5];
/** Named sizes that follow from the number of positions. */
const sizesOfPositions: ReadonlySet<string> = new Set(['positions', 'last', 'each']);
/** A text's room grows by this many positions before programs are rewritten: in prefill, each takes little memory. */
const roomSteps = { decode: 512, prefill: 4096 } as const;

type Fed = Tensor | TensorParts;

/** What a pass comes with besides its own feeds. */
export interface PassSurroundings {
  /** Feeds that seldom change: they are checked only when this map is not the one of the last pass. */
  readonly standing?: ReadonlyMap<string, Fed>;
  /** Defaults to `decode`. */
  readonly kind?: PassKind;
  /** What `attend` reads; new keys and values (`keys.<layer>`, `values.<layer>`) are appended to it. */
  readonly kept?: KeptColumns;
}

export interface WasmExecutable {
  readonly inputs: ReadonlySet<string>;
  /** Synchronous; new keys and values are appended to those in the cache. Throws CannotRun. */
  run(feeds: ReadonlyMap<string, Tensor>, surroundings?: PassSurroundings): ReadonlyMap<string, RowViews>;
}

const nothing: ReadonlyMap<string, Fed> = new Map();

/** Memory of an input, and where its contents came from. */
interface Slot {
  readonly address: number;
  readonly bytes: number;
  data: WeakRef<Tensor['data']> | undefined;
  /** The parts it holds, if any, and the bytes of each. */
  parts: { readonly bytes: number; readonly of: readonly WeakRef<Float32Array>[] } | undefined;
}

/** What passes that share a program have in common. */
function nameOfProgram(sizes: ReadonlyMap<string, number>, setting: Omit<Setting, 'threads'>): string {
  const fixed = [...sizes].filter(([name]) => name !== 'keys' && !name.startsWith('mask_'));
  return [...fixed, ...Object.entries(setting)].map((each) => each.join('=')).join(' ');
}

function keySizesOf({ inputs: [, fresh, , kept] }: Expression<'attend'>): KeySizes {
  return { size: kept?.shape[2] as number, width: fresh?.shape[1] as number };
}

interface GraphSite {
  readonly machine: Machine;
  matrix(name: string): PackedMatrix;
  readonly kept: KernelCaches;
  readonly order: MemoryOrder;
}

/** What a program is written for, besides sizes. */
interface Setting {
  readonly kind: PassKind;
  readonly room: number;
  readonly threads: number;
}

/** Longer than the gap between the programs of successive tokens. */
const pauseMs = 20;

/** Parameters that differ from pass to pass (`cellsOf` and `cellsOfShorts` of `attend.ts`). */
const passCells = 10;

/** A graph and the programs that were written for it. */
export class WasmGraph implements WasmExecutable {
  readonly inputs: ReadonlySet<string>;
  readonly #outputs: Readonly<Record<string, Expression>>;
  readonly #site: GraphSite;
  readonly #fed: readonly Expression<'input'>[];
  /** For each named size, an input that has it, and on which axis. */
  readonly #sizes: ReadonlyMap<string, readonly [input: string, axis: number]>;
  readonly #gathered: readonly Expression[];
  readonly #shorts: ShortInputs;
  readonly #masks: readonly string[];
  /** Of a row's keys, and its values; undefined without attention. */
  readonly #keySizes: KeySizes | undefined;
  /** Outputs that go into the cache, and where. */
  readonly #fresh: readonly (readonly [name: string, kind: 'keys' | 'values', layer: number])[];
  #standing = new WeakRef(nothing);
  /** Inputs that are not standing feeds. */
  #changing: readonly Expression<'input'>[];
  readonly #slots = new Map<string, Slot>();
  readonly #passes = new Map<string, number>();
  readonly #programs: Readonly<Record<PassKind, Map<string, PlacedProgram>>> = {
    decode: new Map(),
    prefill: new Map(),
  };
  readonly #crews: Readonly<Record<PassKind, Crew>>;
  /** When the last program ended. */
  #ended = 0;

  constructor(outputs: Readonly<Record<string, Expression>>, site: GraphSite) {
    this.#outputs = outputs;
    this.#site = site;
    const { threads } = site.machine;
    this.#crews = { decode: new Crew(threads, habits.decode), prefill: new Crew(threads, habits.prefill) };
    const order = topologicalOrder(Object.values(outputs));
    const all = order.filter((node) => node.op === 'input') as Expression<'input'>[];
    this.#gathered = order.filter((node) => node.op === 'gather' && node.inputs[0]?.op === 'input');
    this.#shorts = shortInputs(findAdapted(order, usesOf(order, outputs)));
    const attends = order.filter((node) => node.op === 'attend') as Expression<'attend'>[];
    this.#masks = [...new Set(attends.map((node) => nameOf(node.inputs[5])))];
    this.#keySizes = attends.map(keySizesOf)[0];
    const fresh = new Set(attends.flatMap(({ inputs }) => inputs.slice(1, 3)));
    this.#fresh = Object.entries(outputs).flatMap(([name, node]) => {
      const [kind, layer] = name.split('.') as ['keys' | 'values', string];
      return fresh.has(node) ? [[name, kind, Number(layer)] as const] : [];
    });
    const tables = new Set(this.#gathered.flatMap(({ inputs }) => inputs));
    const isOfMatrix = (node: Expression) => isHadamard(node) || /\.int[48](_\w+)?$/.test(nameOf(node));
    const told = all.filter((node) => !isOfMatrix(node));
    const isKept = (node: Expression) => nameOf(node).startsWith('kept_');
    this.#fed = told.filter((node) => !tables.has(node) && !isKept(node));
    this.#changing = this.#fed;
    this.inputs = new Set(told.map(nameOf));
    this.#sizes = new Map(
      told.flatMap((node) =>
        isKept(node)
          ? []
          : node.shape.flatMap((dim, axis) => (typeof dim === 'string' ? [[dim, [nameOf(node), axis]] as const] : [])),
      ),
    );
  }

  run(
    feeds: ReadonlyMap<string, Tensor>,
    { standing = nothing, kept, kind = 'decode' }: PassSurroundings = {},
  ): ReadonlyMap<string, RowViews> {
    const fed = (name: string): Fed => feeds.get(name) ?? feedOf(standing, name);
    const sizes = new Map(Array.from(this.#sizes, ([size, [name, axis]]) => [size, fed(name).dims[axis] as number]));
    try {
      if (standing !== this.#standing.deref()) this.#stand(standing);
    } catch (error) {
      // Without these, there may be room for others.
      this.#giveBack();
      throw error;
    }
    for (const node of this.#changing) this.#feed(node, feedOf(feeds, nameOf(node)));
    for (const node of this.#gathered) this.#gather(node, fed);
    if (this.#keySizes !== undefined) this.#tellPass(feeds, keptBy(kept), this.#keySizes, kind);
    const room = roomSteps[kind] * Math.ceil((kept?.all ?? 0) / roomSteps[kind]);
    const outputs = this.#runBest(sizes, { kind, room }, kept?.rows);
    if (this.#keySizes !== undefined) this.#keep(outputs, keptBy(kept), this.#keySizes, kind);
    return outputs;
  }

  /** Feeds what stays the same from now on. */
  #stand(standing: ReadonlyMap<string, Fed>): void {
    this.#changing = this.#fed.filter((node) => !standing.has(nameOf(node)));
    for (const node of this.#fed) {
      const tensor = standing.get(nameOf(node));
      if (tensor !== undefined) this.#feed(node, tensor);
    }
    this.#standing = new WeakRef(standing);
  }

  #feed(node: Expression<'input'>, fed: Fed): void {
    const { rows, tiles } = this.#shorts;
    // [shares, blocks, ranks of a block, in] or fewer axes; [shares, ranks, out].
    if (rows.has(node)) this.#feedShorts(nameOf(node), fed, { as: shortRows, axes: 3 });
    else if (tiles.has(node)) this.#feedShorts(nameOf(node), fed, { as: shortTiles, axes: 2 });
    else if ('parts' in fed) this.#feedParts(nameOf(node), fed);
    else this.#feedWhole(node, fed);
  }

  #feedWhole(node: Expression<'input'>, tensor: Tensor): void {
    const axis = node.shape.findIndex((dim) => sizesOfPositions.has(String(dim)));
    this.#put(nameOf(node), tensor.data, axis < 0 ? 1 : spareFor(tensor.dims[axis] as number));
  }

  /** Appends new keys and values to a cache that the kernels cannot write to, and remembers what copies hold. */
  #keep(outputs: ReadonlyMap<string, RowViews>, kept: KeptColumns, sizes: KeySizes, kind: PassKind): void {
    const caches = this.#site.kept;
    if (!caches.holds(kept))
      for (const [name, which, layer] of this.#fresh) {
        let at = kept.before * kept.rows * sizes.width;
        for (const part of outputs.get(name) as RowViews) {
          kept[which][layer]?.set(part, at);
          at += part.length;
        }
      }
    if (!attendsMany(kind, sizes.size)) caches.shorts(kept, sizes).columns = kept.all;
    kept.written();
  }

  /** Copies an input unless it is already there. A new slot gets `spare` times the room. */
  #put(name: string, data: Tensor['data'], spare: number): void {
    const { machine } = this.#site;
    if (this.#slots.get(name)?.data?.deref() === data) return;
    const slot = this.#slot(name, data.byteLength, spare);
    machine.bytes(slot.address, data.byteLength).set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    slot.data = new WeakRef(data);
    slot.parts = undefined;
  }

  /** Feeds a matrix for each share, with this many axes; it may be empty. */
  #feedShorts(
    name: string,
    fed: Fed,
    { as: { layout, put }, axes }: { as: typeof shortRows | typeof shortTiles; axes: number },
  ): void {
    if ('data' in fed && this.#slots.get(name)?.data?.deref() === fed.data) return;
    const rows = elements(fed.dims.slice(-axes, -1));
    const columns = fed.dims.at(-1) as number;
    const parts = 'parts' in fed ? fed.parts : partsOf(fed as Tensor<'float32'>, rows * columns);
    this.#putParts(name, parts, layout(rows, columns).bytes, (matrix, into) =>
      put(this.#site.machine, matrix, { rows, columns, into }),
    );
    if ('data' in fed) (this.#slots.get(name) as Slot).data = new WeakRef(fed.data);
  }

  #feedParts(name: string, { dims, parts }: TensorParts): void {
    const count = elements(dims.slice(1));
    this.#putParts(name, parts, 4 * count, (part, into) => {
      const numbers = this.#site.machine.floats(into, count);
      numbers.set(part);
      numbers.fill(0, part.length);
    });
  }

  /** Puts parts of this many bytes side by side, except those already there. */
  #putParts(
    name: string,
    parts: readonly Float32Array[],
    bytes: number,
    put: (part: Float32Array, into: number) => void,
  ): void {
    const slot = this.#slot(name, bytes * parts.length);
    const known = slot.parts?.bytes === bytes ? slot.parts.of : [];
    const of = parts.map((part, i) => {
      const before = known[i];
      if (before?.deref() === part) return before;
      put(part, slot.address + i * bytes);
      return new WeakRef(part);
    });
    slot.parts = { bytes, of };
    slot.data = undefined;
  }

  /** A new slot gets `spare` times the room. */
  #slot(name: string, bytes: number, spare = 1): Slot {
    const known = this.#slots.get(name);
    if (known !== undefined && known.bytes >= bytes) return known;
    const { machine } = this.#site;
    if (known !== undefined) {
      machine.give(known.address);
      this.#slots.delete(name);
      // Addresses are part of programs, except those of masks, which grow with every token.
      if (!this.#masks.includes(name)) this.#forgetPrograms();
    }
    const room = Math.ceil(bytes * (this.#masks.includes(name) ? 2 : spare));
    const address = machine.take(room);
    const slot = { address, bytes: room, data: undefined, parts: undefined };
    this.#slots.set(name, slot);
    return slot;
  }

  /** Frees all that was fed, to be fed again. */
  #giveBack(): void {
    for (const { address } of this.#slots.values()) this.#site.machine.give(address);
    this.#slots.clear();
    this.#standing = new WeakRef(nothing);
    this.#forgetPrograms();
  }

  #gather(node: Expression, fed: (name: string) => Fed): void {
    const [table, indices] = node.inputs.map((each) => fed(nameOf(each))) as [Tensor<'float32'>, Tensor<'int32'>];
    const size = elements(table.dims.slice(1));
    const bytes = 4 * size * indices.data.length;
    const { address } = this.#slot(gatheredName(node), bytes, spareFor(indices.data.length));
    const into = this.#site.machine.floats(address, size * indices.data.length);
    indices.data.forEach((index, i) => {
      into.set(table.data.subarray(index * size, (index + 1) * size), i * size);
    });
  }

  /** Passes the kernels the parameters of this pass. */
  #tellPass(feeds: ReadonlyMap<string, Tensor>, kept: KeptColumns, sizes: KeySizes, kind: PassKind): void {
    const { keysAt, valuesAt, layerBytes } = this.#site.kept.of(kept, kept.rows * sizes.width);
    const shorts = attendsMany(kind, sizes.size) ? undefined : this.#site.kept.shorts(kept, sizes);
    for (const name of this.#masks) {
      const mask = feedOf(feeds, name);
      const [maskStreams = 1, maskQueries = 1, keys = 0] = mask.dims;
      const strides = [maskStreams === 1 ? 0 : 4 * maskQueries * keys, maskQueries === 1 ? 0 : 4 * keys];
      const at = (this.#slots.get(name) as Slot).address;
      this.#site.machine
        .integers(this.#pass(name), passCells)
        .set([
          kept.all,
          kept.rows,
          keysAt,
          valuesAt,
          layerBytes,
          at,
          ...strides,
          shorts?.at ?? 0,
          shorts?.columns ?? 0,
        ]);
    }
  }

  #pass(name: string): number {
    const known = this.#passes.get(name) ?? this.#site.machine.take(4 * passCells);
    this.#passes.set(name, known);
    return known;
  }

  /** Runs the program for these sizes on the best number of threads for it. */
  #runBest(
    given: ReadonlyMap<string, number>,
    setting: Omit<Setting, 'threads'>,
    rows: number | undefined,
  ): ReadonlyMap<string, RowViews> {
    const { machine, order } = this.#site;
    const positions = given.get('positions') ?? 1;
    const isFirst = setting.kind === 'decode' && this.#programs.decode.size === 0;
    if (isFirst && rows === 1 && usualWidths.includes(positions)) this.#prepareGuesses(given, setting);
    const sizes = setting.kind === 'prefill' ? sizesOfMost(given) : given;
    // The fewer positions, the longer each one takes.
    const about = setting.kind === 'prefill' ? ` about ${Math.ceil(Math.log2(positions))}` : '';
    const name = nameOfProgram(sizes, setting) + about;
    const crew = this.#crews[setting.kind];
    const threads = Math.min(machine.threads, crew.size(name));
    const { programs, outputs } = this.#programFor(sizes, { ...setting, threads }).over(positions);
    const began = performance.now();
    const sleeps = machine.run(programs, order.readsApart(positions));
    const ms = performance.now() - began;
    if (setting.kind === 'decode' && threads === machine.threads) order.ran(positions, ms);
    // Prefill takes so long that its start hardly matters.
    const isRested = setting.kind === 'decode' && began - this.#ended > pauseMs;
    crew.ran(name, { ms, sleeps, positions, isRested });
    this.#ended = began + ms;
    return outputs;
  }

  /** Writes programs for all usual numbers of guesses before the first token: later delays are more noticeable. */
  #prepareGuesses(sizes: ReadonlyMap<string, number>, setting: Omit<Setting, 'threads'>): void {
    for (const width of usualWidths) {
      const other = new Map(Array.from(sizes, ([name, size]) => [name, sizesOfPositions.has(name) ? width : size]));
      this.#programFor(other, { ...setting, threads: this.#site.machine.threads }).over(width);
    }
  }

  #programFor(sizes: ReadonlyMap<string, number>, setting: Setting): PlacedProgram {
    const programs = this.#programs[setting.kind];
    const key = `${nameOfProgram(sizes, setting)} threads=${setting.threads}`;
    const known = programs.get(key) ?? this.#write(sizes, setting);
    // Keeps the most recently used last.
    programs.delete(key);
    programs.set(key, known);
    for (const [older, program] of [...programs].slice(0, -mostPrograms[setting.kind])) {
      program.release();
      programs.delete(older);
    }
    return known;
  }

  #write(sizes: ReadonlyMap<string, number>, setting: Setting): PlacedProgram {
    const written = writeProgram(this.#outputs, {
      ...{ sizes, ...setting },
      input: (name) => (this.#slots.get(name) as Slot).address,
      matrix: (name) => this.#site.matrix(name),
      pass: (mask) => this.#pass(mask),
    });
    return new PlacedProgram(written, this.#site.machine, setting.threads);
  }

  #forgetPrograms(): void {
    for (const programs of Object.values(this.#programs)) {
      for (const program of programs.values()) program.release();
      programs.clear();
    }
  }
}

/** The number of positions covered by a program that reads this many. */
function mostPositions(positions: number): number {
  return usualPositions * Math.ceil(positions / usualPositions);
}

/** How many times the needed room is allocated at first. */
function spareFor(count: number): number {
  return mostPositions(count) / count;
}

/** Sizes for as many positions as a program may run over; `each` grows too where it equals the number of positions. */
function sizesOfMost(sizes: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  const positions = sizes.get('positions') ?? 1;
  const isAll = (name: string) => name === 'positions' || (name === 'each' && sizes.get(name) === positions);
  return new Map(Array.from(sizes, ([name, size]) => [name, isAll(name) ? mostPositions(positions) : size]));
}

function keptBy(kept: KeptColumns | undefined): KeptColumns {
  if (kept === undefined) throw new Error('wasm: no keys and values for `attend`');
  return kept;
}

function feedOf<Each extends Fed>(feeds: ReadonlyMap<string, Each>, name: string): Each {
  const tensor = feeds.get(name);
  if (tensor === undefined) throw new Error(`wasm: no feed for ${name}`);
  return tensor;
}

/** `size` numbers each. */
function partsOf({ data }: Tensor<'float32'>, size: number): Float32Array[] {
  return Array.from({ length: data.length / size }, (_, i) => data.subarray(i * size, (i + 1) * size));
}
