import { mkdir, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { BaseModel } from '../../src-contract/base-model.ts';
import type { TrainOptions } from '../../src-contract/run.ts';
import type { BaseModelStore } from '../../src-main/base-models/base-model-store.ts';
import { Catalogue } from '../../src-main/base-models/catalogue.ts';
import type { ModelDownloads } from '../../src-main/base-models/downloads/model-downloads.ts';
import { architectureOf } from '../../src-main/engine/architectures/by-model-type.ts';
import { readModelConfig } from '../../src-main/engine/architectures/model-config.ts';
import { onnxruntimeBackend } from '../../src-main/engine/backends/onnxruntime/onnxruntime-backend.ts';
import { localEngine } from '../../src-main/engine/local-engine.ts';
import { elements } from '../../src-main/engine/tensor.ts';
import { bytesOf, memoryNeed } from '../../src-main/runs/memory-need.ts';

const resources = join(import.meta.dirname, '../../resources');

const smollm2 = {
  model_type: 'llama',
  ...{ hidden_size: 576, intermediate_size: 1536, num_hidden_layers: 30 },
  ...{ num_attention_heads: 9, num_key_value_heads: 3, vocab_size: 49_152 },
  ...{ rms_norm_eps: 1e-5, rope_theta: 1e5, hidden_act: 'silu', max_position_embeddings: 8192 },
  tie_word_embeddings: true,
};

// Regression: the catalogue said 2.5 GB for a model whose runs were estimated at, and took, 1.6 to 1.9 GB: its figure
// predated decision 0029.
test('the catalogue tells of a model the memory that the estimate of a run tells', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'catalogue-memory-'));
  try {
    const path = join(folder, 'model');
    await writeModelWithoutNumbers(path);
    const told = await memoryTold('smollm2-135m-instruct');
    expect(Math.abs(told / (await estimated(path, smollm2.vocab_size)) - 1)).toBeLessThan(0.15);
  } finally {
    await rm(folder, { recursive: true });
  }
});

// Half of what a larger model's passes take is more than everything this one needs.
test('the memory told of the starter model is that of its runs, too', async () => {
  const path = join(resources, 'starter-model');
  expect(Math.abs((await memoryTold('starter')) / (await estimated(path, 4096)) - 1)).toBeLessThan(0.15);
});

async function memoryTold(id: string): Promise<number> {
  const catalogue = new Catalogue(resources, {
    store: { list: () => [{ id: 'starter', catalogueId: 'starter' }] } as unknown as BaseModelStore,
    downloads: {
      stateOf: async () => ({ kind: 'absent' }),
      begunOnHub: async () => [],
    } as unknown as ModelDownloads,
    findOnHub: () => Promise.reject(new Error('nothing is looked up')),
    endpoint: 'http://nowhere.invalid',
  });
  return (await catalogue.list()).find((entry) => entry.id === id)?.trainMemoryBytes ?? 0;
}

async function estimated(path: string, vocabulary: number): Promise<number> {
  const rows = Array.from({ length: 64 }, () => ({ ids: Array.from({ length: 256 }, () => 1), targetStart: 192 }));
  const { parts } = await memoryNeed(
    {
      ...{ rank: 8, targets: ['q', 'k', 'v', 'o'], dropout: 0, batchSize: 4, seed: 0, shuffle: true },
      ...{ precision: 'auto', labelSmoothing: 0, gradientCheckpointing: false },
    } as unknown as TrainOptions,
    {
      base: { path, vocabulary } as BaseModel,
      ...{ rows, validationRows: rows, samples: { prompt: 192, answer: 64 }, others: [] },
    },
    localEngine(onnxruntimeBackend()),
  );
  return bytesOf(parts);
}

/** Its weights are a sparse file: an estimate reads only names and shapes. */
async function writeModelWithoutNumbers(folder: string): Promise<void> {
  await mkdir(folder);
  await writeFile(join(folder, 'config.json'), JSON.stringify(smollm2));
  const { parameters } = architectureOf(await readModelConfig(folder));
  let bytes = 0;
  const header = JSON.stringify(
    Object.fromEntries(
      [...parameters].map(([name, shape]) => {
        const from = bytes;
        bytes += 2 * elements(shape);
        return [name, { dtype: 'BF16', shape, data_offsets: [from, bytes] }];
      }),
    ),
  );
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  const file = await open(join(folder, 'model.safetensors'), 'w');
  await file.writeFile(Buffer.concat([length, Buffer.from(header)]));
  await file.truncate(8 + header.length + bytes);
  await file.close();
}
