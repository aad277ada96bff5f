import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { architectureOf } from '../../src-main/engine/architectures/by-model-type.ts';
import { readModelConfig } from '../../src-main/engine/architectures/model-config.ts';
import { openFolderWeights } from '../../src-main/engine/formats/folder-weights.ts';
import { openGgufWeights } from '../../src-main/engine/formats/gguf-weights.ts';
import { readWeights, readWordTable } from '../../src-main/engine/weights/stored-weights.ts';

const golden = join(import.meta.dirname, 'golden');

test.each([
  ['llama-tiny', 'F32'],
  ['llama-mha', 'F16'],
  ['qwen2-tiny', 'BF16'],
  ['gpt2-tiny', 'F32'],
  ['gemma3-tiny', 'BF16'],
  ['qwen3-tiny', 'GGUF'],
])('%s, %s: embedding rows match the whole matrix, before and after it is materialised', async (name, stored) => {
  const folder = join(golden, name);
  const source = await (stored === 'GGUF' ? openGgufWeights(`${folder}.gguf`) : openFolderWeights(folder));
  onTestFinished(() => source.close());
  const architecture = architectureOf(await readModelConfig(folder));
  const weight = `${architecture.embedding}.weight`;
  const [[, whole] = []] = await Array.fromAsync(readWeights(architecture, source, (each) => each === weight));
  const hidden = architecture.hidden;
  const ids = Int32Array.of(architecture.vocabulary - 1, 0, 5, 0);
  const words = await readWordTable(architecture, source);
  const rows = words.rows(ids);
  expect(rows.dims).toEqual([ids.length, hidden]);
  expect([...rows.data]).toEqual(
    [...ids].flatMap((id) => [...(whole?.data.subarray(id * hidden, (id + 1) * hidden) ?? [])]),
  );
  expect(words.whole()).toEqual(whole);
  expect(words.rows(ids)).toEqual(rows);
});
