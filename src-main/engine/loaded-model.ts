import { setImmediate } from 'node:timers/promises';
import { StudioError } from '../../src-contract/errors.ts';
import { type Architecture, moduleOfWeight } from './architectures/architecture.ts';
import { architectureOf } from './architectures/by-model-type.ts';
import { ModelConfig, readModelConfig } from './architectures/model-config.ts';
import type { Backend, Executable } from './backends/backend.ts';
import { CannotRun, isShortage } from './backends/wasm/cannot-run.ts';
import { machineThread } from './backends/wasm/machine.ts';
import type { WasmExecutable } from './backends/wasm/wasm-graph.ts';
import { WasmRuntime } from './backends/wasm/wasm-runtime.ts';
import { makesWideVectors } from './backends/wasm/wide-vectors.ts';
import type { DecodeMatrices } from './decode-graph.ts';
import type { ModelFacts } from './engine.ts';
import { openFolderWeights } from './formats/folder-weights.ts';
import type { WeightSource } from './formats/weight-source.ts';
import type { Expression } from './graph/expression.ts';
import { groupedMatrices } from './grouped-matrices.ts';
import { writtenOut } from './int4-weights.ts';
import type { CacheMemory } from './key-value-cache.ts';
import { LoadingProgress } from './loading-progress.ts';
import { weightDims } from './lora.ts';
import { halfRoundedModule, type Precision, roundedModules } from './rounded-weights.ts';
import { numbersOf, type RoundingJob } from './rounding.ts';
import { buffersOf, roundAll } from './rounding-threads.ts';
import { checkWeights, placeWeights, readWeights, readWordTable, storedType } from './stored-weights.ts';
import { elements, type Tensor } from './tensor.ts';
import type { WordTable } from './word-table.ts';

/** How many executables may hold a copy of the weights: the base, and adapters of two shapes. */
const mostLarge = 3;

type DecodeOutputs = Readonly<Record<string, Expression>>;

type Matrices = ReadonlyMap<string, Tensor>;

/** A base whose matrices are whole numbers. Each form of them is read when it is wanted: by training, by answers. */
export interface RoundedMatrices {
  readonly precision: Exclude<Precision, 'float32'>;
  readonly words: WordTable;
  /** What answers multiply by: the integers of training, or blocks with a scale each (decisions 0046, 0051). */
  readonly answersBy: 'integers' | 'blocks';
  /** Whether kernels of our own read prompts, where there are any. */
  readonly kernelsPrefill: boolean;
  /** As training and scoring multiply by them (`rounded-weights.ts`). */
  training(): Promise<Matrices>;
  /** As answers do: those that read the same in one, without what gradients need alone. */
  answering(): Promise<Matrices>;
  /** The integers that kernels of our own multiply by (`WasmRuntime`), laid out like those of answers by integers; undefined where there are no kernels. */
  readonly forKernels: (() => Promise<Matrices>) | undefined;
}

/** A base model in memory: its weights once, and the graphs that were compiled for it. */
export class LoadedModel {
  readonly architecture: Architecture;
  /** What is kept as float32: every weight, or those that are no matrices of integers and not the words. */
  readonly weights: ReadonlyMap<string, Tensor<'float32'>>;
  readonly backend: Backend;
  readonly #rounded: RoundedMatrices | undefined;
  readonly #loading: LoadingProgress;
  #feeds: Promise<Matrices> | undefined;
  readonly #compiled = new Map<string, Promise<Executable>>();
  /** Keys of the executables that hold weights of their own, oldest first. */
  readonly #large: string[] = [];
  /** Keys of the executables of passes, by kind. */
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

  /** What passes of answering take the rows of their words from; undefined where that is one of the weights. */
  get words(): WordTable | undefined {
    return this.#rounded?.words;
  }

  get precision(): Precision {
    return this.#rounded?.precision ?? 'float32';
  }

  /** What graphs that answer multiply by. */
  get answersBy(): DecodeMatrices['kind'] {
    return this.#rounded?.answersBy ?? 'floats';
  }

  /** Whether tokens are written by kernels of our own, where there is memory for them. */
  get hasKernels(): boolean {
    return this.#rounded?.forKernels !== undefined && !this.#lacksKernels;
  }

  /** Whether prompts are read by them too. */
  get prefillsByKernels(): boolean {
    return this.hasKernels && this.#rounded?.kernelsPrefill === true;
  }

