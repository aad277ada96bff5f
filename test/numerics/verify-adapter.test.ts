import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Adapter } from '../../src-contract/adapter.ts';
import type { BaseModel } from '../../src-contract/base-model.ts';
import { verifyAdapter } from '../../src-main/adapters/verify-adapter.ts';
import { onnxruntimeBackend } from '../../src-main/engine/backends/onnxruntime/onnxruntime-backend.ts';
import { localEngine } from '../../src-main/engine/local-engine.ts';

const golden = join(import.meta.dirname, 'golden');
const modelFolder = join(golden, 'llama3-tiny');
const engine = localEngine(onnxruntimeBackend({ threads: 1 }));
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'verify-adapter-'));
  for (const file of [config, weights]) await copyFile(join(golden, 'llama3-tiny-lora', file), join(folder, file));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const [config, weights] = ['adapter_config.json', 'adapter_model.safetensors'] as const;
const inspect = () => engine.inspectAdapter({ modelFolder, adapterFolder: folder });

async function isUnchangedFrom(sha256: string): Promise<boolean> {
  const adapter = { path: folder, sha256, baseSha256: 'b' } as Adapter;
  const studio = { engine, hashBase: async () => 'b' };
  return (await verifyAdapter(adapter, { path: modelFolder } as BaseModel, studio)).adapterUnchanged;
}

async function editConfig(edits: Record<string, unknown>): Promise<void> {
  const text = await readFile(join(folder, config), 'utf8');
  await writeFile(join(folder, config), JSON.stringify({ ...JSON.parse(text), ...edits }));
}

async function editWeights(): Promise<void> {
  const bytes = await readFile(join(folder, weights));
  bytes[bytes.length - 4] = (bytes.at(-4) ?? 0) ^ 1;
  await writeFile(join(folder, weights), bytes);
}

// Regression: the fingerprint covered only the weights: twice the alpha changed the answers, but not the fingerprint.
test('verification notices a changed scale in the config and a changed weight', async () => {
  const { sha256 } = await inspect();
  expect(await isUnchangedFrom(sha256)).toBe(true);
  for (const edits of [{ lora_alpha: 8 }, { lora_alpha: 4, use_rslora: true }]) {
    await editConfig(edits);
    expect(await isUnchangedFrom(sha256)).toBe(false);
  }
  await editConfig({ use_rslora: false });
  expect(await isUnchangedFrom(sha256)).toBe(true);
  await editWeights();
  expect(await isUnchangedFrom(sha256)).toBe(false);
});

test('settings that change no answer do not count: module order, dropout, the name of the base', async () => {
  const { sha256 } = await inspect();
  await editConfig({
    base_model_name_or_path: 'elsewhere',
    lora_dropout: 0.1,
    target_modules: allModules.toReversed(),
  });
  expect(await isUnchangedFrom(sha256)).toBe(true);
});

const allModules = ['q_proj', 'k_proj', 'v_proj', 'o_proj', 'gate_proj', 'up_proj', 'down_proj'];

test('an adapter recorded by an earlier version is verified by its weights alone', async () => {
  const { weightsSha256 } = await inspect();
  expect(await isUnchangedFrom(weightsSha256)).toBe(true);
  await editWeights();
  expect(await isUnchangedFrom(weightsSha256)).toBe(false);
});
