import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { Target } from '../../../src-contract/adapter.ts';
import { writeTinyModel } from '../../../test/fixtures/tiny-model.ts';
import type { LiveAdapter } from '../adapters/adaptation.ts';
import { initialiseAdapterLayers } from '../adapters/adapter-layers.ts';
import { AdapterStack } from '../adapters/adapter-stack.ts';
import { initialiseLora, type LoraWeights } from '../adapters/lora.ts';
import type { Architecture } from '../architectures/architecture.ts';
import { onnxruntimeBackend } from '../backends/onnxruntime/onnxruntime-backend.ts';
import { CannotRun } from '../backends/wasm/cannot-run.ts';
import { WasmGraph } from '../backends/wasm/wasm-graph.ts';
import { loadModel } from '../model/load-model.ts';
import type { LoadedModel } from '../model/loaded-model.ts';
import { Random } from '../random.ts';
import { DecodePass } from './decode-pass.ts';
import { KeyValueCache } from './key-value-cache.ts';

// Our kernels' prefill is just as exact, if slower, where V8 makes no wide vectors.
const v8 = vi.hoisted(() => ({ makesWideVectors: true }));
vi.mock('../backends/wasm/wide-vectors.ts', () => ({ makesWideVectors: () => v8.makesWideVectors }));

// An adapter's product for a single token used to be summed in a different order than among guesses or in a prompt: in
// eight bits, logits differed by more than half, and a repeated question now and then got other words. A group of more
// than 16 ranks still was, from some ten tokens on.
test.each([
  { by: 'blocks', targets: ['q', 'v'], keyValueHeads: 2 },
  { by: 'blocks', targets: ['q', 'v'], keyValueHeads: 4 },
  { by: 'blocks', targets: ['q', 'k', 'v', 'o'], keyValueHeads: 2 },
  { by: 'blocks', targets: ['q', 'k', 'v', 'o', 'gate', 'up', 'down'], keyValueHeads: 2 },
  { by: 'integers', reader: 'graph', targets: ['q', 'v'], keyValueHeads: 4 },
  { by: 'integers', reader: 'graph', targets: ['q', 'k', 'v', 'o', 'gate', 'up', 'down'], keyValueHeads: 2 },
  { by: 'integers', reader: 'kernels', targets: ['q', 'v'], keyValueHeads: 4 },
  { by: 'integers', reader: 'kernels', targets: ['q', 'k', 'v', 'o', 'gate', 'up', 'down'], keyValueHeads: 2 },
  { by: 'integers', kind: 'decode', targets: ['q', 'v'], keyValueHeads: 4 },
  { by: 'blocks', kind: 'decode', targets: ['q', 'k', 'v', 'o', 'gate', 'up', 'down'], keyValueHeads: 2 },
] as const)(
  'logits with an adapter do not depend on chunking: $by, $reader, $kind, $targets, $keyValueHeads',
  async ({ by, targets, keyValueHeads, ...more }) => {
    const folder = tinyModel({ hidden: 640, intermediate: 1536, layers: 2, keyValueHeads });
    v8.makesWideVectors = 'reader' in more && more.reader === 'kernels';
    const backend = {
      ...onnxruntimeBackend(),
      integersFor: async () => (by === 'integers' ? ('all' as const) : ('none' as const)),
    };
    const model = await loadModel(folder, backend, 'int8');
    expect(model.answersBy).toBe(by);
    expect(model.prefillsByKernels).toBe(v8.makesWideVectors);
    const { architecture } = model;
    const lora = initialiseLora(architecture, { rank: 8, alpha: 16, targets, initialisation: 'kaiming', seed: 1 });
    const random = new Random(1);
    for (const { data } of lora.tensors.values()) data.set(data.map(() => 0.1 * random.normal()));
    const adapter = { weights: lora, scale: lora.scale };
    const stack = new AdapterStack(architecture);
    stack.prepare(lora);
    const pass = new DecodePass(model, stack);
    const ids = Array.from({ length: 40 }, (_, i) => (i * i + 7) % 256);

    const logitsOf = async (...ends: number[]) => {
      // Placed elsewhere for the first one, before there are kernels.
      const cache = new KeyValueCache(architecture, 1, { memory: model.cacheMemory });
      let logits: Float32Array | undefined;
      for (const end of ends) {
        const piece = ids.slice(cache.held(0), end);
        const row = { ids: piece, adapter, asked: 1 };
        logits = (await pass.run(cache, [row], 'kind' in more ? more.kind : 'prefill'))[0]?.[0]?.slice();
        cache.keep([piece.length]);
      }
      return logits;
    };
    const whole = await logitsOf(40);
    expect(whole).toHaveLength(architecture.vocabulary);
    for (const ends of [
      [39, 40],
      [38, 39, 40],
      [31, 40],
      [24, 40],
      [12, 40],
      [1, 2, 3, 40],
    ])
      expect(await logitsOf(...ends)).toEqual(whole);
    await model.release();
  },
);

