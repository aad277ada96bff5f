import { setImmediate } from 'node:timers/promises';
import type { DecodeMatrices } from '../answering/decode-graph.ts';
import type { CacheMemory } from '../answering/key-value-cache.ts';
import type { Architecture } from '../architectures/architecture.ts';
import type { Backend, Executable } from '../backends/backend.ts';
import { CannotRun, isShortage } from '../backends/wasm/cannot-run.ts';
import { machineThread } from '../backends/wasm/machine.ts';
import type { WasmExecutable } from '../backends/wasm/wasm-graph.ts';
import { WasmRuntime } from '../backends/wasm/wasm-runtime.ts';
import type { Expression } from '../graph/expression.ts';
import type { Tensor } from '../tensor.ts';
import type { Precision } from '../weights/rounded-weights.ts';
import { letGo } from '../weights/rounding-threads.ts';
import type { WordTable } from '../weights/word-table.ts';
import { LoadingProgress } from './loading-progress.ts';

/** How many executables may hold a copy of the weights: the base, and adapters of two shapes. */
const mostLarge = 3;

type DecodeOutputs = Readonly<Record<string, Expression>>;

export type Matrices = ReadonlyMap<string, Tensor>;

/** A base whose matrices are quantised. Each form is read on demand, by training or by generation. */
export interface RoundedMatrices {
  readonly precision: Exclude<Precision, 'float32'>;
  readonly words: WordTable;
  /** What generation multiplies by: the integers of training, or blocks with a scale each (decisions 0046, 0051). */
  readonly answersBy: 'integers' | 'blocks';
  /** Whether our own kernels, if available, run the prefill. */
  readonly kernelsPrefill: boolean;
  /** In the form training and scoring multiply by (`rounded-weights.ts`). */
  training(): Promise<Matrices>;
  /** In the form generation uses: matrices with the same input are fused, and what only gradients need is omitted. */
  answering(): Promise<Matrices>;
  /**
   * The integers for our own kernels (`WasmRuntime`): those of `answersBy: 'integers'`, which are taken from here if
   * they are already at hand, and others in four bits; undefined where there are no kernels.
   */
  readonly forKernels: ((atHand?: Matrices) => Promise<Matrices>) | undefined;
  /** The names of those in four bits. */
  readonly inInt4: ReadonlySet<string>;
}

/** A base model in memory: its weights, held once, and the graphs compiled for it. */
export class LoadedModel {
  readonly architecture: Architecture;
  /** What is kept as float32: every weight, or those that are neither quantised matrices nor the word embeddings. */
  readonly weights: ReadonlyMap<string, Tensor<'float32'>>;
  readonly backend: Backend;
  readonly #rounded: RoundedMatrices | undefined;
  readonly #loading: LoadingProgress;
  #feeds: Promise<Matrices> | undefined;
  readonly #compiled = new Map<string, Promise<Executable>>();
  /** Keys of the executables that hold their own copy of the weights, oldest first. */
  readonly #large: string[] = [];
  /** Keys of the pass executables, by kind. */
  readonly #passes = new Map<string, string>();
  #runtime: Promise<WasmRuntime | undefined> | undefined;
  #cacheMemory: CacheMemory | undefined;
  readonly #kernelExecutables = new Map<string, WasmExecutable | undefined>();
  #lacksKernels = false;
  #isReleased = false;

  constructor(
    architecture: Architecture,
    weights: ReadonlyMap<string, Tensor<'float32'>>,
    backend: Backend,
    rounded?: RoundedMatrices,
    loading = new LoadingProgress(),
  ) {
    this.architecture = architecture;
    this.weights = weights;
    this.backend = backend;
    this.#rounded = rounded;
    this.#loading = loading;
  }

  /** Where generation looks up word embeddings; undefined where they are among the weights. */
  get words(): WordTable | undefined {
    return this.#rounded?.words;
  }

  get precision(): Precision {
    return this.#rounded?.precision ?? 'float32';
  }

  /** What decode graphs multiply by. */
  get answersBy(): DecodeMatrices['kind'] {
    return this.#rounded?.answersBy ?? 'floats';
  }

  /** Whether our own kernels generate tokens, memory permitting. */
  get hasKernels(): boolean {
    return this.#rounded?.forKernels !== undefined && !this.#lacksKernels;
  }

