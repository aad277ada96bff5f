import type { Target } from '../../../src-contract/adapter.ts';
import { adapterFeeds, type LiveAdapter } from '../adapters/adaptation.ts';
import type { AdapterLayerWeights } from '../adapters/adapter-layers.ts';
import { AdapterShares } from '../adapters/adapter-shares.ts';
import type { AdapterFeeds, AdapterStack } from '../adapters/adapter-stack.ts';
import type { LoraWeights } from '../adapters/lora.ts';
import type { Executable } from '../backends/backend.ts';
import { CannotRun } from '../backends/wasm/cannot-run.ts';
import type { RowViews } from '../backends/wasm/placed-program.ts';
import type { PassKind } from '../backends/wasm/program-writer.ts';
import type { WasmExecutable } from '../backends/wasm/wasm-graph.ts';
import type { LoadedModel } from '../model/loaded-model.ts';
import { positionFeeds } from '../model/position-feeds.ts';
import { int32, type Tensor, type TensorParts } from '../tensor.ts';
import { type DecodeMatrices, type DecodeOptions, decodeGraph } from './decode-graph.ts';
import type { CachePass, KeyValueCache } from './key-value-cache.ts';

/**
 * Graphs of the kernels, and those of floats, differ in which matrices adapters may change; of a few sets, the smallest
 * that covers the adapters' is used.
 */
const targetSets: readonly (readonly Target[])[] = [
  [],
  ['q', 'k', 'v'],
  ['q', 'k', 'v', 'o'],
  ['q', 'k', 'v', 'o', 'gate', 'up', 'down'],
];

/** What one row of a pass reads: ids that follow what its cache holds. */
export interface PassRow {
  readonly ids: readonly number[];
  readonly adapter: LiveAdapter | null;
  /** Logits are wanted for this many of the ids, the last ones. */
  readonly asked: number;
}

/** One per row; null is the base. */
type Adapters = readonly (LiveAdapter | null)[];

/** What a graph can change about the base. */
interface Changes {
  readonly targets: readonly Target[];
  readonly layers: DecodeOptions['layers'];
}

function keyOf({ targets, layers }: Changes): string {
  return `decode:${targets.join(',')}:${layers?.design ?? ''}`;
}

/** The adapter of the rows if it consists of adapter layers: batches keep the kinds apart. */
function layeredOf(adapters: Adapters): LiveAdapter<AdapterLayerWeights> | undefined {
  const adapter = adapters.find((each) => each?.weights.kind === 'adapter-layers');
  return adapter as LiveAdapter<AdapterLayerWeights> | undefined;
}

function lorasOf(adapters: Adapters): readonly (LiveAdapter<LoraWeights> | null)[] {
  // Sound because batches keep the kinds apart.
  return adapters as readonly (LiveAdapter<LoraWeights> | null)[];
}

type Runs = Executable | WasmExecutable;

/**
 * Prompts with so many adapters, and no more positions, are read by onnxruntime with a share per row. Otherwise taking
 * positions apart and putting them together again takes as long as it saves (decision 0077).
 */
const [fewestInTurns, mostPositions] = [3, 512];

/** As many positions of each row, where each row has its own share: of idle rows and those asked for less, any. */
function inTurns(asked: readonly (readonly number[])[]): number[] {
  const turns = Math.max(1, ...asked.map(({ length }) => length));
  return Array.from({ length: turns * asked.length }, (_, place) => {
    const [turn, row] = [Math.floor(place / asked.length), place % asked.length];
    return asked[row]?.[turn] ?? row;
  });
}

/** Feeds of a graph that seldom change. */
interface Standing {
  readonly weights: ReadonlyMap<string, Tensor>;
  readonly matrices: Fed['feeds']['matrices'];
  readonly all: Fed['feeds']['matrices'];
}

/** The adapter feeds of passes over this many tokens of each row. */
interface Fed {
  readonly tokens: number;
  /** Undefined for a graph of the backend. */
  readonly ofKernels: PassKind | undefined;
  /** Undefined where matrices are floats. */
  readonly shares: 'rows' | 'one' | undefined;
  /** Parts are for kernels only. */
  readonly feeds: AdapterFeeds<Tensor | TensorParts>;
}

/** What follows from the adapters of a pass. */
interface OfAdapters {
  readonly adapters: Adapters;
  readonly changes: Changes;
  /** How many different adapters there are. */
  readonly count: number;
  fed: Fed | undefined;
  /** Whether kernels have no room for a share per row, all as large as the largest, and use a single share instead. */
  lackRoom: boolean;
}

/** For each row, the logits of the positions asked for, [vocabulary] each. */
type Logits = readonly (readonly Float32Array[])[];

/** Undefined if the kernels cannot run it. */
function unlessItCannot<Given>(run: () => Given): Given | undefined {
  try {
    return run();
  } catch (error) {
    if (error instanceof CannotRun) return undefined;
    throw error;
  }
}