// Each set of targets used to have a graph of its own, with a copy of the matrices: a base of a billion weights took
// seconds, and almost two gigabytes, for the first answer of an adapter after one of its own.
test.each(['integers', 'blocks'] as const)(
  'one graph reads prompts for the base and for adapters of any matrices and rank: %s',
  async (by) => {
    const folder = tinyModel({ hidden: 128, intermediate: 256, layers: 2 });
    v8.makesWideVectors = false;
    const use = by === 'integers' ? ('reading' as const) : ('none' as const);
    const backend = { ...onnxruntimeBackend(), integersFor: async () => use };
    const compile = vi.spyOn(backend, 'compile');
    const logitsOf = async (model: LoadedModel, adapters: readonly (LiveAdapter | null)[]) => {
      const pass = new DecodePass(model, new AdapterStack(model.architecture));
      const all = [];
      for (const adapter of adapters) {
        const row = { ids: [5, 9, 2, 40, 7], adapter, asked: 1 };
        all.push((await pass.run(new KeyValueCache(model.architecture), [row]))[0]?.[0]?.slice());
      }
      return all;
    };
    const model = await loadModel(folder, backend, 'int8');
    expect([model.answersBy, model.prefillsByKernels]).toEqual([by, false]);
    const lora = lorasOf(model.architecture);
    const adapters = [null, lora(4, ['q', 'v']), lora(20, ['o', 'down']), lora(8, model.architecture.targets), null];
    const inTurn = await logitsOf(model, adapters);
    expect(compile).toHaveBeenCalledOnce();
    await model.release();
    expect(inTurn[4]).toEqual(inTurn[0]);
    for (const [i, adapter] of adapters.entries()) {
      const other = await loadModel(folder, backend, 'int8');
      expect(await logitsOf(other, [adapter])).toEqual([inTurn[i]]);
      await other.release();
    }
    expect(new Set(inTurn.map((logits) => logits?.[0])).size).toBe(4);
  },
);

// From the second prompt on, all matrices were adapted, by ranks of zeros: a sixth of a prompt, and of every token.
test('after any prompt a pass is fed only what its adapter changes', async () => {
  const folder = tinyModel({ hidden: 128, intermediate: 256, layers: 2 });
  v8.makesWideVectors = false;
  const model = await loadModel(
    folder,
    { ...onnxruntimeBackend(), integersFor: async () => 'reading' as const },
    'int8',
  );
  const fed: string[][] = [];
  const note = (names: Iterable<string>) => fed.push([...names].filter((name) => name.startsWith('stack_mask')));
  const decoding = model.decoding.bind(model);
  vi.spyOn(model, 'decoding').mockImplementation(async (...given) => {
    const graph = await decoding(...given);
    const run: typeof graph.run = (feeds, into) => {
      note(feeds.keys());
      return graph.run(feeds, into);
    };
    return { ...graph, run };
  });
  const kernels = vi.spyOn(WasmGraph.prototype, 'run');
  onTestFinished(() => kernels.mockRestore());
  const pass = new DecodePass(model, new AdapterStack(model.architecture));
  const queries = lorasOf(model.architecture)(4, ['q']);
  for (const adapter of [null, null, queries]) {
    const cache = new KeyValueCache(model.architecture, 1, { memory: model.cacheMemory });
    for (const kind of ['prefill', 'decode'] as const) {
      await pass.run(cache, [{ ids: [5, 9, 2], adapter, asked: 1 }], kind);
      cache.keep([3]);
    }
  }
  for (const [feeds] of kernels.mock.calls) note(feeds.keys());
  const ofQueries = ['stack_mask.qkv'];
  expect(fed).toEqual([[], [], ofQueries, [], [], ofQueries]);
  await model.release();
});

