import { type Expression, topologicalOrder } from '../../graph/expression.ts';
import type { CacheMemory, KeptColumns } from '../../key-value-cache.ts';
import { elements, type Tensor } from '../../tensor.ts';
import { rangedInputs, rangesName } from './adapted.ts';
import { CannotRun } from './cannot-run.ts';
import { Crew } from './crew.ts';
import { block, groupBytesOf, productGroup } from './kernels/layout.ts';
import { Machine, type Program, wordsOf } from './machine.ts';
import { gatheredName, isHadamard } from './op-writers.ts';
import { canRun, type Written, writeProgram } from './program.ts';
import { nameOf, type PackedMatrix, type Value } from './program-writer.ts';
import { type Address, numbersOf } from './step.ts';

/** Programs are for sizes: so many are kept of a graph, those used last. */
const mostPrograms = 24;
/** Inputs have room for so many positions from the first on: where one had to grow, all programs would be written anew. */
const usualPositions = 16;
/** A token and as many guesses as are made most often. */
const usualWidths = [1, 2, 3, 4, 5];
/** The sizes of inputs that follow from how many positions there are. */
const sizesOfPositions: ReadonlySet<string> = new Set(['positions', 'last', 'each']);
/** Places by which the room of a text grows before programs are written anew. */
const roomStep = 512;

/** Bytes that are still in the processor's cache when they are copied a second time. */
const nearBytes = 2 ** 20;

/** A cache of one text is read where it lies in so many passes before it is copied: each takes a tenth of what that does. */
const passesInPlace = 8;

/** A cache that is larger lies elsewhere, and is copied from there: the memory of kernels stays theirs for as long as the model is there. */
const mostCacheBytes = 2 ** 27;

/** What a pass is, beside what it is fed by itself. */
export interface PassSurroundings {
  /** Feeds that seldom change: they are looked at where this is another map than it was for the last pass. */
  readonly standing?: ReadonlyMap<string, Tensor>;
  /** What `attend` reads; new keys and values (`keys.<layer>`, `values.<layer>`) are written behind it. */
  readonly kept?: KeptColumns;
}

/** Numbers row by row, or all of them as one, where they lie until the next pass. */
export type LyingRows = readonly Float32Array[];

export interface WasmExecutable {
  readonly inputs: ReadonlySet<string>;
  /** At once; new keys and values are put behind those that are kept. Throws CannotRun. */
  run(feeds: ReadonlyMap<string, Tensor>, surroundings?: PassSurroundings): ReadonlyMap<string, LyingRows>;
}

const nothing: ReadonlyMap<string, Tensor> = new Map();

/** Memory of an input, and whose numbers lie in it. */
interface Slot {
  readonly address: number;
  readonly bytes: number;
  data: WeakRef<Tensor['data']> | undefined;
}

/** Where kernels read the keys and values of a pass. */
interface Lying {
  readonly keysAt: number;
  readonly valuesAt: number;
  /** From a layer, a place and a stream to the next. */
  readonly layerBytes: number;
  readonly placeBytes: number;
  readonly streamBytes: number;
}

/** Where kernels write what is new of them beside that; zero where they need not, or cannot. */
interface Home {
  readonly keysHome: number;
  readonly valuesHome: number;
}

/** Keys and values of the cache that was last copied, each stream's side by side. */
interface Copy extends Lying {
  /** The cache's keys: others are another cache's, or it has grown. */
  readonly of: WeakRef<KeptColumns['keys']>;
}

/**
 * Runs graphs of few rows by kernels of our own: a pass over a token is every weight once, and is done when memory has given them. Rows are
 * rounded block by block. What a row gets depends on that row alone, bit for bit.
 */
