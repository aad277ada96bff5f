import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readPeft } from '../../src-main/engine/formats/peft.ts';
import { engine, golden, logProbs } from './golden-scores.ts';

// The golden adapters as llama.cpp's converter writes them: convert_lora_to_gguf.py --base NAME --outfile NAME-lora.gguf
// NAME-lora, of the copy in llama-cpp-python 0.3.36.
const adapters = ['llama-tiny', 'qwen2-tiny', 'qwen3-tiny', 'gpt2-tiny', 'gemma3-tiny'];
let scratch: string;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'gguf-lora-'));
});

afterAll(() => rm(scratch, { recursive: true, force: true }));

test.each(adapters)('%s from llama.cpp’s converter is the adapter that was converted', async (name) => {
  const { modelFolder, adapterFolder } = placesOf(name);
  const folder = join(scratch, `${name} converted`);
  await engine.unpackAdapter({ file: join(golden, `${name}-lora.gguf`), modelFolder, folder });
  const [found, expected] = [await readPeft(folder), await readPeft(adapterFolder)];
  expect(found.tensors).toEqual(expected.tensors);
  expect(found).toMatchObject({ rank: expected.rank, alpha: expected.alpha, rankStabilised: false });
  const scores = await logProbs(modelFolder, { folder, strength: 1 });
  expect(scores).toEqual(await logProbs(modelFolder, { folder: adapterFolder, strength: 1 }));
  expect(scores).not.toEqual(await logProbs(modelFolder, null));
});

test.each([...adapters, 'llama3-tiny', 'mistral-tiny'])('%s exported as GGUF and unpacked is itself', async (name) => {
  const { modelFolder, adapterFolder } = placesOf(name);
  const [file, folder] = [join(scratch, `${name}.gguf`), join(scratch, name)];
  const adapter = { folder: adapterFolder, strength: 1 };
  await engine.writeAdapter({ modelFolder, adapter, format: 'gguf', out: file, name, baseName: 'Tiny, of mine' });
  expect(await engine.unpackAdapter({ file, modelFolder, folder })).toEqual({ baseName: 'Tiny, of mine' });
  const [found, expected] = [await readPeft(folder), await readPeft(adapterFolder)];
  expect([...found.tensors.keys()].sort()).toEqual([...expected.tensors.keys()].sort());
  expect(found.tensors).toEqual(expected.tensors);
  expect(found.alpha / found.rank).toBe(expected.alpha / expected.rank);
});

// llama.cpp divides alpha by the rank, whatever the adapter's config said.
test('a rank-stabilised adapter exported as GGUF keeps its scale', async () => {
  const { modelFolder, adapterFolder } = placesOf('qwen3-tiny');
  const [file, folder, stable] = ['stable.gguf', 'stable', 'stable-lora'].map((name) => join(scratch, name)) as [
    ...[string, string, string],
  ];
  await cp(adapterFolder, stable, { recursive: true });
  const config = JSON.parse(await readFile(join(stable, 'adapter_config.json'), 'utf8')) as { r: number };
  const { r } = config;
  await writeFile(join(stable, 'adapter_config.json'), JSON.stringify({ ...config, lora_alpha: 3, use_rslora: true }));
  const adapter = { folder: stable, strength: 1 };
  await engine.writeAdapter({ modelFolder, adapter, format: 'gguf', out: file, name: '', baseName: '' });
  await engine.unpackAdapter({ file, modelFolder, folder });
  const found = await readPeft(folder);
  expect(found.alpha / found.rank).toBeCloseTo(3 / Math.sqrt(r), 6);
});

function placesOf(name: string) {
  return { modelFolder: join(golden, name), adapterFolder: join(golden, `${name}-lora`) };
}