test('adapters of different ranks in one batch give the logits that each gives alone', async () => {
  const folder = tinyModel();
  const model = await loadModel(folder, onnxruntimeBackend());
  const { architecture } = model;
  const random = new Random(1);
  const adapters = ([['q'], ['q', 'k', 'v'], ['v', 'o']] as const).map((targets, i) => {
    const lora = initialiseLora(architecture, { rank: 7 + i, alpha: 16, targets, initialisation: 'kaiming', seed: i });
    for (const { data } of lora.tensors.values()) data.set(data.map(() => 0.3 * random.normal()));
    return { weights: lora, scale: lora.scale };
  });
  const pass = new DecodePass(model, new AdapterStack(architecture));
  const rows = [...adapters, null].map((adapter) => ({ ids: [5, 9, 2, 40], adapter, asked: 1 }));
  const together = await pass.run(new KeyValueCache(architecture, rows.length), rows);
  const alone = [];
  for (const row of rows) alone.push((await pass.run(new KeyValueCache(architecture), [row]))[0]?.[0]?.slice());
  for (const [i, [logits]] of together.entries()) {
    for (const [word, value] of (alone[i] ?? []).entries()) expect(logits?.[word]).toBeCloseTo(value, 4);
  }
  expect(new Set(alone.map((logits) => logits?.[0])).size).toBe(rows.length);
});

test('without room for per-row adapter shares, the kernels run all adapters as one, to the same bits', async () => {
  const folder = tinyModel({ hidden: 640, intermediate: 1536, layers: 2 });
  const model = await loadModel(folder, onnxruntimeBackend(), 'int8');
  const { architecture } = model;
  const lora = lorasOf(architecture);
  const adapters = [3, 8].map((rank) => lora(rank, ['q', 'v']));
  const rows = [...adapters, null].map((adapter, i) => ({ ids: [7 + i], adapter, asked: 1 }));
  const logitsOf = async () => {
    const pass = new DecodePass(model, new AdapterStack(architecture));
    const logits = await pass.run(new KeyValueCache(architecture, 3), rows, 'decode');
    return logits.map(([each]) => each?.slice());
  };
  const byRows = await logitsOf();
  const runs = vi.spyOn(WasmGraph.prototype, 'run').mockImplementationOnce(() => {
    throw new CannotRun('No room');
  });
  onTestFinished(() => runs.mockRestore());
  expect(await logitsOf()).toEqual(byRows);
  expect(runs).toHaveBeenCalledTimes(2);
  expect(model.hasKernels).toBe(true);
  await model.release();
});

test('adapters of high rank are summed in the same order in a batch as alone', async () => {
  const folder = tinyModel({ hidden: 640, intermediate: 1536, layers: 2 });
  const model = await loadModel(folder, onnxruntimeBackend(), 'int8');
  const { architecture } = model;
  const lora = lorasOf(architecture);
  // 32 ranks of q, k and v, and twice 192, which are summed in two parts.
  const adapters = [8, 64, 64].map((rank) => lora(rank, ['q', 'k', 'v']));
  const pass = new DecodePass(model, new AdapterStack(architecture));
  const rows = adapters.map((adapter, i) => ({ ids: [5, 9, 2, 40, 7 + i, 12], adapter, asked: 1 }));
  const together = (await pass.run(new KeyValueCache(architecture, 3), rows)).map(([logits]) => logits?.slice());
  for (const [i, row] of rows.entries()) {
    const [[alone] = []] = await pass.run(new KeyValueCache(architecture), [row]);
    expect(together[i]).toEqual(alone);
  }
  await model.release();
});

test.each([
  ['prefill', 'graph'],
  ['prefill', 'kernels'],
  ['decode', 'kernels'],
] as const)(
  'rows with their own adapter shares give the same logits as alone while others come and go: %s by %s',
  async (kind, reader) => {
    v8.makesWideVectors = reader === 'kernels';
    const folder = tinyModel({ hidden: 640, intermediate: 1536, layers: 2 });
    const model = await loadModel(folder, { ...onnxruntimeBackend(), integersFor: async () => 'all' as const }, 'int8');
    const { architecture } = model;
    const lora = lorasOf(architecture);
    // 24 ranks of q, k and v are two blocks.
    const [small, other, broad, high, up] = [
      lora(4, ['q', 'v']),
      lora(4, ['k', 'o']),
      lora(8, ['q', 'k', 'v', 'o', 'gate', 'up', 'down']),
      lora(10, ['v', 'down']),
      lora(6, ['up']),
    ];
    const pass = new DecodePass(model, new AdapterStack(architecture));
    const rowOf = (adapter: LiveAdapter | null | undefined, i: number) => {
      if (adapter === undefined) return undefined;
      const ids = kind === 'decode' ? [i * 37 + 5] : Array.from({ length: 2 + (i % 3) }, (_, k) => i * 37 + 5 + k);
      return { ids, adapter, asked: 1 + (kind === 'decode' ? 0 : i % 2) };
    };
    const logitsOf = async (adapters: readonly (LiveAdapter | null | undefined)[]) => {
      const cache = new KeyValueCache(architecture, adapters.length);
      const logits = await pass.run(cache, adapters.map(rowOf), kind);
      return logits.map((own) => own.map((each) => each.slice()));
    };
    // One leaves and another takes its place, as does the base; the one with most ranks goes and comes back.
    for (const adapters of [
      [small, other, broad, high, up],
      [small, undefined, broad, high, up],
      [small, high, broad, other, null],
      [small, other, broad, up, undefined],
      [{ ...small, scale: 0 }, small, high, broad, other],
      [broad, high, small],
    ] as (LiveAdapter<LoraWeights> | null | undefined)[][]) {
      const together = await logitsOf(adapters);
      for (const [i, adapter] of adapters.entries()) {
        const row = rowOf(adapter, i);
        const alone = row && (await pass.run(new KeyValueCache(architecture), [row], kind))[0];
        expect(together[i]).toEqual(alone ?? []);
      }
    }
    pass.forget();
    expect((await logitsOf([small, other, broad]))[1]).toEqual((await logitsOf([broad, other, up]))[1]);
    await model.release();
  },
);