export class WasmRuntime {
  readonly machine: Machine;
  /** Where kernels find caches without copying them there. */
  readonly caches: CacheMemory = {
    take: (count) => this.#takeCache(count),
    give: (numbers) => this.#giveCache(numbers),
  };
  #cacheBytes = 0;
  readonly #matrices = new Map<string, PackedMatrix>();
  #copy: Copy | undefined;
  /** The cache that is read where it lies, and in how many passes it was. */
  #inPlace: { readonly of: WeakRef<KeptColumns['keys']>; passes: number } | undefined;

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
      lyingOf: (kept, heads) => this.#lyingOf(kept, heads),
    });
  }

  #takeCache(count: number): Float32Array {
    const bytes = 4 * count;
    // What is left is for programs and for a copy, without which nothing could be written any more.
    const isRoom = this.#cacheBytes + bytes <= (this.machine.free + this.#cacheBytes) / 2;
    if (bytes > mostCacheBytes || !isRoom) return new Float32Array(count);
    try {
      const numbers = this.machine.floats(this.machine.take(bytes), count);
      this.#cacheBytes += bytes;
      return numbers;
    } catch (error) {
      if (error instanceof CannotRun) return new Float32Array(count);
      throw error;
    }
  }

  #giveCache(numbers: Float32Array): void {
    const address = this.machine.addressOf(numbers);
    if (address === undefined) return;
    const [first] = this.#copy?.of.deref() ?? [];
    if (first !== undefined && this.machine.addressOf(first) === address) this.#dropCopy();
    this.#cacheBytes -= numbers.byteLength;
    this.machine.give(address);
  }

  /**
   * Where the keys and values of a pass are read, with room for its new places: at first where they lie, as a copy is worth the time of some
   * passes, and most answers of some tasks are shorter.
   */
  #lyingOf(kept: KeptColumns, { count, size }: KeyHeads): Lying & Home {
    const [keysAt, valuesAt] = homeOf(kept, this.machine);
    if (keysAt !== 0 && kept.rows === 1 && this.#copy?.of.deref() !== kept.keys) {
      if (this.#inPlace?.of.deref() !== kept.keys) this.#inPlace = { of: new WeakRef(kept.keys), passes: 0 };
      if (this.#inPlace.passes++ < passesInPlace) {
        const { byteLength } = kept.keys[0] as Float32Array;
        const apart = { layerBytes: byteLength, placeBytes: 4 * count * size, streamBytes: 4 * size };
        return { keysAt, valuesAt, ...apart, keysHome: 0, valuesHome: 0 };
      }
    }
    const [keysHome, valuesHome] = [keysAt, valuesAt];
    return { ...this.#copyOf(kept, { count, size }), keysHome, valuesHome };
  }

  #copyOf(kept: KeptColumns, heads: KeyHeads): Copy {
    const known = this.#copy?.of.deref() === kept.keys ? this.#copy : undefined;
    if (known === undefined) this.#dropCopy();
    const copy = known ?? this.#newCopy(kept, heads);
    const from = known === undefined ? 0 : kept.same;
    if (from < kept.before) this.#fill(copy, kept, { ...heads, from });
    this.#copy = copy;
    return copy;
  }

  #dropCopy(): void {
    if (this.#copy !== undefined) this.machine.give(this.#copy.keysAt);
    this.#copy = undefined;
  }

  /** Copies the columns from one on. */
  #fill(copy: Copy, kept: KeptColumns, { from, count, size }: KeyHeads & { readonly from: number }): void {
    const width = kept.rows * count * size;
    const bytes = 4 * (kept.before - from) * width;
    const fresh = (all: Float32Array) => all.subarray(from * width, kept.before * width);
    const { layerBytes, placeBytes, streamBytes } = copy;
    const all = [
      ...kept.keys.map((layer, l) => ({ columns: fresh(layer), at: copy.keysAt + l * layerBytes })),
      ...kept.values.map((layer, l) => ({ columns: fresh(layer), at: copy.valuesAt + l * layerBytes })),
    ];
    const isNear = this.machine.addressOf(fresh(kept.keys[0] as Float32Array)) !== undefined;
    // What lies elsewhere is put near first, some at a time: to wake the threads for each would take longer than what they do.
    const together = isNear ? all.length : Math.min(all.length, Math.ceil(nearBytes / bytes));
    const plain = isNear ? undefined : this.machine.take(bytes * together);
    for (let first = 0; first < all.length; first += together) {
      const given = all.slice(first, first + together).map(({ columns, at }, i) => {
        const place = plain === undefined ? columns.byteOffset : plain + i * bytes;
        if (plain !== undefined) this.machine.floats(place, columns.length).set(columns);
        return [at + from * placeBytes, place, kept.before - from, kept.rows, count, size, streamBytes];
      });
      this.machine.runAll('keepPlaces', given);
    }
    if (plain !== undefined) this.machine.give(plain);
  }

  #newCopy({ keys, rows }: KeptColumns, { count, size }: KeyHeads): Copy {
    const { byteLength: layerBytes } = keys[0] as Float32Array;
    const keysAt = this.machine.take(2 * keys.length * layerBytes);
    const valuesAt = keysAt + keys.length * layerBytes;
    const apart = { layerBytes, placeBytes: 4 * size, streamBytes: layerBytes / (rows * count) };
    return { of: new WeakRef(keys), keysAt, valuesAt, ...apart };
  }

  release(): void {
    this.machine.release();
  }
}

