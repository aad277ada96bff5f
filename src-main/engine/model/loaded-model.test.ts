import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { writeTinyModel } from '../../../test/fixtures/tiny-model.ts';
import type { Backend } from '../backends/backend.ts';
import { onnxruntimeBackend } from '../backends/onnxruntime/onnxruntime-backend.ts';
import { openSafetensors, type StoredTensor, writeSafetensors } from '../formats/safetensors.ts';
import { input } from '../graph/expression.ts';
import { scale } from '../graph/ops/scale.ts';
import { float32 } from '../tensor.ts';
import { loadModel } from './load-model.ts';
import { LoadingProgress } from './loading-progress.ts';
import { inspectModel } from './open-model.ts';

const v8 = vi.hoisted(() => ({ makesWideVectors: true }));
vi.mock('../backends/wasm/wide-vectors.ts', () => ({ makesWideVectors: () => v8.makesWideVectors }));

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
