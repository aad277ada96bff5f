import { type Expression, topologicalOrder } from '../../graph/expression.ts';
import { sizeOf } from '../../graph/shape.ts';
import { elements, float32, type Tensor } from '../../tensor.ts';
import type { Executable } from '../backend.ts';
import { rangedInputs, rangesName } from './adapted.ts';
import { Crew } from './crew.ts';
import { block, groupBytesOf, productGroup } from './kernels/layout.ts';
import { Machine, type Program, wordsOf } from './machine.ts';
import { gatheredName, isHadamard } from './op-writers.ts';
import { canRun, type Written, writeProgram } from './program.ts';
import { nameOf, type PackedMatrix, type Value } from './program-writer.ts';
import { type Address, numbersOf } from './step.ts';

/** Programs are for sizes: so many are kept of a graph, those used last. */
const mostPrograms = 16;
/** Inputs have room for so many positions from the first on: where one had to grow, all programs would be written anew. */
const usualPositions = 16;
/** The sizes of inputs that follow from how many positions there are. */
const sizesOfPositions: ReadonlySet<string> = new Set(['positions', 'last', 'each']);
/** Places by which the room of a text grows before programs are written anew. */
const roomStep = 512;

/** Bytes that are still in the processor's cache when they are copied a second time. */
const nearBytes = 2 ** 20;

/** What a pass's keys and values are a copy of. */
export interface KeptCopy {
  /** Columns that are as they were when this cache was last copied. */
  readonly same: number;
  /** Says that everything is copied, with the places of this pass. */
  copied(): void;
}

export interface WasmExecutable {
  readonly inputs: ReadonlySet<string>;
  /** As an executable's. Keys and values are copied once, and from then on what is new of them. Throws CannotRun. */
  run(
    feeds: ReadonlyMap<string, Tensor>,
    into?: ReadonlyMap<string, Tensor>,
    kept?: KeptCopy,
  ): ReturnType<Executable['run']>;
}

/** Memory of an input, and whose numbers lie in it. */
interface Slot {
  readonly address: number;
  readonly bytes: number;
  data: WeakRef<Tensor['data']> | undefined;
}

/** Keys and values of the cache that the last pass was over, layer by layer. */
interface Copy {
  /** The memory of the cache's first keys: another one is another cache, or has grown. */
  readonly of: WeakRef<ArrayBufferLike>;
  readonly address: number;
  readonly layerBytes: number;
  readonly valuesAt: number;
}

/**
 * Runs graphs of few rows by kernels of our own: a pass over a token is every weight once, and is done when memory has given them. Rows are
 * rounded block by block. What a row gets depends on that row alone, bit for bit.
 */
export class WasmRuntime {
  readonly machine: Machine;
  readonly #matrices = new Map<string, PackedMatrix>();
  #copy: Copy | undefined;

  constructor(options: ConstructorParameters<typeof Machine>[0]) {
    this.machine = new Machine(options);
  }