test('kernel prefill matches token-by-token decoding for prompts of several lengths in one batch', async () => {
  const folder = tinyModel({ hidden: 256, intermediate: 512, layers: 2 });
  v8.makesWideVectors = true;
  const model = await loadModel(folder, { ...onnxruntimeBackend(), integersFor: async () => 'all' as const }, 'int8');
  const decoding = vi.spyOn(model, 'decoding');
  const pass = new DecodePass(model, new AdapterStack(model.architecture));
  const texts = [50, 3, 17].map((length) => Array.from({ length }, (_, i) => (i * i + length) % 256));
  const adapters = [null, adapterOf('lora', model.architecture), null];
  const rows = texts.map((ids, i) => ({ ids, adapter: adapters[i] ?? null, asked: 1 }));
  const written: (Float32Array | undefined)[] = [];
  for (const row of rows) {
    const cache = new KeyValueCache(model.architecture);
    let logits: Float32Array | undefined;
    for (const id of row.ids) {
      logits = (await pass.run(cache, [{ ...row, ids: [id] }], 'decode'))[0]?.[0]?.slice();
      cache.keep([1]);
    }
    written.push(logits);
  }
  const read = (await pass.run(new KeyValueCache(model.architecture, 3), rows, 'prefill')).map(([logits]) => logits);
  for (const [i, logits] of read.entries()) {
    const off = Math.hypot(...(logits ?? []).map((value, word) => value - (written[i]?.[word] as number)));
    // Decoding reads keys and values in 16 bits, and rows, rounded to seven, now and then get the neighbouring number.
    expect(off).toBeLessThan(0.05 * Math.hypot(...(logits ?? [Number.NaN])));
  }
  expect(decoding).not.toHaveBeenCalled();
  await model.release();
});

test.each(['prefill', 'decode'] as const)('a %s that the kernels cannot run falls back to the graph', async (kind) => {
  const folder = tinyModel();
  v8.makesWideVectors = true;
  const backend = { ...onnxruntimeBackend(), integersFor: async () => 'all' as const };
  const [model, other] = [await loadModel(folder, backend, 'int8'), await loadModel(folder, backend, 'int8')];
  const logitsOf = async (of: LoadedModel) => {
    const pass = new DecodePass(of, new AdapterStack(of.architecture));
    const row = { ids: [5, 9], adapter: null, asked: 1 };
    return (await pass.run(new KeyValueCache(of.architecture), [row], kind))[0]?.[0]?.slice();
  };
  const throwing = () => {
    throw new CannotRun('no memory');
  };
  const writing = vi.spyOn(model, 'kernelExecutable').mockResolvedValueOnce({ inputs: new Set(), run: throwing });
  const decoding = vi.spyOn(model, 'decoding');
  other.stopKernels();
  expect(await logitsOf(model)).toEqual(await logitsOf(other));
  expect([writing, decoding].map(({ mock }) => mock.calls.length)).toEqual([1, 1]);
  // And they are not tried again.
  expect(await model.kernelExecutable('any', () => ({}))).toBeUndefined();
  await model.release();
  await other.release();
});