/** Of each row: how many heads of keys, and how wide. */
interface KeyHeads {
  readonly count: number;
  readonly size: number;
}

/** What passes have in common that one program serves. */
function kindOf(sizes: ReadonlyMap<string, number>, room: number): string {
  const fixed = [...sizes].filter(([name]) => name !== 'keys' && !name.startsWith('mask_'));
  return [...fixed, ['room', room]].map((each) => each.join('=')).join(' ');
}

/** The addresses of a cache's keys and values; zeros where it lies elsewhere. */
function homeOf({ keys, values }: KeptColumns, machine: Machine): readonly [number, number] {
  const [keysAt = 0, valuesAt = 0] = [keys, values].map(([first]) => machine.addressOf(first as Float32Array));
  return [keysAt, valuesAt];
}

function headsOf({ inputs }: Expression<'attend'>): KeyHeads {
  const [, keys, , kept] = inputs;
  const size = kept?.shape[2] as number;
  return { count: (keys?.shape[1] as number) / size, size };
}

interface GraphSite {
  readonly machine: Machine;
  matrix(name: string): PackedMatrix;
  lyingOf(kept: KeptColumns, heads: KeyHeads): Lying & Home;
}

/** What a program is written for, beside sizes. */
interface Setting {
  readonly room: number;
  readonly threads: number;
}

interface Ready {
  readonly programs: readonly Program[];
  readonly outputs: ReadonlyMap<string, LyingRows>;
  readonly addresses: readonly number[];
}

