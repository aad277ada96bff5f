import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LoraWeights } from '../../src-main/engine/adapters/lora.ts';
import { onnxruntimeBackend } from '../../src-main/engine/backends/onnxruntime/onnxruntime-backend.ts';
import { int4Block } from '../../src-main/engine/graph/ops/matmul-int4.ts';
import { loadModel } from '../../src-main/engine/model/load-model.ts';
import { LoadedModel } from '../../src-main/engine/model/loaded-model.ts';
import { float32, type Tensor } from '../../src-main/engine/tensor.ts';
import { fromFourBits, toFourBits } from '../../src-main/engine/weights/four-bit-blocks.ts';
import { writeTinyModel } from '../fixtures/tiny-model.ts';
import { byteRows, filledAdapter, trainingPass } from '../fixtures/training-pass.ts';

// Rounding to int4 loses precision, and nothing after it does: an int4 base equals the base whose floats are the
// rounded numbers.
const folder = mkdtempSync(join(tmpdir(), 'int4-'));

let rounded: LoadedModel;
let writtenOut: LoadedModel;
let adapter: LoraWeights;

beforeAll(async () => {
  writeTinyModel(folder, { hidden: 128, intermediate: 256, layers: 3 });
  const backend = onnxruntimeBackend({ threads: 2 });
  rounded = await loadModel(folder, backend, 'int4');
  const { architecture, weights } = await loadModel(folder, backend);
  const feeds = await rounded.feeds();
  const same = [...weights].map(([name, tensor]) => {
    const isRounded = feeds.has(name.replace(/\.weight$/, '.int4'));
    return [name, isRounded ? float32(tensor.dims, fromFourBits(toFourBits(tensor.data))) : tensor] as const;
  });
  writtenOut = new LoadedModel(architecture, new Map(same), backend);
  adapter = filledAdapter(architecture, ['q', 'v', 'down']);
});

afterAll(async () => {
  await Promise.all([rounded?.release(), writtenOut?.release()]);
  rmSync(folder, { recursive: true });
});

test('only the matrices of the layers are stored in four bits', async () => {
  expect(rounded.precision).toBe('int4');
  expect([...rounded.weights.keys()].filter((name) => name.includes('layers') && name.includes('proj'))).toEqual([]);
  const feeds = await rounded.feeds();
  const { data } = feeds.get('model.layers.0.mlp.down_proj.int4') as Tensor;
  expect(data.byteLength).toBe((128 * 256) / 2);
  expect(feeds.get('model.embed_tokens.weight')?.type).toBe('float32');
});

test('losses and every gradient match float32 weights with the same values', async () => {
  const [four, floats] = [
    await trainingPass(rounded, adapter, byteRows),
    await trainingPass(writtenOut, adapter, byteRows),
  ];
  expect([...four.keys()]).toEqual([...floats.keys()]);
  for (const [name, values] of floats) {
    const largest = Math.max(...values.map(Math.abs));
    four.get(name)?.forEach((value, i) => {
      expect(Math.abs(value - (values[i] as number)) / largest).toBeLessThan(1e-5);
    });
  }
});

test('Q4_0 and Q4_1 values are kept exactly, and others at least as accurately as in those formats', () => {
  const values = Float32Array.from({ length: 64 * int4Block }, (_, i) => Math.sin(i * 12.9898) ** 3);
  const own = fromFourBits(toFourBits(values));
  for (const stored of [q40(values), q41(values)]) {
    expect(fromFourBits(toFourBits(stored))).toEqual(stored);
    expect(errorOf(own)).toBeLessThan(errorOf(stored));
  }
  expect(fromFourBits(toFourBits(new Float32Array(int4Block)))).toEqual(new Float32Array(int4Block));
  expect(fromFourBits(toFourBits(new Float32Array(int4Block).fill(0.3)))).toEqual(
    new Float32Array(int4Block).fill(0.3),
  );

  function errorOf(rounded: Float32Array): number {
    return values.reduce((sum, value, i) => sum + (value - (rounded[i] as number)) ** 2, 0);
  }
});

/** Rounds like ggml's `quantize_row_q4_0_ref`, written out; scales are in half precision. */
function q40(values: Float32Array): Float32Array {
  return eachBlock(values, (block) => {
    const extreme = block.reduce((largest, value) => (Math.abs(value) > Math.abs(largest) ? value : largest), 0);
    const scale = toHalf(extreme / -8);
    // Plus zero, since there is no negative zero here.
    return block.map((value) => scale * (Math.min(15, Math.floor(value / scale + 8.5)) - 8) + 0);
  });
}

/** Like `quantize_row_q4_1_ref`. */
function q41(values: Float32Array): Float32Array {
  return eachBlock(values, (block) => {
    const [low, high] = [Math.min(...block), Math.max(...block)];
    const [scale, minimum] = [toHalf((high - low) / 15), toHalf(low)];
    return block.map((value) => scale * Math.min(15, Math.floor((value - low) / scale + 0.5)) + minimum);
  });
}

function eachBlock(values: Float32Array, round: (block: Float32Array) => Float32Array): Float32Array {
  const rounded = new Float32Array(values.length);
  for (let i = 0; i < values.length; i += int4Block) rounded.set(round(values.subarray(i, i + int4Block)), i);
  return rounded;
}

/** To eleven significant bits. */
function toHalf(value: number): number {
  const unit = 2 ** (Math.floor(Math.log2(Math.abs(value))) - 10);
  return Math.round(value / unit) * unit;
}
