import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeTinyModel } from '../../../test/fixtures/tiny-model.ts';
import { toFloat32 } from '../formats/float-types.ts';
import { openSafetensors, type StoredTensor, writeSafetensors } from '../formats/safetensors.ts';
import { inspectModel } from './open-model.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'open-model-'));
  writeTinyModel(folder, { hidden: 8, layers: 1, heads: 2, keyValueHeads: 1, intermediate: 8 });
});

afterEach(() => rm(folder, { recursive: true, force: true }));

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

// The other head used to be ignored silently.
test('a head beside embeddings that are said to be tied may only be a copy of them', async () => {
  const path = join(folder, 'model.safetensors');
  const file = await openSafetensors(path);
  const tensors = new Map<string, StoredTensor>();
  for (const [name, { dims }] of file.tensors)
    tensors.set(name, { dtype: 'F32', dims, data: toFloat32(await file.readBytes(name), 'F32') });
  await file.close();
  const embeddings = tensors.get('model.embed_tokens.weight') as StoredTensor & { data: Float32Array };
  await writeSafetensors(path, new Map([...tensors, ['lm_head.weight', embeddings]]));
  expect(await inspectModel(folder)).toMatchObject({ vocabulary: 257 });
  const other = { ...embeddings, data: embeddings.data.with(-1, 3) };
  await writeSafetensors(path, new Map([...tensors, ['lm_head.weight', other]]));
  await expect(inspectModel(folder)).rejects.toMatchObject({
    code: 'MODEL_FILE_INVALID',
    data: { file: 'model.safetensors', reason: expect.stringContaining('lm_head.weight differs') },
  });
  const config = join(folder, 'config.json');
  await writeFile(config, (await readFile(config, 'utf8')).replace('"tie_word_embeddings"', '"other"'));
  expect(await inspectModel(folder)).toMatchObject({ vocabulary: 257 });
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