  /** Lays out the matrices of integers among these, by the names of their inputs: `<name>.int8` [in, out] and `<name>.int8_scales` [out]. Throws CannotRun. */
  async load(matrices: ReadonlyMap<string, Tensor>): Promise<void> {
    await this.machine.start();
    for (const [name, tensor] of matrices) {
      if (!name.endsWith('.int8') || this.#matrices.has(name)) continue;
      const scales = matrices.get(`${name}_scales`) as Tensor<'float32'>;
      this.#matrices.set(name, this.#pack(tensor as Tensor<'int8'>, scales));
    }
  }

  #pack({ dims, data }: Tensor<'int8'>, scales: Tensor<'float32'>): PackedMatrix {
    const [size, out] = dims as readonly [number, number];
    const blocks = Math.ceil(size / block);
    const groups = Math.ceil(out / productGroup);
    const address = this.machine.take(groups * groupBytesOf(blocks));
    const plain = this.machine.take(block * blocks * out);
    const bytes = this.machine.bytes(plain, block * blocks * out);
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.length));
    bytes.fill(0, data.length);
    this.machine.runAll('pack', [[address, plain, out, groups, blocks]]);
    this.machine.give(plain);
    const scaleAddress = this.machine.take(4 * productGroup * groups);
    this.machine.floats(scaleAddress, productGroup * groups).fill(0);
    this.machine.floats(scaleAddress, out).set(scales.data);
    return { address, scales: scaleAddress, groups, blocks };
  }

  /** Undefined where there is an operation that it has no kernel for. */
  compile(outputs: Readonly<Record<string, Expression>>): WasmExecutable | undefined {
    if (!canRun(outputs)) return undefined;
    return new WasmGraph(outputs, {
      machine: this.machine,
      matrix: (name) => {
        const matrix = this.#matrices.get(name);
        if (matrix === undefined) throw new Error(`wasm: no matrix ${name}`);
        return matrix;
      },
      copyOf: (pass, kept) => this.#copyOf(pass, kept),
    });
  }

  /** Keys and values of a pass, with room for its new places. */
  #copyOf(pass: KeptFeeds, kept: KeptCopy | undefined): Copy {
    const { buffer } = keptOf(pass, 'keys', 0);
    const known = this.#copy?.of.deref() === buffer ? this.#copy : undefined;
    if (this.#copy !== undefined && known === undefined) {
      this.machine.give(this.#copy.address);
      this.#copy = undefined;
    }
    const copy = known ?? this.#newCopy(buffer, pass.layers);
    const from = known !== undefined && kept !== undefined ? kept.same : 0;
    if (from < pass.columns.before) this.#fill(copy, pass, from);
    this.#copy = copy;
    return copy;
  }

  /** Copies the columns from one on to where each head has its own side by side. */
  #fill({ address, layerBytes, valuesAt }: Copy, pass: KeptFeeds, from: number): void {
    const { rows, keyHeads, size } = pass.heads;
    const width = rows * keyHeads * size;
    const count = pass.columns.before - from;
    const bytes = 4 * count * width;
    const all = Array.from({ length: pass.layers }, (_, layer) => [
      { columns: keptOf(pass, 'keys', layer), at: address + layer * layerBytes },
      { columns: keptOf(pass, 'values', layer), at: valuesAt + layer * layerBytes },
    ]).flat();
    // As many at a time as are near: to wake the threads for each would take longer than what they do.
    const together = Math.ceil(nearBytes / bytes);
    const plain = this.machine.take(bytes * Math.min(together, all.length));
    for (let first = 0; first < all.length; first += together) {
      const given = all.slice(first, first + together).map(({ columns, at }, i) => {
        const place = plain + i * bytes;
        this.machine.floats(place, count * width).set(columns.subarray(from * width, pass.columns.before * width));
        return [at + 4 * from * size, place, count, rows, keyHeads, size, layerBytes / (rows * keyHeads)];
      });
      this.machine.runAll('keepPlaces', given);
    }
    this.machine.give(plain);
  }

  #newCopy(of: ArrayBufferLike, layers: number): Copy {
    const layerBytes = of.byteLength;
    const address = this.machine.take(2 * layers * layerBytes);
    return { of: new WeakRef(of), address, layerBytes, valuesAt: address + layers * layerBytes };
  }

  release(): void {
    this.machine.release();
  }
}

interface KeptFeeds {
  readonly feeds: ReadonlyMap<string, Tensor>;
  readonly layers: number;
  readonly columns: { readonly before: number; readonly all: number };
  readonly heads: { readonly rows: number; readonly keyHeads: number; readonly size: number };
}

function keptOf({ feeds }: KeptFeeds, kind: 'keys' | 'values', layer: number): Float32Array {
  return feedOf(feeds, `kept_${kind}.${layer}`).data as Float32Array;
}

interface GraphSite {
  readonly machine: Machine;
  matrix(name: string): PackedMatrix;
  copyOf(feeds: KeptFeeds, kept: KeptCopy | undefined): Copy;
}

/** What a program is written for, beside sizes. */
interface Setting {
  readonly room: number;
  readonly threads: number;
}

