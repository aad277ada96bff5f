import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { threadEntry } from '../../thread-entry.ts';
import { allowWideVectors, compileAtOnce } from '../../v8-flags.ts';
import { Arena } from './arena.ts';
import { type ByteProducts, bestByteProducts } from './byte-products.ts';
import { CannotRun } from './cannot-run.ts';
import { atomic, i32, type Local, type MemoryLimits, trap, WasmFunction, wasmModule } from './code.ts';
import { type KernelName, kernels } from './kernels.ts';
import { cells, lineBytes, over, patience, type Run, runOf, type ThreadStart } from './machine-run.ts';
import type { Meeting } from './step.ts';

const pageBytes = 64 * 1024;
/** Two gibibytes: addresses are compared as signed numbers. */
const mostPages = 32 * 1024;

const mostThreads = 64;
const firstFree = cells.scratch + lineBytes * mostThreads;
/** Sleeps after which another thread is given up, some twenty seconds of them: it must have ended. */
const mostSleeps = 100_000;

/** What a thread runs: the address of its steps, each a kernel's place and its numbers, and their end. */
export type Program = readonly [start: number, end: number];

/** Where kernels stand in the table of functions. */
const places = new Map([...Object.keys(kernels), 'meet', 'arrive', 'await'].map((name, place) => [name, place]));

/** A step of a program: a kernel, or what threads wait in for each other. */
export function wordsOf(name: KernelName | Meeting, numbers: readonly number[]): number[] {
  return [places.get(name) as number, numbers.length, ...numbers];
}

/** Memory, kernels and threads that run programs over it, all at once. The thread that asks is the first of them. */
export class Machine {
  #threads: number;
  readonly #memory: WebAssembly.Memory;
  readonly #module: WebAssembly.Module;
  readonly #arena = new Arena(firstFree, mostPages * pageBytes);
  readonly #run: Run;
  readonly #workers: Worker[] = [];
  #started: Promise<void> | undefined;
  #turn = 0;
  #isOver = false;
  #bytes: Uint8Array<ArrayBufferLike>;
  /** The memory, as it was seen each time it had grown. */
  readonly #buffers = new WeakSet<ArrayBufferLike>();

  /** With other `products` than are the quickest here, the same numbers come out. */
  constructor({
    threads,
    products = bestByteProducts(),
  }: { readonly threads: number; readonly products?: ByteProducts }) {
    this.#threads = Math.min(threads, mostThreads);
    const initial = 16;
    this.#memory = new WebAssembly.Memory({ initial, maximum: mostPages, shared: true });
    this.#bytes = this.#seen();
    allowWideVectors();
    this.#module = compileAtOnce(moduleBytes({ initial, maximum: mostPages }, products));
    this.#run = runOf({ module: this.#module, memory: this.#memory });
    this.integers(cells.firstMaySleep, 1)[0] = maySleep() ? 1 : 0;
  }

  /** How many can run: one, once another has ended by itself. */
  get threads(): number {
    return this.#threads;
  }

  /** Starts the other threads. */
  start(): Promise<void> {
    this.#started ??= this.#start();
    return this.#started;
  }

