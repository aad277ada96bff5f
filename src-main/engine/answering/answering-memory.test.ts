import { closeSync, ftruncateSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { architectureOf } from '../architectures/by-model-type.ts';
import { ModelConfig } from '../architectures/model-config.ts';
import { onnxruntimeBackend } from '../backends/onnxruntime/onnxruntime-backend.ts';
import { elements } from '../tensor.ts';
import { answeringMemory } from './answering-memory.ts';

vi.mock('../backends/wasm/wide-vectors.ts', () => ({ makesWideVectors: () => true }));

const home = mkdtempSync(join(tmpdir(), 'answering-memory-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** An x86 processor with VNNI, as the one on which the peaks were measured. */
const backend = {
  ...onnxruntimeBackend({ threads: 1 }),
  ...{ hasInt8: true, integersFor: async () => 'reading' as const, takesShared: async () => true },
};

const shapes = {
  'SmolLM2-135M': { layers: 30, hidden: 576, intermediate: 1536, heads: 9, keyValueHeads: 3, vocabulary: 49_152 },
  'Llama 3.2 1B': { layers: 16, hidden: 2048, intermediate: 8192, heads: 32, keyValueHeads: 8, vocabulary: 128_256 },
  'Llama 3.2 3B': { layers: 28, hidden: 3072, intermediate: 8192, heads: 24, keyValueHeads: 8, vocabulary: 128_256 },
} as const;

/** A folder whose weights are a hole of the right size: they are not read. */
function modelOf(name: keyof typeof shapes, dtype: 'F32' | 'BF16'): string {
  const { layers, hidden, intermediate, heads, keyValueHeads, vocabulary } = shapes[name];
  const config = {
    ...{ model_type: 'llama', hidden_act: 'silu', rms_norm_eps: 1e-5, rope_theta: 10_000, tie_word_embeddings: true },
    ...{ hidden_size: hidden, intermediate_size: intermediate, num_hidden_layers: layers, vocab_size: vocabulary },
    ...{ num_attention_heads: heads, num_key_value_heads: keyValueHeads, max_position_embeddings: 8192 },
    eos_token_id: 0,
  };
  const folder = join(home, `${name} ${dtype}`);
  mkdirSync(folder);
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
  let end = 0;
  const header: Record<string, unknown> = {};
  for (const [tensor, dims] of architectureOf(new ModelConfig(config, 'config.json')).parameters) {
    const start = end;
    end += elements(dims) * (dtype === 'F32' ? 4 : 2);
    header[tensor] = { dtype, shape: dims, data_offsets: [start, end] };
  }
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  const file = openSync(join(folder, 'model.safetensors'), 'w');
  writeSync(file, Buffer.concat([length, text]));
  ftruncateSync(file, 8 + text.length + end);
  closeSync(file);
  return folder;
}

const smollm2 = modelOf('SmolLM2-135M', 'F32');

test.each([
  // VmHWM of an engine's process less the 119 MB that it holds without a base, a prompt of 1,000 tokens.
  { folder: smollm2, precision: 'auto', peakBytes: 670e6 },
  { folder: smollm2, precision: 'int4', peakBytes: 496e6 },
  { folder: smollm2, precision: 'float32', peakBytes: 700e6 },
  // docs/benchmarks.md, “Start and memory”.
  { folder: modelOf('Llama 3.2 1B', 'BF16'), precision: 'auto', peakBytes: 3680e6 - 119e6 },
] as const)('memory for answers is told as it was measured: $folder, $precision', async ({ peakBytes, ...job }) => {
  const { bytes } = await answeringMemory({ modelFolder: job.folder, precision: job.precision }, backend);
  expect(bytes / peakBytes).toBeGreaterThan(0.85);
  expect(bytes / peakBytes).toBeLessThan(1.15);
});

test('a second copy of the matrices is not counted where it would be too large to be made', async () => {
  const { bytes } = await answeringMemory({ modelFolder: modelOf('Llama 3.2 3B', 'BF16') }, backend);
  // 3.2 billion weights in bytes and 0.4 billion of words in two each; a second copy would take 3.2 GB more.
  expect(bytes).toBeGreaterThan(4e9);
  expect(bytes).toBeLessThan(5.5e9);
});
