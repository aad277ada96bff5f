import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { ownProgram } from '../../../async/own-program.ts';
import { allowWideVectors, compileAtOnce } from '../../v8-flags.ts';
import { Arena } from './arena.ts';
import { type ByteProducts, bestByteProducts } from './byte-products.ts';
import { CannotRun } from './cannot-run.ts';
import { atomic, i32, type Local, type MemoryLimits, trap, WasmFunction, wasmModule } from './code.ts';
import { type KernelName, kernels } from './kernels.ts';
import { cells, lineBytes, over, patience, type Run, runOf, type ThreadStart } from './machine-run.ts';
import type { Meeting } from './step.ts';

const pageBytes = 64 * 1024;
/** Four gibibytes less one: the address behind the last byte must not be zero. */
const mostPages = 64 * 1024 - 1;

const mostThreads = 64;
const firstFree = cells.scratch + lineBytes * mostThreads;
/** After this many sleeps, some twenty seconds, another thread is given up: it must have died. */
const mostSleeps = 100_000;

/** What a thread runs: start and end addresses of its steps, each a kernel's index and its arguments. */
export type Program = readonly [start: number, end: number];

/** Indices of the kernels in the function table. */
const places = new Map([...Object.keys(kernels), 'meet', 'arrive', 'await'].map((name, place) => [name, place]));

/** Encodes a step of a program: a kernel, or a point where threads wait for each other. */
export function wordsOf(name: KernelName | Meeting, numbers: readonly number[]): number[] {
  return [places.get(name) as number, numbers.length, ...numbers];
}

/** Memory, kernels, and threads that run programs over it in parallel. The calling thread is the first of them. */
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
  /** The memory's buffers, one for each time it has grown. */
  readonly #buffers = new WeakSet<ArrayBufferLike>();

  /** The fastest `products` by default; all give the same numbers. */
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

  /** How many can run: one, once another has died. */
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

  /** Allocates memory, uninitialised, and returns its address. Throws CannotRun if there is no more. */
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

  /** The address of numbers that are in this memory; undefined for others. */
  addressOf({ buffer, byteOffset }: Float32Array): number | undefined {
    return this.#buffers.has(buffer) ? byteOffset : undefined;
  }

  /** Bytes that can still be allocated. */
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
   * Runs one program per thread, reading memory in one place or alternately in two; returns how often threads slept for
   * each other. Throws CannotRun if one never finishes.
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

  /** Runs a kernel in all threads, once for each list of arguments; returns when all are done. Throws CannotRun. */
  runAll(kernel: KernelName, given: readonly (readonly number[])[]): void {
    const words = [...given.flatMap((numbers) => wordsOf(kernel, numbers)), ...wordsOf('meet', [patience.short])];
    this.#runWords(words, this.threads);
  }

  /** Runs a kernel in this thread only, as one of one. Throws CannotRun. */
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

/** Whether this thread may block: some V8 hosts forbid it on the main thread. */
function maySleep(): boolean {
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1, 0);
    return true;
  } catch {
    return false;
  }
}

/**
 * Takes the number of spins before sleeping. A barrier: writes before it are visible to all threads after it. Resets
 * the units taken.
 */
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

/** Spins, then sleeps, while a cell keeps its old value. */
function wait(
  f: WasmFunction,
  { cell, before, most, thread }: { cell: number; before: Local; most: Local; thread: Local },
): void {
  const looks = f.let('i32', 0);
  f.while(i32.equal(atomic.load(cell), before), () => {
    f.increase(looks, 1);
    // A busy processor may not have let the others run.
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

/** Signals that the thread's writes are done, without waiting for the others; once between two barriers. */
function arrive(): WasmFunction {
  const f = new WasmFunction(3);
  f.drop(atomic.add(cells.early, 1));
  f.drop(atomic.notify(cells.early));
  return f;
}

/**
 * Takes the number of spins before sleeping. Waits until all threads have arrived since the last barrier; what they
 * wrote before that is visible.
 */
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

/** Step by step: a kernel's index, its number of arguments, and the arguments. */
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

/** The entry point of the other threads. */
export function machineThread(): URL {
  return ownProgram(import.meta.url, './machine-thread.ts');
}