  /** Everything that graphs that train or score may want to be fed. Throws as `loadModel` does. */
  feeds(): Promise<Matrices> {
    if (this.#feeds === undefined) {
      this.#feeds = this.#readFeeds();
      // A file that could not be read is read again at the next use.
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

  /** The executable of a decode graph, with the matrices inside it where the model is rounded. */
  decoding(key: string, graph: (matrices: DecodeMatrices) => DecodeOutputs): Promise<Executable> {
    const rounded = this.#rounded;
    if (rounded === undefined) return this.executable(key, () => graph({ kind: 'floats' }));
    const compile = async () => {
      this.#makeRoom(key);
      // Read anew for each graph, which keeps a copy laid out for its kernels: a third one would lie about unused.
      const matrices = await rounded.answering();
      const { answersBy } = rounded;
      const wantsKernels = rounded.forKernels !== undefined && this.hasKernels && !this.#isReleased;
      // Others than these, which are made while the prompt is read.
      if (wantsKernels && answersBy === 'blocks') this.#startRuntime(loadingOwn(rounded.forKernels)).catch(() => {});
      const executable = await this.backend.compile(
        graph(answersBy === 'blocks' ? { kind: answersBy, blocks: matrices } : { kind: answersBy }),
        matrices,
      );
      // The same, behind onnxruntime, which holds them twice while it lays them out.
      if (wantsKernels && answersBy === 'integers') await this.#startRuntime(loading(matrices));
      letGo(...matrices.values());
      return executable;
    };
    return this.#kept(key, () => this.#loading.during(compile));
  }

  /**
   * What writes tokens by kernels of our own, and reads prompts where `prefillsByKernels`, where the model is of eight bits (decision 0047); undefined where
   * the decode graph does both.
   */
  async kernelExecutable(
    key: string,
    graph: (matrices: DecodeMatrices) => DecodeOutputs,
  ): Promise<WasmExecutable | undefined> {
    const matrices = this.#rounded?.forKernels;
    if (matrices === undefined || this.#lacksKernels || this.#isReleased) return undefined;
    const runtime = await this.#startRuntime(loadingOwn(matrices));
    if (runtime === undefined || this.#isReleased) return undefined;
    if (!this.#kernelExecutables.has(key))
      this.#kernelExecutables.set(key, runtime.compile(graph({ kind: 'integers' })));
    return this.#kernelExecutables.get(key);
  }

  /** Where caches are best, as far as is known yet: near the kernels, where what reads prompts takes that. */
  get cacheMemory(): CacheMemory | undefined {
    return this.#cacheMemory;
  }

  /** From now on the decode graph of the backend does all: the kernels have no memory left, or lack one. */
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
    // A file that could not be read is read again at the next use.
    started.catch(() => {
      if (this.#runtime === started) this.#runtime = undefined;
    });
    return started;
  }

  /** Whether there is an executable under a key, or one is being made. */
  isCompiled(key: string): boolean {
    return this.#compiled.has(key);
  }

  /** The executable of a graph, compiled at its first use under `key`; with the weights inside it where the device wants that. */
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
   * The executable of a training's passes. It goes on holding what its fullest pass took, and a table of the lab has one for each
   * set of matrices: of each kind only the one used last is kept.
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
    // A failed compilation is forgotten, so that the next use reports it again.
    compiled.catch(() => {
      if (this.#compiled.get(key) === compiled) this.#forget(key);
    });
    // Begun by the last pass of an answer that was stopped.
    if (this.#isReleased) void freed(compiled);
    return compiled;
  }

  #forget(key: string): void {
    this.#compiled.delete(key);
    const place = this.#large.indexOf(key);
    if (place >= 0) this.#large.splice(place, 1);
  }

  /**
   * Frees an executable that passes ask for one by one: who was given it has begun to run it before messages get their turn. The
   * garbage collector sees nothing of what it holds, and would leave it for long.
   */
  #retire(key: string): void {
    const compiled = this.#compiled.get(key);
    this.#forget(key);
    // What is compiled after that is freed by itself.
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
   * Executables with weights inside are large: the oldest goes for a new one. What scores on a graphics processor is held for longer than a
   * pass, and left to the garbage collector.
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

/** With matrices that are wanted by nothing else behind it: each is given back as it is laid out, so that no two of a model's are in memory twice. */
function loading(matrices: Matrices): Loading {
  return (runtime) => runtime.load(matrices, letGo);
}

/** The same with such as are read first. */
function loadingOwn(read: () => Promise<Matrices>): Loading {
  return async (runtime) => loading(await read())(runtime);
}

/**
 * Gives back the memory of matrices that were copied to where they are multiplied. What has an answer and is at rest makes no garbage, and the collector
 * would leave them there.
 */
function letGo(...matrices: readonly Tensor[]): void {
  for (const buffer of buffersOf(matrices)) buffer.transfer(0);
}

/** Undefined where there is no memory for it, or no other thread to be had: there is another way to write. */
async function startedRuntime({ threads }: Backend, load: Loading): Promise<WasmRuntime | undefined> {
  // That a build lacks it is a fault of ours, and is not passed over.
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

/** Nothing is there to be freed where it could not be compiled. */
function freed(compiled: Promise<Executable>): Promise<void> {
  return compiled.then(
    (executable) => executable.release(),
    () => undefined,
  );
}

/**
 * Reads a model folder. With `int8` and `int4` the matrices of linear layers are read when they are wanted, and rounded as they are
 * read, so that the whole is never in memory as floats. Throws as `inspectModel` does.
 */
export async function loadModel(
  folder: string,
  backend: Backend,
  wanted: Precision | 'auto' = 'float32',
  loading = new LoadingProgress(),
): Promise<LoadedModel> {
  return withOpenModel(folder, async ({ architecture, source }) => {
    const read = loading.reading(countParameters(architecture));
    const precision = wanted === 'auto' ? precisionFor(architecture, backend) : wanted;
    if (precision === 'float32') {
      const weights = await readFloats(architecture, source, read);
      return new LoadedModel(architecture, weights, backend, undefined, loading);
    }
    const rounded = new Set(roundedModules(architecture, precision));
    const isFloat = (name: string) => {
      const module = moduleOfWeight(name);
      return !(rounded.has(module) || module === architecture.embedding);
    };
    const weights = new Map(await Array.fromAsync(readWeights(architecture, source, isFloat)));
    const answersBy = await answeringMatrices(precision, architecture, backend);
    // Blocks of four bits, which stay where it is the user who chose four: without VNNI, a row alone is summed in another order.
    const fourBits = (await backend.integersFor()) !== 'all';
    const round = (jobsOf: JobsOf) => roundModel(folder, { threads: backend.threads, loading }, jobsOf);
    const matrices: RoundedMatrices = {
      ...{ precision, answersBy, kernelsPrefill: await kernelsPrefill(answersBy, backend) },
      words: await readWordTable(architecture, source),
      training: () => round((opened) => trainingJobs(opened, precision)),
      forKernels: precision === 'int8' && backend.hasInt8 ? () => round(integerJobs) : undefined,
      answering: () =>
        round((opened) =>
          answersBy === 'integers' ? integerJobs(opened) : blockJobs(opened, { precision, fourBits }),
        ),
    };
    return new LoadedModel(architecture, weights, backend, matrices, loading);
  });
}

async function readFloats(
  architecture: Architecture,
  source: WeightSource,
  read: (numbers: number) => void,
): Promise<Map<string, Tensor<'float32'>>> {
  const weights = new Map<string, Tensor<'float32'>>();
  for await (const [name, tensor] of readWeights(architecture, source)) {
    weights.set(name, tensor);
    read(elements(tensor.dims));
  }
  return weights;
}

type OpenedModel = Awaited<ReturnType<typeof openModel>>;

type JobsOf = (opened: OpenedModel) => AsyncIterable<RoundingJob>;

/** Makes a model's matrices into whole numbers, beside each other where they are many. */
function roundModel(
  folder: string,
  { threads, loading }: { readonly threads: number; readonly loading: LoadingProgress },
  jobsOf: JobsOf,
): Promise<Matrices> {
  return withOpenModel(folder, (opened) => {
    const read = loading.reading(countParameters(opened.architecture));
    return roundAll(jobsOf(opened), {
      threads: isSmall(opened.architecture) ? 0 : roundingThreads(threads),
      isRounded: (job) => read(numbersOf(job)),
    });
  });
}

/** Each holds a matrix, and some four are all that memory keeps busy. */
function roundingThreads(threads: number): number {
  return Math.min(threads, 4);
}

async function* trainingJobs(
  { architecture, source }: OpenedModel,
  precision: RoundedMatrices['precision'],
): AsyncGenerator<RoundingJob> {
  const head = halfRoundedModule(architecture, precision);
  const modules = new Set([...roundedModules(architecture, precision), head]);
  const weights = placeWeights(architecture, source, (name) => modules.has(moduleOfWeight(name)));
  for await (const [name, weight] of weights) {
    const module = moduleOfWeight(name);
    yield { kind: 'training', module, weight, precision, forwardOnly: module === head };
  }
}

async function* integerJobs({ architecture, source }: OpenedModel): AsyncGenerator<RoundingJob> {
  for await (const [name, matrices] of groupedMatrices(architecture, placeWeights(architecture, source)))
    yield { kind: 'integers', name, matrices };
}

async function* blockJobs(
  { architecture, source }: OpenedModel,
  { precision, fourBits }: Pick<RoundedMatrices, 'precision'> & { readonly fourBits: boolean },
): AsyncGenerator<RoundingJob> {
  const weights =
    precision === 'int4'
      ? writtenOut(architecture, readWeights(architecture, source))
      : placeWeights(architecture, source);
  for await (const [name, matrices] of groupedMatrices(architecture, weights))
    yield { kind: 'blocks', name, matrices, fourBits };
}

/** Below so many parameters a model is quick as it is, and floats are exact. */
const smallModel = 50e6;

/** Eight bits where that pays. */
export function precisionFor({ parameters }: Architecture, backend: Backend): Precision {
  return !isSmall({ parameters }) && backend.hasInt8 ? 'int8' : 'float32';
}

function isSmall(architecture: Pick<Architecture, 'parameters'>): boolean {
  return countParameters(architecture) < smallModel;
}

/** Numbers of all weights. */
export function countParameters({ parameters }: Pick<Architecture, 'parameters'>): number {
  return [...parameters.values()].reduce((sum, dims) => sum + elements(dims), 0);
}

/** A base of so many parameters fits into the memory of kernels of our own, which is two gibibytes, and leaves them some of it. */
const mostOfKernels = 1.8e9;

/**
 * What a rounded model's answers multiply by: the integers of training where the processor is quicker with those (decision 0046); or is with what is read,
 * and kernels of our own write (decision 0051).
 */
export async function answeringMatrices(
  precision: RoundedMatrices['precision'],
  architecture: Pick<Architecture, 'parameters'>,
  backend: Backend,
): Promise<RoundedMatrices['answersBy']> {
  if (precision !== 'int8') return 'blocks';
  const use = await backend.integersFor();
  if (use === 'reading') return countParameters(architecture) <= mostOfKernels ? 'integers' : 'blocks';
  return use === 'all' ? 'integers' : 'blocks';
}

/**
 * Whether kernels of our own read prompts, where there are any: without VNNI, and where V8 makes wide vectors, they are quicker than onnxruntime at the same
 * integers (decision 0050).
 */
export async function kernelsPrefill(answersBy: DecodeMatrices['kind'], backend: Backend): Promise<boolean> {
  return answersBy === 'integers' && (await backend.integersFor()) === 'all' && makesWideVectors();
}

/** Reads and checks a model folder without its weights. Throws FILE_NOT_FOUND, MODEL_FILE_INVALID, MODEL_UNSUPPORTED. */
export async function inspectModel(folder: string): Promise<ModelFacts> {
  return withOpenModel(folder, async ({ architecture, source }) => {
    const types = Map.groupBy([...architecture.parameters.keys()], (name) => storedType(architecture, source, name));
    const [dtype] = [...types].reduce((most, group) => (group[1].length > most[1].length ? group : most));
    const targets = architecture.targets.map((target) => [
      target,
      weightDims(architecture, architecture.moduleOf(target, 0)),
    ]);
    return {
      architecture: architecture.name,
      parameters: countParameters(architecture),
      layers: architecture.layers,
      hidden: architecture.hidden,
      vocabulary: architecture.vocabulary,
      contextLength: architecture.contextLength,
      dtype,
      sizeBytes: source.sizeBytes,
      endIds: await endIds(folder, architecture),
      targets: Object.fromEntries(targets),
    };
  });
}

/** Opens a model folder and checks all of it but the numbers; the source is to be closed. Throws as `inspectModel` does. */
export async function openModel(folder: string): Promise<{ architecture: Architecture; source: WeightSource }> {
  const config = await optional(readModelConfig(folder));
  const known = config && architectureOf(config);
  const source = await openFolderWeights(folder);
  try {
    // A GGUF file brings its own; any other folder is asked again, to say that config.json isn't there.
    const own = source.config && new ModelConfig(source.config, source.file);
    const architecture = known ?? architectureOf(own ?? (await readModelConfig(folder)));
    checkWeights(architecture, source);
    return { architecture, source };
  } catch (error) {
    await source.close();
    throw error;
  }
}

/** Opens a model folder for as long as `use` takes. Throws as `inspectModel` does. */
async function withOpenModel<Made>(folder: string, use: (opened: OpenedModel) => Promise<Made>): Promise<Made> {
  const opened = await openModel(folder);
  try {
    return await use(opened);
  } finally {
    await opened.source.close();
  }
}

/** What ends a text: `generation_config.json` goes before `config.json`, as in transformers. */
async function endIds(folder: string, { endIds, vocabulary }: Architecture): Promise<readonly number[]> {
  const config = await optional(readModelConfig(folder, 'generation_config.json'));
  const ids = config?.ids('eos_token_id', vocabulary) ?? [];
  return ids.length > 0 ? ids : endIds;
}

/** A file that may be missing. */
function optional<T>(reading: Promise<T>): Promise<T | undefined> {
  return reading.catch((error: unknown) => {
    if (error instanceof StudioError && error.code === 'FILE_NOT_FOUND') return undefined;
    throw error;
  });
}