/** Numbers that differ from pass to pass (`cellsOf` of `attend.ts`). */
const passCells = 12;

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
  /** Of what `attend` reads; undefined where there is none. */
  readonly #heads: KeyHeads | undefined;
  /** Outputs that are kept, and where. */
  readonly #fresh: readonly (readonly [name: string, kind: 'keys' | 'values', layer: number])[];
  #standing = new WeakRef(nothing);
  /** Inputs that do not stand. */
  #changing: readonly Expression<'input'>[];
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
    const attends = order.filter((node) => node.op === 'attend') as Expression<'attend'>[];
    this.#masks = [...new Set(attends.map((node) => nameOf(node.inputs[5])))];
    this.#heads = attends.map(headsOf)[0];
    const fresh = new Set(attends.flatMap(({ inputs }) => inputs.slice(1, 3)));
    this.#fresh = Object.entries(outputs).flatMap(([name, node]) => {
      const [kind, layer] = name.split('.') as ['keys' | 'values', string];
      return fresh.has(node) ? [[name, kind, Number(layer)] as const] : [];
    });
    const tables = new Set(this.#gathered.flatMap(({ inputs }) => inputs));
    const isOfMatrix = (node: Expression) =>
      isHadamard(node) || node.type === 'int8' || nameOf(node).endsWith('.int8_scales');
    const told = all.filter((node) => !isOfMatrix(node));
    const isKept = (node: Expression) => nameOf(node).startsWith('kept_');
    this.#fed = told.filter((node) => !tables.has(node) && !isKept(node));
    this.#changing = this.#fed;
    this.#ofPositions = new Set(
      this.#fed.filter(({ shape }) => shape.some((dim) => sizesOfPositions.has(String(dim)))),
    );
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
    { standing = nothing, kept }: PassSurroundings = {},
  ): ReadonlyMap<string, LyingRows> {
    const fed = (name: string) => feeds.get(name) ?? feedOf(standing, name);
    const sizes = new Map(Array.from(this.#sizes, ([size, [name, axis]]) => [size, fed(name).dims[axis] as number]));
    const spare = Math.max(1, usualPositions / (sizes.get('positions') ?? usualPositions));
    if (standing !== this.#standing.deref()) this.#stand(standing, spare);
    for (const node of this.#changing) this.#feed(node, feedOf(feeds, nameOf(node)), spare);
    for (const node of this.#gathered) this.#gather(node, fed, spare);
    const heads = this.#heads;
    if (heads !== undefined) this.#tellPass(feeds, keptBy(kept), heads);
    const room = roomStep * Math.ceil((kept?.all ?? 0) / roomStep);
    const { outputs } = this.#runBest(sizes, room, kept?.rows);
    if (heads !== undefined) this.#keep(outputs, keptBy(kept), heads);
    return outputs;
  }

  /** Feeds what does not change from now on. */
  #stand(standing: ReadonlyMap<string, Tensor>, spare: number): void {
    this.#changing = this.#fed.filter((node) => !standing.has(nameOf(node)));
    for (const node of this.#fed) {
      const tensor = standing.get(nameOf(node));
      if (tensor !== undefined) this.#feed(node, tensor, spare);
    }
    this.#standing = new WeakRef(standing);
  }

  #feed(node: Expression<'input'>, tensor: Tensor, spare: number): void {
    const isNew = this.#put(nameOf(node), tensor.data, this.#ofPositions.has(node) ? spare : 1);
    if (isNew && this.#ranged.has(node)) this.#putRanges(rangesName(node), tensor);
  }

  /** Writes new keys and values behind those that are kept, where the kernels cannot. */
  #keep(outputs: Ready['outputs'], kept: KeptColumns, { count, size }: KeyHeads): void {
    const start = kept.before * kept.rows * count * size;
    const isNear = homeOf(kept, this.#site.machine)[0] !== 0;
    for (const [name, kind, layer] of isNear ? [] : this.#fresh) {
      let at = start;
      for (const part of outputs.get(name) as LyingRows) {
        kept[kind][layer]?.set(part, at);
        at += part.length;
      }
    }
    kept.written();
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

  #gather(node: Expression, fed: (name: string) => Tensor, spare: number): void {
    const [table, indices] = node.inputs.map((each) => fed(nameOf(each))) as [Tensor<'float32'>, Tensor<'int32'>];
    const size = elements(table.dims.slice(1));
    const { address } = this.#slot(gatheredName(node), 4 * size * indices.data.length, spare);
    const into = this.#site.machine.floats(address, size * indices.data.length);
    indices.data.forEach((index, i) => {
      into.set(table.data.subarray(index * size, (index + 1) * size), i * size);
    });
  }

  /** Tells the kernels what is of this pass alone. */
  #tellPass(feeds: ReadonlyMap<string, Tensor>, kept: KeptColumns, heads: KeyHeads): void {
    const lying = this.#site.lyingOf(kept, heads);
    const { keysAt, valuesAt, layerBytes, placeBytes, streamBytes, keysHome, valuesHome } = lying;
    const places = [keysAt, valuesAt, layerBytes, placeBytes, streamBytes, keysHome, valuesHome];
    for (const name of this.#masks) {
      const mask = feedOf(feeds, name);
      const [maskStreams = 1, maskQueries = 1, keys = 0] = mask.dims;
      const strides = [maskStreams === 1 ? 0 : 4 * maskQueries * keys, maskQueries === 1 ? 0 : 4 * keys];
      const at = (this.#slots.get(name) as Slot).address;
      this.#site.machine.integers(this.#pass(name), passCells).set([kept.all, kept.rows, ...places, at, ...strides]);
    }
  }

  #pass(name: string): number {
    const known = this.#passes.get(name) ?? this.#site.machine.take(4 * passCells);
    this.#passes.set(name, known);
    return known;
  }

  /** Runs the program for these sizes by as many threads as is best for it. */
  #runBest(sizes: ReadonlyMap<string, number>, room: number, rows: number | undefined): Ready {
    const { machine } = this.#site;
    if (this.#programs.size === 0 && rows === 1 && usualWidths.includes(sizes.get('positions') as number))
      this.#prepareGuesses(sizes, room);
    const kind = kindOf(sizes, room);
    const threads = Math.min(machine.threads, this.#crew.size(kind));
    const ready = this.#programFor(kind, sizes, { room, threads });
    const began = performance.now();
    const sleeps = machine.run(ready.programs);
    this.#crew.ran(kind, performance.now() - began, sleeps);
    return ready;
  }

  /** Writes programs for a token with any usual number of guesses before the first one: that a later token waits is seen more. */
  #prepareGuesses(sizes: ReadonlyMap<string, number>, room: number): void {
    for (const width of usualWidths) {
      const other = new Map(Array.from(sizes, ([name, size]) => [name, sizesOfPositions.has(name) ? width : size]));
      this.#programFor(kindOf(other, room), other, { room, threads: this.#site.machine.threads });
    }
  }

  #programFor(kind: string, sizes: ReadonlyMap<string, number>, setting: Setting): Ready {
    const key = `${kind} threads=${setting.threads}`;
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
  #partsOf({ dims, address, row }: Value, [shared, own]: readonly [number, number]): LyingRows {
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

function keptBy(kept: KeptColumns | undefined): KeptColumns {
  if (kept === undefined) throw new Error('wasm: no keys and values for `attend`');
  return kept;
}

function feedOf(feeds: ReadonlyMap<string, Tensor>, name: string): Tensor {
  const tensor = feeds.get(name);
  if (tensor === undefined) throw new Error(`wasm: no feed for ${name}`);
  return tensor;
}
