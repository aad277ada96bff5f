import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { architectureOf } from '../architectures/by-model-type.ts';
import { ModelConfig } from '../architectures/model-config.ts';
import { onnxruntimeBackend } from '../backends/onnxruntime/onnxruntime-backend.ts';
import { openFolderWeights } from '../formats/folder-weights.ts';
import { type StoredTensor, writeSafetensors } from '../formats/safetensors.ts';
import { loadModel } from '../model/load-model.ts';
import { storedTensors } from './stored-weights.ts';

const gpt2Folder = join(import.meta.dirname, '../../../test/numerics/golden/gpt2-tiny');
let scratch: string;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'stored-weights-'));
});

afterAll(() => rm(scratch, { recursive: true, force: true }));

test('q, k and v are transposed and joined into c_attn when stored', () => {
  const architecture = architectureOf(
    new ModelConfig(
      { model_type: 'gpt2', vocab_size: 3, n_embd: 2, n_head: 1, n_layer: 1, n_positions: 4 },
      'config.json',
    ),
  );
  const names = ['q', 'k', 'v'].map((which) => `transformer.h.0.attn.c_attn.${which}.weight`);
  const matrices = new Map(names.map((name, i) => [name, Float32Array.of(1, 2, 3, 4).map((value) => 10 * i + value)]));
  const zeros = (name: string) =>
    new Float32Array((architecture.parameters.get(name) ?? []).reduce((product, dim) => product * dim, 1));
  const stored = storedTensors(architecture, (name) => matrices.get(name) ?? zeros(name));
  // [in, out] with q, k, v side by side: the first row holds what the first input gives to all six outputs.
  expect(stored.get('transformer.h.0.attn.c_attn.weight')).toEqual({
    type: 'float32',
    dims: [2, 6],
    data: Float32Array.of(1, 3, 11, 13, 21, 23, 2, 4, 12, 14, 22, 24),
  });
});

test('GPT-2 from the hub, without the “transformer.” prefix and with mask buffers, loads the same weights', async () => {
  const source = await openFolderWeights(gpt2Folder);
  const bare = new Map<string, StoredTensor>([
    ['h.0.attn.bias', { dtype: 'F32', dims: [1, 1, 2, 2], data: Float32Array.of(1, 0, 1, 1) }],
  ]);
  for (const [name, { dims }] of source.tensors)
    bare.set(name.replace(/^transformer\./, ''), { dtype: 'F32', dims, data: await source.read(name) });
  await source.close();
  await writeSafetensors(join(scratch, 'model.safetensors'), bare);
  await copyFile(join(gpt2Folder, 'config.json'), join(scratch, 'config.json'));
  const backend = onnxruntimeBackend({ threads: 1 });
  const [hub, ours] = [await loadModel(scratch, backend), await loadModel(gpt2Folder, backend)];
  expect(hub.weights).toEqual(ours.weights);
});
