import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { writeTinyModel } from '../../test/fixtures/tiny-model.ts';
import type { Backend } from './backends/backend.ts';
import { onnxruntimeBackend } from './backends/onnxruntime/onnxruntime-backend.ts';
import { openSafetensors, type StoredTensor, writeSafetensors } from './formats/safetensors.ts';
import { input } from './graph/expression.ts';
import { scale } from './graph/ops/scale.ts';
import { answeringMatrices, inspectModel, kernelsPrefill, loadModel } from './loaded-model.ts';
import { LoadingProgress } from './loading-progress.ts';
import { float32 } from './tensor.ts';

const v8 = vi.hoisted(() => ({ makesWideVectors: true }));
vi.mock('./backends/wasm/wide-vectors.ts', () => ({ makesWideVectors: () => v8.makesWideVectors }));

const backend = onnxruntimeBackend({ threads: 1 });
let root: string;
let folder: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'loaded-model-'));
});

beforeEach(async () => {
  folder = await mkdtemp(join(root, 'model-'));
  writeTinyModel(folder, { hidden: 8, layers: 1, heads: 2, keyValueHeads: 1, intermediate: 8 });
});

afterAll(() => rm(root, { recursive: true, force: true }));

test.each([
  { use: 'all', wide: true, by: 'integers', kernels: 'write and read' },
  { use: 'all', wide: false, by: 'integers', kernels: 'write' },
  { use: 'reading', wide: true, by: 'integers', kernels: 'write' },
  { use: 'none', wide: true, by: 'blocks', kernels: 'write' },
] as const)(
  'with integers for $use and wide vectors ($wide), answers use $by and the kernels $kernels',
  async ({ use, wide, by, kernels }) => {
    v8.makesWideVectors = wide;
    const model = await loadModel(folder, { ...backend, integersFor: async () => use }, 'int8');
    expect(model.answersBy).toBe(by);
    expect(model.hasKernels).toBe(true);
    expect(model.prefillsByKernels).toBe(kernels === 'write and read');
    await model.release();
  },
);

// Regression: a training of a large base showed nothing while it read the matrices.
test('reading what trainings multiply by counts as loading', async () => {
  const loading = new LoadingProgress();
  const during = vi.spyOn(loading, 'during');
  const model = await loadModel(folder, backend, 'int8', loading);
  expect(during).not.toHaveBeenCalled();
  await model.feeds();
  expect(during).toHaveBeenCalledOnce();
});

test('where single-row integer products are slow, a base too large for the kernels uses blocks', async () => {
  const answersBy = (use: 'all' | 'reading', bytesOfKernels: number) =>
    answeringMatrices('int8', bytesOfKernels, { ...backend, integersFor: async () => use });
  expect(await answersBy('reading', 0.5e9)).toBe('integers');
  expect(await answersBy('reading', 3.8e9)).toBe('blocks');
  expect(await answersBy('all', 3.8e9)).toBe('integers');
});

test('where memory is scarce, or a base is rounded to four bits, the kernels hold the only matrices', async () => {
  v8.makesWideVectors = true;
  const on = { ...backend, integersFor: async () => 'reading' as const };
  const prefill = (precision: 'int8' | 'int4', numbers: number, memoryBytes = 8e9) =>
    kernelsPrefill({ precision, answersBy: precision === 'int8' ? 'integers' : 'blocks', numbers }, on, memoryBytes);
  expect(await prefill('int8', 0.6e9)).toBe(false);
  expect(await prefill('int8', 1.2e9)).toBe(true);
  expect(await prefill('int8', 1.2e9, 32e9)).toBe(false);
  expect(await prefill('int8', 2.8e9, 32e9)).toBe(true);
  expect(await prefill('int4', 1e6)).toBe(true);
  v8.makesWideVectors = false;
  expect(await prefill('int8', 1.2e9)).toBe(false);
});

test('a model is described without loading its weights', async () => {
  // Embedding 257 · 8; q and o 8 · 8, k and v 4 · 8, three matrices of the MLP 8 · 8; three norms of 8.
  const parameters = 257 * 8 + 2 * 64 + 2 * 32 + 3 * 64 + 3 * 8;
  expect(await inspectModel(folder)).toMatchObject({
    ...{ architecture: 'llama', parameters, layers: 1, hidden: 8, vocabulary: 257, contextLength: 512, dtype: 'F32' },
    endIds: [256],
    targets: { q: [8, 8], k: [4, 8], v: [4, 8], o: [8, 8], gate: [8, 8], up: [8, 8], down: [8, 8] },
  });
});

test('eos_token_id in generation_config.json overrides the one in config.json', async () => {
  const path = join(folder, 'generation_config.json');
  await writeFile(path, '{"eos_token_id":[3,4]}');
  expect((await inspectModel(folder)).endIds).toEqual([3, 4]);
  await writeFile(path, '{}');
  expect((await inspectModel(folder)).endIds).toEqual([256]);
  for (const [text, reason] of [
    ['{', 'not valid JSON'],
    ['null', 'not a JSON object'],
    ['{"eos_token_id":257}', '“eos_token_id”'],
  ] as const) {
    await writeFile(path, text);
    await expect(inspectModel(folder)).rejects.toMatchObject({
      code: 'MODEL_FILE_INVALID',
      data: { file: 'generation_config.json', reason: expect.stringContaining(reason) },
    });
  }
});