interface Ready {
  readonly programs: readonly Program[];
  /** Where they lie, row by row, or as one. */
  readonly outputs: ReadonlyMap<string, readonly Float32Array[]>;
  readonly addresses: readonly number[];
}

/** What differs from pass to pass, in the order in which `attend.ts` reads it. */
const passCells = 8;

class WasmGraph implements WasmExecutable {
  readonly inputs: ReadonlySet<string>;
  readonly #outputs: Readonly<Record<string, Expression>>;
  readonly #site: GraphSite;
  readonly #fed: readonly Expression<'input'>[];
  /** Those that are larger where there are more positions. */
  readonly #ofPositions: ReadonlySet<Expression>;
  /** By the names of sizes: an input that tells it, and which of its axes does. */
  readonly #sizes: ReadonlyMap<string, readonly [input: string, axis: number]>;
  readonly #gathered: readonly Expression[];
  readonly #ranged: ReadonlySet<Expression>;
  readonly #masks: readonly string[];
  readonly #attends: readonly Expression<'attend'>[];
  readonly #slots = new Map<string, Slot>();
  readonly #passes = new Map<string, number>();
  readonly #programs = new Map<string, Ready>();
  readonly #crew: Crew;

  constructor(outputs: Readonly<Record<string, Expression>>, site: GraphSite) {
    this.#outputs = outputs;
    this.#site = site;
    this.#crew = new Crew(site.machine.threads);
    const order = topologicalOrder(Object.values(outputs));
    const all = order.filter((node) => node.op === 'input') as Expression<'input'>[];
    this.#gathered = order.filter((node) => node.op === 'gather' && node.inputs[0]?.op === 'input');
    this.#ranged = new Set(rangedInputs(outputs));
    this.#attends = order.filter((node) => node.op === 'attend') as Expression<'attend'>[];
    this.#masks = [...new Set(this.#attends.map((node) => nameOf(node.inputs[5])))];
    const tables = new Set(this.#gathered.flatMap(({ inputs }) => inputs));
    const isOfMatrix = (node: Expression) =>
      isHadamard(node) || node.type === 'int8' || nameOf(node).endsWith('.int8_scales');
    const told = all.filter((node) => !isOfMatrix(node));
    this.#fed = told.filter((node) => !tables.has(node) && !nameOf(node).startsWith('kept_'));
    this.#ofPositions = new Set(
      this.#fed.filter(({ shape }) => shape.some((dim) => sizesOfPositions.has(String(dim)))),
    );
    this.inputs = new Set(told.map(nameOf));
    this.#sizes = new Map(
      told.flatMap((node) =>
        node.shape.flatMap((dim, axis) => (typeof dim === 'string' ? [[dim, [nameOf(node), axis]] as const] : [])),
      ),
    );
  }

  async run(
    feeds: ReadonlyMap<string, Tensor>,
    into: ReadonlyMap<string, Tensor> = new Map(),
    kept?: KeptCopy,
  ): Promise<Record<string, Tensor>> {
    const sizes = new Map(
      Array.from(this.#sizes, ([size, [name, axis]]) => [size, feedOf(feeds, name).dims[axis] as number]),
    );
    const spare = Math.max(1, usualPositions / (sizes.get('positions') ?? usualPositions));
    for (const node of this.#fed) {
      const tensor = feedOf(feeds, nameOf(node));
      const isNew = this.#put(nameOf(node), tensor.data, this.#ofPositions.has(node) ? spare : 1);
      if (isNew && this.#ranged.has(node)) this.#putRanges(rangesName(node), tensor);
    }
    for (const node of this.#gathered) this.#gather(node, feeds, spare);
    const columns = this.#attends.length === 0 ? undefined : this.#copy(feeds, kept, sizes);
    const room = roomStep * Math.ceil((columns?.all ?? 0) / roomStep);
    const ready = this.#runBest(sizes, room);
    kept?.copied();
    const results: Record<string, Tensor> = {};
    for (const [name, node] of Object.entries(this.#outputs)) {
      const given = into.get(name) ?? float32(node.shape.map((dim) => sizeOf(dim, sizes)));
      join(ready.outputs.get(name) as readonly Float32Array[], given.data);
      results[name] = given;
    }
    return results;
  }

  /** Copies an input unless it is what was copied the last time; whether it did. Where it is new it gets so many times the room. */
  #put(name: string, data: Tensor['data'], spare: number): boolean {
    const { machine } = this.#site;
    const known = this.#slots.get(name);
    if (known?.data?.deref() === data) return false;
    const slot = this.#slot(name, data.byteLength, spare);
    machine.bytes(slot.address, data.byteLength).set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    slot.data = new WeakRef(data);
    return true;
  }

  /** Of each row, the bytes between which it is not zero, in whole vectors. */
  #putRanges(name: string, { dims, data }: Tensor): void {
    const columns = dims.at(-1) as number;
    const count = data.length / columns;
    const ranges = this.#site.machine.integers(this.#slot(name, 8 * count).address, 2 * count);
    for (let row = 0; row < count; row++) {
      let [first, end] = [row * columns, (row + 1) * columns];
      while (first < end && data[first] === 0) first++;
      while (end > first && data[end - 1] === 0) end--;
      ranges[2 * row] = 16 * Math.floor((first - row * columns) / 4);
      ranges[2 * row + 1] = 16 * Math.ceil((end - row * columns) / 4);
    }
  }

  /** Where it is made it gets `spare` times the room. */
  #slot(name: string, bytes: number, spare = 1): Slot {
    const known = this.#slots.get(name);
    if (known !== undefined && known.bytes >= bytes) return known;
    const { machine } = this.#site;
    if (known !== undefined) {
      machine.give(known.address);
      this.#slots.delete(name);
      // Addresses are part of programs, but for those of masks, which grow with every token.
      if (!this.#masks.includes(name)) this.#forgetPrograms();
    }
    const room = Math.ceil(bytes * (this.#masks.includes(name) ? 2 : spare));
    const address = machine.take(room);
    const slot = { address, bytes: room, data: undefined };
    this.#slots.set(name, slot);
    return slot;
  }

  #gather(node: Expression, feeds: ReadonlyMap<string, Tensor>, spare: number): void {
    const [table, indices] = node.inputs.map((each) => feedOf(feeds, nameOf(each))) as [
      Tensor<'float32'>,
      Tensor<'int32'>,
    ];
    const size = elements(table.dims.slice(1));
    const { address } = this.#slot(gatheredName(node), 4 * size * indices.data.length, spare);
    const into = this.#site.machine.floats(address, size * indices.data.length);
    indices.data.forEach((index, i) => {
      into.set(table.data.subarray(index * size, (index + 1) * size), i * size);
    });
  }

  #copy(feeds: ReadonlyMap<string, Tensor>, kept: KeptCopy | undefined, sizes: ReadonlyMap<string, number>) {
    const [first] = this.#attends as readonly [Expression<'attend'>];
    const { dims } = feedOf(feeds, 'kept_keys.0');
    const [all, streams, size] = dims as readonly [number, number, number];
    const [positions = 0, keyWidth = 0] = (first.inputs[1] as Expression).shape.map((dim) => sizeOf(dim, sizes));
    const rows = (streams * size) / keyWidth;
    const columns = { before: all - positions / rows, all };
    const heads = { rows, keyHeads: keyWidth / size, size };
    const copy = this.#site.copyOf({ feeds, layers: this.#attends.length, columns, heads }, kept);
    for (const name of this.#masks) {
      const mask = feedOf(feeds, name);
      const [maskStreams = 1, maskQueries = 1, keys = 0] = mask.dims;
      const strides = [maskStreams === 1 ? 0 : 4 * maskQueries * keys, maskQueries === 1 ? 0 : 4 * keys];
      const at = (this.#slots.get(name) as Slot).address;
      const cells = [all, copy.address, copy.valuesAt, copy.layerBytes, at, ...strides, rows];
      this.#site.machine.integers(this.#pass(name), passCells).set(cells);
    }
    return columns;
  }

  #pass(name: string): number {
    const known = this.#passes.get(name) ?? this.#site.machine.take(4 * passCells);
    this.#passes.set(name, known);
    return known;
  }

  /** Runs the program for these sizes by as many threads as is best for it. */
  #runBest(sizes: ReadonlyMap<string, number>, room: number): Ready {
    const { machine } = this.#site;
    const fixed = [...sizes].filter(([name]) => name !== 'keys' && !name.startsWith('mask_') && name !== 'streams');
    const kind = [...fixed, ['room', room]].map((each) => each.join('=')).join(' ');
    const threads = Math.min(machine.threads, this.#crew.size(kind));
    const ready = this.#programFor(`${kind} threads=${threads}`, sizes, { room, threads });
    const began = performance.now();
    const sleeps = machine.run(ready.programs);
    this.#crew.ran(kind, performance.now() - began, sleeps);
    return ready;
  }

  #programFor(key: string, sizes: ReadonlyMap<string, number>, setting: Setting): Ready {
    const known = this.#programs.get(key) ?? this.#place(this.#write(sizes, setting), setting);
    // The one used last is the last one.
    this.#programs.delete(key);
    this.#programs.set(key, known);
    const [oldest] = this.#programs.keys();
    if (this.#programs.size > mostPrograms) this.#forget(oldest as string);
    return known;
  }

  #write(sizes: ReadonlyMap<string, number>, setting: Setting): Written {
    return writeProgram(this.#outputs, {
      ...{ sizes, ...setting },
      input: (name) => (this.#slots.get(name) as Slot).address,
      matrix: (name) => this.#site.matrix(name),
      pass: (mask) => this.#pass(mask),
    });
  }

  /** Puts a program into memory, for each thread with its own numbers. */
  #place({ steps, outputs, isSplit, shared: sharedBytes, own: ownBytes }: Written, { threads }: Setting): Ready {
    const { machine } = this.#site;
    const addresses: number[] = [];
    const take = (bytes: number) => {
      const address = machine.take(bytes);
      addresses.push(address);
      return address;
    };
    const shared = take(sharedBytes);
    const programs = Array.from({ length: threads }, (_, thread): Program => {
      const own = take(ownBytes);
      const resolve = (address: Address) => {
        if (typeof address === 'number') return address;
        return address.offset + (address.region === 'shared' ? shared : own);
      };
      const part = isSplit ? ([thread, threads] as const) : ([0, 1] as const);
      const words: number[] = [];
      for (const step of steps) {
        const numbers = numbersOf(step, { part, resolve });
        if (numbers !== undefined) words.push(...wordsOf(step.kernel, numbers));
      }
      const start = take(4 * words.length);
      machine.integers(start, words.length).set(words);
      return [start, start + 4 * words.length];
    });
    return {
      programs,
      outputs: new Map(
        Array.from(outputs, ([name, value]) => [name, this.#partsOf(value, [shared, addresses[1] as number])]),
      ),
      addresses,
    };
  }

  /** Of what each thread has its own, that of the first. */
  #partsOf({ dims, address, row }: Value, [shared, own]: readonly [number, number]): readonly Float32Array[] {
    const base = typeof address === 'number' ? address : address.offset + (address.region === 'shared' ? shared : own);
    const [rows = 1] = dims;
    const size = elements(dims.slice(1));
    if (row === 4 * size || rows === 1) return [this.#site.machine.floats(base, rows * size)];
    return Array.from({ length: rows }, (_, i) => this.#site.machine.floats(base + i * row, size));
  }

  #forget(key: string): void {
    for (const address of this.#programs.get(key)?.addresses ?? []) this.#site.machine.give(address);
    this.#programs.delete(key);
  }

  #forgetPrograms(): void {
    for (const key of [...this.#programs.keys()]) this.#forget(key);
  }
}

function join(parts: readonly Float32Array[], into: Tensor['data']): void {
  let at = 0;
  for (const part of parts) {
    into.set(part, at);
    at += part.length;
  }
}

function feedOf(feeds: ReadonlyMap<string, Tensor>, name: string): Tensor {
  const tensor = feeds.get(name);
  if (tensor === undefined) throw new Error(`wasm: no feed for ${name}`);
  return tensor;
}
