import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { writeTinyModel } from '../../../test/fixtures/tiny-model.ts';
import { onnxruntimeBackend } from '../backends/onnxruntime/onnxruntime-backend.ts';
import type { TrainingMemoryJob } from '../engine.ts';
import { inspectModel } from '../model/open-model.ts';
import { trainingMemory } from './training-memory.ts';

const v8 = vi.hoisted(() => ({ makesWideVectors: false }));
vi.mock('../backends/wasm/wide-vectors.ts', () => ({ makesWideVectors: () => v8.makesWideVectors }));

const folder = mkdtempSync(join(tmpdir(), 'training-memory-'));
const backend = onnxruntimeBackend({ threads: 1 });
beforeAll(() => writeTinyModel(folder));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function need(changed: Partial<TrainingMemoryJob> = {}, rowLength = 32, on = backend) {
  const rows = Array.from({ length: 8 }, (_, row) => ({
    ids: Array.from({ length: rowLength }, (_, i) => (row * 7 + i) % 50),
    targetStart: rowLength - 4,
  }));
  const usual = { modelFolder: folder, method: { rank: 2, targets: ['q', 'v'] as const, dropout: 0 }, batchSize: 4 };
  const order = { seed: 0, shuffle: false, precision: 'float32' as const };
  return trainingMemory(
    { ...usual, ...order, rows, validationRows: [], samples: null, ...changed } as TrainingMemoryJob,
    on,
  );
}

test('weights take four bytes each, and AdamW two float32 moments per trained weight', async () => {
  const { parameters, layers, targets } = await inspectModel(folder);
  const memory = await need();
  expect(memory.weights).toBe(4 * parameters);
  const trained = [targets.q, targets.v].reduce(
    (sum, [out = 0, into = 0] = [0, 0]) => sum + layers * 2 * (out + into),
    0,
  );
  expect(memory.optimiser).toBe(8 * trained);
  expect(memory).toMatchObject({ validation: 0, cache: 0 });
});

test('longer rows and larger batches need more memory, until a batch is split into micro-batches', async () => {
  const [usual, longer, larger] = [await need(), await need({}, 64), await need({ batchSize: 8 })];
  expect(longer.activations).toBeGreaterThan(usual.activations);
  expect(larger.activations).toBeGreaterThan(usual.activations);
  const rows = Array.from({ length: 200 }, (_, row) => ({
    ids: Array.from({ length: 32 }, (_, i) => (row * 7 + i * 3) % 50),
    targetStart: 28,
  }));
  // Both are cut into runs of about 2048 tokens.
  const [many, twice] = [await need({ rows, batchSize: 100 }), await need({ rows, batchSize: 200 })];
  expect(twice.activations).toBeLessThan(1.1 * many.activations);
});

test('validation and sample answers need memory too', async () => {
  const rows = [{ ids: [1, 2, 3, 4, 5, 6], targetStart: 3 }];
  const memory = await need({ validationRows: rows, samples: { prompt: 20, answer: 10 } });
  expect(memory.validation).toBeGreaterThan(0);
  expect(memory.cache).toBeGreaterThan(0);
  expect(memory.graphs).toBeGreaterThan((await need()).graphs);
});

test('with kernel prefill, matrices that only onnxruntime would need are not counted', async () => {
  const { parameters } = await inspectModel(folder);
  const on = { ...backend, integersFor: async () => 'all' as const };
  const cacheOf = async (wide: boolean) => {
    v8.makesWideVectors = wide;
    return (await need({ precision: 'int8', samples: { prompt: 24, answer: 8 } }, 32, on)).cache;
  };
  expect((await cacheOf(false)) - (await cacheOf(true))).toBeGreaterThan(0.5 * parameters);
});

test('answering during training is counted by precision: floats shared, integers once, blocks with scales', async () => {
  const { parameters } = await inspectModel(folder);
  v8.makesWideVectors = false;
  const cacheOf = async (precision: 'float32' | 'int8', byIntegers: boolean) => {
    const on = { ...backend, integersFor: async () => (byIntegers ? ('all' as const) : ('none' as const)) };
    return (await need({ precision, samples: { prompt: 24, answer: 8 } }, 32, on)).cache;
  };
  const floats = await cacheOf('float32', true);
  const [integers, blocks] = [await cacheOf('int8', true), await cacheOf('int8', false)];
  expect(floats).toBe(await cacheOf('float32', false));
  expect(integers - floats).toBeGreaterThan(0.5 * parameters);
  expect(blocks - integers).toBeGreaterThan(0.5 * parameters);
});