test.each(['base', 'lora', 'houlsby'] as const)(
  'the int8 matrices used for training give the logits of float32 up to rounding: %s',
  async (kind) => {
    const folder = tinyModel({ hidden: 128, intermediate: 256, layers: 2 });
    const ids = Array.from({ length: 20 }, (_, i) => (i * i + 7) % 256);
    const logitsOf = async (precision: 'float32' | 'int8') => {
      const backend = { ...onnxruntimeBackend(), integersFor: async () => 'all' as const };
      const model = await loadModel(folder, backend, precision);
      expect(model.answersBy).toBe(precision === 'int8' ? 'integers' : 'floats');
      const pass = new DecodePass(model, new AdapterStack(model.architecture));
      const row = { ids, adapter: adapterOf(kind, model.architecture), asked: 1 };
      const read = async () => {
        const [logits] = await pass.run(new KeyValueCache(model.architecture), [row]);
        return [...(logits?.[0] ?? [])];
      };
      const logits = await read();
      // Also once training has read its own matrices.
      await model.feeds();
      expect(await read()).toEqual(logits);
      await model.release();
      return logits;
    };
    const [floats, integers] = [await logitsOf('float32'), await logitsOf('int8')];
    // Rows rounded to ±63 and random weights: four to five hundredths. A product with a wrong matrix is off by about
    // one.
    const off = Math.hypot(...integers.map((value, word) => value - (floats[word] as number))) / Math.hypot(...floats);
    expect(off).toBeLessThan(0.1);
    expect(integers).not.toEqual(floats);
  },
);

test.each(['base', 'lora'] as const)(
  'a base rounded to four bits is written by the kernels as its prompts are read, up to rounding: %s',
  async (kind) => {
    // Rows of three blocks of 32 are one and a half of the kernels'.
    const folder = tinyModel({ hidden: 96, heads: 4, keyValueHeads: 2, intermediate: 224, layers: 2 });
    v8.makesWideVectors = false;
    const model = await loadModel(folder, onnxruntimeBackend(), 'int4');
    const { architecture } = model;
    const pass = new DecodePass(model, new AdapterStack(architecture));
    const adapter = adapterOf(kind, architecture);
    const row = { ids: Array.from({ length: 20 }, (_, i) => (i * i + 7) % 256), adapter, asked: 1 };
    const logitsOf = async (by: 'prefill' | 'decode') => {
      const [logits] = await pass.run(new KeyValueCache(architecture), [row], by);
      return [...(logits?.[0] ?? [])];
    };
    const read = await logitsOf('prefill');
    const runs = vi.spyOn(WasmGraph.prototype, 'run');
    onTestFinished(() => runs.mockRestore());
    const written = await logitsOf('decode');
    expect(runs).toHaveBeenCalledOnce();
    const off = Math.hypot(...written.map((value, word) => value - (read[word] as number))) / Math.hypot(...read);
    expect(off).toBeLessThan(0.05);
    expect(written).not.toEqual(read);
    await model.release();
    // With wide vectors the kernels read prompts too, and nothing else holds the matrices.
    v8.makesWideVectors = true;
    const other = await loadModel(folder, onnxruntimeBackend(), 'int4');
    const decoding = vi.spyOn(other, 'decoding');
    const [logits] = await new DecodePass(other, new AdapterStack(architecture)).run(new KeyValueCache(architecture), [
      row,
    ]);
    expect(logits?.[0]?.slice()).toEqual(Float32Array.from(written));
    expect(decoding).not.toHaveBeenCalled();
    await other.release();
  },
);

function adapterOf(kind: 'base' | 'lora' | 'houlsby', architecture: Architecture): LiveAdapter | null {
  if (kind === 'base') return null;
  const random = new Random(3);
  const weights =
    kind === 'lora'
      ? initialiseLora(architecture, { rank: 4, alpha: 8, targets: ['q', 'v'], initialisation: 'kaiming', seed: 1 })
      : initialiseAdapterLayers(architecture, { design: 'houlsby', bottleneck: 4, seed: 1 });
  for (const { data } of weights.tensors.values()) data.set(data.map((value) => value + 0.05 * random.normal()));
  return { weights, scale: 1 };
}

/** The folder of a tiny model, for the duration of a test. */
function tinyModel(sizes?: Parameters<typeof writeTinyModel>[1]): string {
  const folder = mkdtempSync(join(tmpdir(), 'decode-pass-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeTinyModel(folder, sizes);
  return folder;
}

/** Makes adapters, each with different numbers. */
function lorasOf(architecture: Architecture) {
  const random = new Random(1);
  return (rank: number, targets: readonly Target[]): LiveAdapter<LoraWeights> => {
    const weights = initialiseLora(architecture, { rank, alpha: rank, targets, initialisation: 'kaiming', seed: rank });
    for (const { data } of weights.tensors.values()) data.set(data.map(() => 0.1 * random.normal()));
    return { weights, scale: weights.scale };
  };
}
