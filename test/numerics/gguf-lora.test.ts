import { mkdtemp, rm } from 'node:fs/promises';
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
  await engine.writeAdapter({ modelFolder, adapter, format: 'gguf', out: file, name });
  await engine.unpackAdapter({ file, modelFolder, folder });
  const [found, expected] = [await readPeft(folder), await readPeft(adapterFolder)];
  expect([...found.tensors.keys()].sort()).toEqual([...expected.tensors.keys()].sort());
  expect(found.tensors).toEqual(expected.tensors);
  expect(found.alpha / found.rank).toBe(expected.alpha / expected.rank);
});

function placesOf(name: string) {
  return { modelFolder: join(golden, name), adapterFolder: join(golden, `${name}-lora`) };
}