  /** Whether they also run the prefill. */
  get prefillsByKernels(): boolean {
    return this.hasKernels && this.#rounded?.kernelsPrefill === true;
  }

  /** Everything that training or scoring graphs may need to be fed. Throws as `loadModel` does. */
  feeds(): Promise<Matrices> {
    if (this.#feeds === undefined) {
      this.#feeds = this.#loading.during(() => this.#readFeeds());
      // A failed read is retried on the next use.
      this.#feeds.catch(() => {
        this.#feeds = undefined;
      });
    }
    return this.#feeds;
  }

  async #readFeeds(): Promise<Matrices> {
    if (this.#rounded === undefined) return this.weights;
    const { training, words } = this.#rounded;
    const integers = await training();
    return new Map<string, Tensor>([
      ...this.weights,
      [`${this.architecture.embedding}.weight`, words.whole()],
      ...integers,
    ]);
  }

  /** The executable of a decode graph, with the matrices baked in where the model is quantised. */
  decoding(key: string, graph: (matrices: DecodeMatrices) => DecodeOutputs): Promise<Executable> {
    const rounded = this.#rounded;
    if (rounded === undefined) return this.executable(key, () => graph({ kind: 'floats' }));
    const compile = async () => {
      this.#makeRoom(key);
      // Read anew for each graph: the graph keeps its own repacked copy, and a third copy would sit in memory unused.
      const matrices = await rounded.answering();
      const { answersBy } = rounded;
      const forKernels = this.hasKernels && !this.#isReleased ? rounded.forKernels : undefined;
      // The kernels need different matrices from these; they are built during the prefill.
      if (forKernels !== undefined && answersBy === 'blocks') this.#startRuntime(loading(forKernels)).catch(() => {});
      const executable = await this.backend.compile(
        graph(answersBy === 'blocks' ? { kind: answersBy, blocks: matrices } : { kind: answersBy }),
        matrices,
      );
      // Mostly the same matrices, but only after onnxruntime, which holds them twice while repacking them.
      if (forKernels !== undefined && answersBy === 'integers')
        await this.#startRuntime(loading(() => forKernels(matrices)));
      letGo(...matrices.values());
      return executable;
    };
    return this.#kept(key, () => this.#loading.during(compile));
  }

  /**
   * What generates tokens with our own kernels (and runs the prefill where `prefillsByKernels`) for an eight-bit model
   * (decision 0047); undefined where the decode graph does both.
   */
  async kernelExecutable(
    key: string,
    graph: (matrices: DecodeMatrices) => DecodeOutputs,
  ): Promise<WasmExecutable | undefined> {
    const rounded = this.#rounded;
    if (rounded?.forKernels === undefined || this.#lacksKernels || this.#isReleased) return undefined;
    const runtime = await this.#startRuntime(loading(rounded.forKernels));
    if (runtime === undefined || this.#isReleased) return undefined;
    if (!this.#kernelExecutables.has(key))
      this.#kernelExecutables.set(key, runtime.compile(graph({ kind: 'integers', fourBits: rounded.inInt4 })));
    return this.#kernelExecutables.get(key);
  }

  /** Where caches are best placed, as far as is known: in the kernels' memory, if the prefill backend accepts that. */
  get cacheMemory(): CacheMemory | undefined {
    return this.#cacheMemory;
  }

  /** From now on the backend's decode graph does everything: the kernels are out of memory or unsupported. */
  stopKernels(): void {
    this.#lacksKernels = true;
    void this.#releaseRuntime();
  }

  async #releaseRuntime(): Promise<void> {
    const started = this.#runtime;
    this.#runtime = undefined;
    this.#cacheMemory = undefined;
    this.#kernelExecutables.clear();
    (await started?.catch(() => undefined))?.release();
  }

  #startRuntime(load: Loading): Promise<WasmRuntime | undefined> {
    if (this.#runtime !== undefined) return this.#runtime;
    const started = this.#loading
      .during(() => startedRuntime(this.backend, load))
      .then(async (runtime) => {
        this.#lacksKernels ||= runtime === undefined;
        const isShared = await this.backend.takesShared();
        if (isShared && this.#runtime === started) this.#cacheMemory = runtime?.caches;
        return runtime;
      });
    this.#runtime = started;
    // A failed read is retried on the next use.
    started.catch(() => {
      if (this.#runtime === started) this.#runtime = undefined;
    });
    return started;
  }

  /** Whether an executable exists, or is being compiled, under a key. */
  isCompiled(key: string): boolean {
    return this.#compiled.has(key);
  }

  /**
   * The executable of a graph, compiled on first use under `key`, with weights baked in if the device requires that.
   */
  executable<Output extends string>(
    key: string,
    outputs: () => Readonly<Record<Output, Expression>>,
  ): Promise<Executable<Output>> {
    return this.#kept(key, async () => {
      if (!this.backend.weightsInside) return this.backend.compile(outputs());
      this.#makeRoom(key);
      return this.backend.compile(outputs(), await this.feeds());
    }) as Promise<Executable<Output>>;
  }

  /**
   * The executable of a training's passes. It keeps the memory its largest pass took, and a lab table has one per set
   * of matrices, so only the most recently used executable of each kind is kept.
   */
  passes<Output extends string>(
    kind: 'train' | 'validate',
    key: string,
    outputs: () => Readonly<Record<Output, Expression>>,
  ): Promise<Executable<Output>> {
    const own = `${kind}:${key}`;
    const before = this.#passes.get(kind);
    if (before !== undefined && before !== own) this.#retire(before);
    this.#passes.set(kind, own);
    return this.executable(own, outputs);
  }

  #kept(key: string, compile: () => Promise<Executable>): Promise<Executable> {
    const known = this.#compiled.get(key);
    if (known !== undefined) return known;
    const compiled = compile();
    this.#compiled.set(key, compiled);
    // A failed compilation is dropped, so that the next use reports the error again.
    compiled.catch(() => {
      if (this.#compiled.get(key) === compiled) this.#forget(key);
    });
    // Started by the last pass of an answer that was stopped.
    if (this.#isReleased) void freed(compiled);
    return compiled;
  }

  #forget(key: string): void {
    this.#compiled.delete(key);
    const place = this.#large.indexOf(key);
    if (place >= 0) this.#large.splice(place, 1);
  }

  /**
   * Frees an executable that passes request one at a time: whoever got it has begun running it before the next
   * event-loop turn. The garbage collector cannot see what it holds and would keep it for a long time.
   */
  #retire(key: string): void {
    const compiled = this.#compiled.get(key);
    this.#forget(key);
    // After release, executables are freed as soon as they are compiled.
    if (compiled === undefined || this.#isReleased) return;
    void compiled.then(
      async () => {
        await setImmediate();
        await freed(compiled);
      },
      () => undefined,
    );
  }

  /**
   * Executables with weights baked in are large: the oldest is evicted for a new one. On a GPU, a scoring executable
   * may be held for longer than one pass, so it is left to the garbage collector.
   */
  #makeRoom(key: string): void {
    const oldest = this.#large.length >= mostLarge ? this.#large[0] : undefined;
    this.#large.push(key);
    if (oldest === undefined) return;
    if (this.backend.weightsInside) this.#forget(oldest);
    else this.#retire(oldest);
  }

  async release(): Promise<void> {
    this.#isReleased = true;
    const all = [...this.#compiled.values()];
    this.#compiled.clear();
    for (const compiled of all) await freed(compiled);
    await this.#releaseRuntime();
  }
}

type Loading = (runtime: WasmRuntime) => Promise<void>;

/** Loads matrices that nothing else needs: each is freed once repacked, so at most one is in memory twice. */
function loading(read: () => Promise<Matrices>): Loading {
  return async (runtime) => runtime.load(await read(), letGo);
}

/** Undefined if there is not enough memory, or no thread available: there is another way to generate. */
async function startedRuntime({ threads }: Backend, load: Loading): Promise<WasmRuntime | undefined> {
  // A build without the thread file is our own bug and must not be swallowed.
  machineThread();
  let runtime: WasmRuntime | undefined;
  try {
    runtime = new WasmRuntime({ threads });
    await load(runtime);
    return runtime;
  } catch (error) {
    runtime?.release();
    if (error instanceof CannotRun || isShortage(error)) return undefined;
    throw error;
  }
}

/** A failed compilation leaves nothing to free. */
function freed(compiled: Promise<Executable>): Promise<void> {
  return compiled.then(
    (executable) => executable.release(),
    () => undefined,
  );
}