  async #start(): Promise<void> {
    const threads = this.#threads;
    for (let thread = 1; thread < threads; thread++) {
      const workerData: ThreadStart = { module: this.#module, memory: this.#memory, thread, threads };
      const worker = new Worker(machineThread(), { workerData, execArgv: [] });
      worker.on('error', () => {
        this.#threads = 1;
      });
      this.#workers.push(worker);
    }
    await Promise.all(this.#workers.map((worker) => once(worker, 'message')));
    for (const worker of this.#workers) worker.unref();
  }

  /** An address; what lies there is whatever was there before. Throws CannotRun where there is no more. */
  take(bytes: number): number {
    const address = this.#arena.take(bytes);
    if (address === undefined) throw new CannotRun('No more memory that the kernels can reach');
    const missing = Math.ceil((address + bytes + pageBytes - this.#bytes.length) / pageBytes);
    if (missing > 0) {
      try {
        this.#memory.grow(missing);
      } catch (error) {
        this.#arena.give(address);
        throw new CannotRun('No more memory to be had', { cause: error });
      }
      this.#bytes = this.#seen();
    }
    return address;
  }

  #seen(): Uint8Array<ArrayBufferLike> {
    const { buffer } = this.#memory;
    this.#buffers.add(buffer);
    return new Uint8Array(buffer);
  }

  /** Where numbers begin that lie in this memory; undefined of others. */
  addressOf({ buffer, byteOffset }: Float32Array): number | undefined {
    return this.#buffers.has(buffer) ? byteOffset : undefined;
  }

  /** Bytes that can still be taken. */
  get free(): number {
    return this.#arena.free;
  }

  give(address: number): void {
    this.#arena.give(address);
  }

  bytes(address: number, length: number): Uint8Array {
    return this.#bytes.subarray(address, address + length);
  }

  floats(address: number, length: number): Float32Array {
    return new Float32Array(this.#bytes.buffer, address, length);
  }

  integers(address: number, length: number): Int32Array {
    return new Int32Array(this.#bytes.buffer, address, length);
  }

  /**
   * A program for each of so many threads, which read memory in one place or in two by turns; when all have ended, how often they slept for each other.
   * Throws CannotRun where one never will.
   */
  run(programs: readonly Program[], readsApart = false): number {
    if (this.#isOver) throw new Error('The machine was let go of');
    const [start, end] = programs[0] as Program;
    const shared = this.integers(0, firstFree / 4);
    Atomics.store(shared, cells.sleeps / 4, 0);
    shared[cells.readsApart / 4] = readsApart ? 1 : 0;
    if (programs.length > 1) {
      programs.forEach((program, thread) => {
        shared.set(program, cells.programs / 4 + 2 * thread);
      });
      this.#turn = (this.#turn + 1) & 0x3fffffff;
      Atomics.store(shared, cells.turn / 4, this.#turn);
      Atomics.notify(shared, cells.turn / 4);
    }
    try {
      this.#run(start, end, 0, programs.length);
    } catch (error) {
      throw new CannotRun('A thread of the kernels has ended', { cause: error });
    }
    return Atomics.load(shared, cells.sleeps / 4);
  }

  /** Runs a kernel in all threads, once for each of the numbers that it is given; they are done with it behind that. Throws CannotRun. */
  runAll(kernel: KernelName, given: readonly (readonly number[])[]): void {
    const words = [...given.flatMap((numbers) => wordsOf(kernel, numbers)), ...wordsOf('meet', [patience.short])];
    this.#runWords(words, this.threads);
  }

  /** Runs a kernel in this thread alone, as one of one. Throws CannotRun. */
  runHere(kernel: KernelName, numbers: readonly number[]): void {
    this.#runWords(wordsOf(kernel, numbers), 1);
  }

  #runWords(words: readonly number[], threads: number): void {
    const start = this.take(4 * words.length);
    this.integers(start, words.length).set(words);
    this.run(Array.from({ length: threads }, (): Program => [start, start + 4 * words.length]));
    this.give(start);
  }

  release(): void {
    this.#isOver = true;
    const shared = this.integers(0, firstFree / 4);
    Atomics.store(shared, cells.turn / 4, over);
    Atomics.notify(shared, cells.turn / 4);
  }
}

function moduleBytes(limits: MemoryLimits, products: ByteProducts): Uint8Array<ArrayBuffer> {
  const functions = [...Object.values(kernels).map((make) => make(products)), meet(), arrive(), awaitArrivals(), run()];
  return wasmModule(functions, { run: functions.length - 1 }, limits);
}

/** Whether this thread may sleep: some hosts of V8 forbid it to their first one. */
function maySleep(): boolean {
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1, 0);
    return true;
  } catch {
    return false;
  }
}

/** looks before sleep: waits until all threads are here; what they wrote before it is seen by all behind it. Units are to be taken anew. */
function meet(): WasmFunction {
  const f = new WasmFunction(3);
  const [given, thread, threads] = f.parameters as readonly [Local, Local, Local];
  const most = f.let('i32', i32.load(given));
  const round = f.let('i32', atomic.load(cells.round));
  f.if(
    i32.equal(i32.add(atomic.add(cells.arrived, 1), 1), threads),
    () => {
      f.do(atomic.store(cells.arrived, 0));
      f.do(atomic.store(cells.early, 0));
      f.do(atomic.store(cells.taken, 0));
      f.do(atomic.store(cells.round, i32.add(round, 1)));
      f.drop(atomic.notify(cells.round));
    },
    () => wait(f, { cell: cells.round, before: round, most, thread }),
  );
  return f;
}

/** Looks, and then sleeps, for as long as a cell holds what it did before. */
function wait(
  f: WasmFunction,
  { cell, before, most, thread }: { cell: number; before: Local; most: Local; thread: Local },
): void {
  const looks = f.let('i32', 0);
  f.while(i32.equal(atomic.load(cell), before), () => {
    f.increase(looks, 1);
    // A processor that has other work to do may not have let the others run.
    f.if(i32.less(most, looks), () => {
      f.if(i32.less(mostSleeps, atomic.add(cells.sleeps, 1)), () => f.do(trap));
      f.if(
        i32.or(thread, i32.load(cells.firstMaySleep)),
        () => f.drop(atomic.wait(cell, before)),
        () => f.set(looks, 0),
      );
    });
  });
}

/** Says that what the thread wrote is there, without waiting for the others: once between two meetings. */
function arrive(): WasmFunction {
  const f = new WasmFunction(3);
  f.drop(atomic.add(cells.early, 1));
  f.drop(atomic.notify(cells.early));
  return f;
}

/** looks before sleep: waits until all threads have arrived since the last meeting; what they wrote before it is seen behind it. */
function awaitArrivals(): WasmFunction {
  const f = new WasmFunction(3);
  const [given, thread, threads] = f.parameters as readonly [Local, Local, Local];
  const most = f.let('i32', i32.load(given));
  const early = f.let('i32', atomic.load(cells.early));
  f.while(i32.less(early, threads), () => {
    wait(f, { cell: cells.early, before: early, most, thread });
    f.set(early, atomic.load(cells.early));
  });
  return f;
}

/** Step by step: a kernel's place, how many numbers it has, and these. */
function run(): WasmFunction {
  const f = new WasmFunction(4);
  const [at, end, thread, threads] = f.parameters as readonly [Local, Local, Local, Local];
  const next = f.local('i32');
  f.while(i32.less(at, end), () => {
    f.set(next, i32.add(i32.add(at, 8), i32.shiftLeft(i32.load(at, 4), 2)));
    f.callIndirect([i32.add(at, 8), thread, threads], i32.load(at));
    f.set(at, next);
  });
  return f;
}

/** What the other threads run. */
export function machineThread(): URL {
  return threadEntry('machine-thread', './backends/wasm');
}