test('weights are read as stored, and tensors that the model does not use are ignored', async () => {
  await change((tensors) => tensors.set('rotary.inv_freq', { dtype: 'F32', dims: [1], data: Float32Array.of(1) }));
  const model = await loadModel(folder, backend);
  const file = await openSafetensors(join(folder, 'model.safetensors'));
  const norm = 'model.norm.weight';
  expect(Buffer.from(model.weights.get(norm)?.data.buffer ?? new ArrayBuffer())).toEqual(await file.readBytes(norm));
  expect(model.weights.has('rotary.inv_freq')).toBe(false);
  await file.close();
});

const name = 'model.layers.0.mlp.up_proj.weight';
test.each<[what: string, code: string, reason: string, tensor: StoredTensor | undefined]>([
  ['a missing tensor', 'MODEL_FILE_INVALID', name, undefined],
  ['another shape', 'MODEL_FILE_INVALID', '[8, 8]', { dtype: 'F32', dims: [4, 16], data: new Float32Array(64) }],
  ['integers', 'MODEL_UNSUPPORTED', 'I8', { dtype: 'I8', dims: [8, 8], data: new Int8Array(64) }],
])('%s is refused before anything is loaded', async (_what, code, reason, tensor) => {
  await change((tensors) => (tensor ? tensors.set(name, tensor) : tensors.delete(name)));
  for (const attempt of [() => inspectModel(folder), () => loadModel(folder, backend)]) {
    await expect(attempt()).rejects.toMatchObject({ code, message: expect.stringContaining(reason) });
  }
});

test('weights that are not finite are refused', async () => {
  const broken = new Float32Array(64).with(63, Number.NaN);
  await change((tensors) => tensors.set(name, { dtype: 'F32', dims: [8, 8], data: broken }));
  await expect(loadModel(folder, backend)).rejects.toMatchObject({
    code: 'MODEL_FILE_INVALID',
    data: { reason: `the tensor ${name} has values that are not finite numbers` },
  });
});

test('a truncated file is reported with the number of missing bytes', async () => {
  const path = join(folder, 'model.safetensors');
  await truncate(path, (await readFile(path)).length - 100);
  await expect(inspectModel(folder)).rejects.toMatchObject({
    code: 'MODEL_FILE_INVALID',
    data: {
      file: 'model.safetensors',
      reason: expect.stringMatching(/^it is cut off: 100 of [\d,]+ bytes are missing$/),
    },
  });
});

test('a folder without weights and a missing folder both fail with FILE_NOT_FOUND', async () => {
  await rm(join(folder, 'model.safetensors'));
  await expect(inspectModel(folder)).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  await expect(inspectModel(join(folder, 'nowhere'))).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
});

async function change(edit: (tensors: Map<string, StoredTensor>) => unknown): Promise<void> {
  const path = join(folder, 'model.safetensors');
  const file = await openSafetensors(path);
  const tensors = new Map<string, StoredTensor>();
  for (const [key, { dtype, dims }] of file.tensors) tensors.set(key, { dtype, dims, data: await file.readBytes(key) });
  await file.close();
  edit(tensors);
  await writeSafetensors(path, tensors);
}

test('one training graph and one validation graph are kept, the most recently used', async () => {
  const model = await loadModel(folder, backend);
  const made: string[] = [];
  const outputs = (name: string) => () => {
    made.push(name);
    return { [name]: scale(input('x', ['n']), 2) };
  };
  for (const key of ['q', 'q', 'q,v', 'q']) await model.passes('train', key, outputs(`train ${key}`));
  for (const key of ['q', 'q']) await model.passes('validate', key, outputs(`validate ${key}`));
  await model.passes('train', 'q', outputs('train q'));
  expect(made).toEqual(['train q', 'train q,v', 'train q', 'validate q']);
  await model.release();
});

test('a replaced executable is released once its pending runs are done', async () => {
  const freed = Promise.withResolvers<void>();
  const watched: Backend = {
    ...backend,
    async compile(outputs, constants) {
      const executable = await backend.compile(outputs, constants);
      return { ...executable, release: () => executable.release().then(freed.resolve, freed.reject) };
    },
  };
  const model = await loadModel(folder, watched);
  const outputs = () => ({ twice: scale(input('x', ['n']), 2) });
  const feeds = new Map([['x', float32([2], Float32Array.of(1, 2))]]);
  const first = await model.passes('train', 'q', outputs);
  const run = first.run(feeds);
  await model.passes('train', 'q,v', outputs);
  expect((await run).twice.data).toEqual(Float32Array.of(2, 4));
  await freed.promise;
  await expect(first.run(feeds)).rejects.toThrow();
  await model.release();
});