async function readLogits(
  executable: Executable,
  feeds: Iterable<readonly [string, Tensor]>,
  pass: CachePass,
): Promise<RowViews> {
  const kept = pass.tensors();
  const { logits } = await executable.run(new Map([...feeds, ...kept.feeds]), kept.into);
  return [logits?.data as Float32Array];
}

/** Runs passes of the decode graph over the rows of a cache, each row with its own adapter. */
export class DecodePass {
  readonly #model: LoadedModel;
  readonly #stack: AdapterStack;
  readonly #shares: AdapterShares;
  #standing = new WeakMap<Runs, Standing>();
  /** Of the last pass: the next one mostly has the same adapters. */
  #last: OfAdapters | undefined;

  constructor(model: LoadedModel, stack: AdapterStack) {
    this.#model = model;
    this.#stack = stack;
    this.#shares = new AdapterShares(model.architecture, stack);
  }

  /**
   * Reads the rows' ids, each after what the cache holds of it; an undefined row is idle. `take` gets the requested
   * logits synchronously, as another pass may overwrite them; without it they are returned. The caller decides which of
   * the new positions to keep (`cache.keep`). `decode` passes over few tokens go to kernels that read every weight once
   * and fast; `prefill` passes over many go to those that multiply many rows fast.
   */
  async run(cache: KeyValueCache, rows: readonly (PassRow | undefined)[], kind?: PassKind): Promise<Logits>;
  async run<Taken>(
    cache: KeyValueCache,
    rows: readonly (PassRow | undefined)[],
    kind: PassKind,
    take: (logits: Logits) => Taken,
  ): Promise<Taken>;
  async run(
    cache: KeyValueCache,
    rows: readonly (PassRow | undefined)[],
    kind: PassKind = 'prefill',
    take: (logits: Logits) => unknown = (logits) => logits,
  ): Promise<unknown> {
    const { architecture } = this.#model;
    const count = rows.length;
    const tokens = Math.max(1, ...rows.map((row) => row?.ids.length ?? 0));
    const positions = tokens * count;
    const ids = new Int32Array(positions);
    const positionIds = new Int32Array(positions);
    const asked: readonly number[][] = rows.map(() => []);
    rows.forEach((row, r) => {
      row?.ids.forEach((id, i) => {
        ids[i * count + r] = id;
        positionIds[i * count + r] = cache.held(r) + i;
        if (i >= row.ids.length - row.asked) asked[r]?.push(i * count + r);
      });
    });
    const ofAdapters = this.#ofAdapters(rows.map((row) => row?.adapter ?? null));
    const { changes } = ofAdapters;
    const byKernels = (kind === 'decode' || this.#model.prefillsByKernels) && changes.layers === undefined;
    const kernels = byKernels ? await this.#compileForKernels(changes) : undefined;
    const executable = kernels ?? (await this.#compile(changes));
    const pass = cache.pass(
      tokens,
      rows.map((row) => row?.ids.length ?? 0),
    );
    const { shares, feeds: fed } = this.#fedOf(ofAdapters, tokens, kernels && kind);
    const last = shares === 'rows' ? inTurns(asked) : asked.flat();
    // The head always needs a row.
    const heads = last.length === 0 ? [0] : last;
    const feeds = [
      ...fed.masks,
      ...positionFeeds(positionIds, architecture, [positions, 1]),
      ...this.#wordFeeds(ids),
      ['last', int32([heads.length], Int32Array.from(heads))],
    ] as const;
    const standing = this.#standingOf(executable, fed.matrices);
    const views =
      kernels === undefined
        ? await readLogits(executable as Executable, [...(standing as ReadonlyMap<string, Tensor>), ...feeds], pass)
        : unlessItCannot(() =>
            kernels.run(new Map([...feeds, ...pass.masks]), { kind, standing, kept: pass.kept }).get('logits'),
          );
    if (views === undefined && shares === 'rows') {
      ofAdapters.lackRoom = true;
      return this.run(cache, rows, kind, take);
    }
    if (views === undefined) {
      this.#model.stopKernels();
      return this.run(cache, rows, 'prefill', take);
    }
    const { vocabulary } = architecture;
    const [first, ...others] = views as readonly [Float32Array, ...Float32Array[]];
    const logitsOf = (head: number) => others[head - 1] ?? first.subarray(head * vocabulary, (head + 1) * vocabulary);
    return take(asked.map((some) => some.map((position) => logitsOf(last.indexOf(position)))));
  }

  /** The ids; or the rows of these words, and which of them each position has. */
  #wordFeeds(ids: Int32Array): (readonly [string, Tensor])[] {
    const { words, architecture } = this.#model;
    if (words === undefined) return [['ids', int32([ids.length], ids)]];
    return [
      ['ids', int32([ids.length], Int32Array.from(ids.keys()))],
      [`${architecture.embedding}.weight`, words.rows(ids)],
    ];
  }

  /** Releases what passes were fed for their adapters. */
  forget(): void {
    this.#shares.forget();
    this.#standing = new WeakMap();
    this.#last = undefined;
  }

  /** The feeds of a graph for weights not baked into it and for adapters: the same map for the same adapters. */
  #standingOf(executable: Runs, matrices: Standing['matrices']): Standing['all'] {
    const known = this.#standing.get(executable);
    if (known?.matrices === matrices) return known.all;
    const weights = known?.weights ?? new Map([...this.#model.weights].filter(([name]) => executable.inputs.has(name)));
    const all = new Map([...weights, ...matrices]);
    this.#standing.set(executable, { weights, matrices, all });
    return all;
  }

  #ofAdapters(adapters: Adapters): OfAdapters {
    const last = this.#last;
    const isAsBefore =
      last?.adapters.length === adapters.length && last.adapters.every((each, row) => each === adapters[row]);
    if (last === undefined || !isAsBefore)
      this.#last = {
        ...{ adapters, changes: this.#changesFor(adapters), fed: undefined, lackRoom: false },
        count: new Set(adapters.flatMap((adapter) => (adapter === null ? [] : [adapter.weights]))).size,
      };
    return this.#last as OfAdapters;
  }

  /** Reuses those of the last pass if nothing differs: then nothing is copied either. */
  #fedOf(of: OfAdapters, tokens: number, ofKernels: PassKind | undefined): Fed {
    const shares = this.#sharesOf(of, tokens, ofKernels);
    if (of.fed?.tokens === tokens && of.fed.ofKernels === ofKernels && of.fed.shares === shares) return of.fed;
    const fed = { tokens, ofKernels, shares };
    of.fed = { ...fed, feeds: this.#adapterFeeds(of, fed) };
    return of.fed;
  }

  /** How positions are divided into shares for adapters (`AdapterShares`); undefined for a graph of floats. */
  #sharesOf({ adapters, count, lackRoom }: OfAdapters, tokens: number, ofKernels: PassKind | undefined): Fed['shares'] {
    if (ofKernels === undefined) {
      if (this.#model.answersBy === 'floats') return undefined;
      return count >= fewestInTurns && tokens * adapters.length <= mostPositions ? 'rows' : 'one';
    }
    const isOfRows = ofKernels === 'decode' && tokens === 1 && adapters.length > 1 && count > 0;
    return isOfRows && !lackRoom ? 'rows' : 'one';
  }

  /** What a graph for these adapters can change. */
  #changesFor(adapters: Adapters): Changes {
    const layered = layeredOf(adapters);
    if (layered !== undefined)
      return { targets: [], layers: { kind: 'adapter-layers', design: layered.weights.design } };
    const needed = new Set(lorasOf(adapters).flatMap((adapter) => adapter?.weights.targets ?? []));
    const sufficient = targetSets
      .filter((set) => [...needed].every((target) => set.includes(target)))
      .map((set) => ({
        targets: set.filter((target) => this.#model.architecture.targets.includes(target)),
        layers: undefined,
      }));
    const { answersBy, backend } = this.#model;
    // On a device with its own memory another graph of floats is another copy of the weights: a larger one that already
    // exists, a little slower, is taken there. Elsewhere weights are fed; and of numbers one graph is for all adapters.
    const known =
      answersBy === 'floats' && backend.weightsInside
        ? sufficient.find((each) => this.#model.isCompiled(keyOf(each)))
        : undefined;
    return (known ?? sufficient[0]) as Changes;
  }

  #adapterFeeds({ adapters, changes }: OfAdapters, { tokens, ofKernels, shares }: Omit<Fed, 'feeds'>): Fed['feeds'] {
    const layered = layeredOf(adapters);
    if (layered !== undefined) return { matrices: adapterFeeds(layered), masks: new Map() };
    const pass = { rows: lorasOf(adapters), tokens, targets: new Set(changes.targets) };
    if (shares === undefined) return this.#stack.feeds(pass);
    if (shares === 'one') return this.#shares.ofAll(pass);
    return ofKernels === undefined ? this.#shares.ofRowsInTurns(pass) : this.#shares.ofRows(pass);
  }

  /** A graph with the matrices inside serves the base and any adapter: another one would be a second copy of them. */
  #compile(changes: Changes): Promise<Executable> {
    const { answersBy, architecture } = this.#model;
    const isForAll = answersBy !== 'floats' && changes.layers === undefined;
    const all = isForAll ? { ...changes, targets: architecture.targets } : changes;
    return this.#model.decoding(keyOf(all), this.#graphOf(all, { isOptional: isForAll }));
  }

  #compileForKernels(changes: Changes): Promise<WasmExecutable | undefined> {
    return this.#model.kernelExecutable(keyOf(changes), this.#graphOf(changes, { isOptional: false }));
  }

  #graphOf({ targets, layers }: Changes, { isOptional }: { readonly isOptional: boolean }) {
    const options = { targets: new Set(targets), layers, isOptional };
    return (matrices: DecodeMatrices) => decodeGraph(this.#model.architecture, { ...options, matrices });
  }
}
