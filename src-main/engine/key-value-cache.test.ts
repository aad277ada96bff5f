import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeTinyModel } from '../../test/fixtures/tiny-model.ts';
import { architectureOf } from './architectures/by-model-type.ts';
import { ModelConfig } from './architectures/model-config.ts';
import { onnxruntimeBackend } from './backends/onnxruntime/onnxruntime-backend.ts';
import { generateTokens } from './generate.ts';
import { KeyValueCache } from './key-value-cache.ts';
import { type LoadedModel, loadModel } from './loaded-model.ts';
import { scoreRows } from './score.ts';
import { float32 } from './tensor.ts';

// One layer, two heads of size 1: a kept row is one number per head.
const architecture = architectureOf(
  new ModelConfig(
    {
      ...{ model_type: 'llama', vocab_size: 4, hidden_size: 4, intermediate_size: 4 },
      ...{ num_hidden_layers: 1, num_attention_heads: 2, num_key_value_heads: 2, head_dim: 2 },
    },
    'config.json',
  ),
);
const forever = new AbortController().signal;
let folder: string;
let model: LoadedModel;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'key-value-cache-'));
  writeTinyModel(folder, { hidden: 16, layers: 2, heads: 2, keyValueHeads: 1, intermediate: 16 });
  model = await loadModel(folder, onnxruntimeBackend({ threads: 1 }));
});

afterAll(async () => {
  await model.release();
  await rm(folder, { recursive: true, force: true });
});

test('rows are kept head by head, in order, when the room grows too', () => {
  const cache = new KeyValueCache(architecture);
  let position = 0;
  for (const fresh of [3, 1, 130, 1, 200]) {
    cache.append({ 'keys.0': rows(position, fresh, 0), 'values.0': rows(position, fresh, 0.5) }, fresh);
    position += fresh;
  }
  expect(cache.length).toBe(335);
  const feeds = cache.feeds(1);
  for (const [name, offset] of [
    ['past_keys.0', 0],
    ['past_values.0', 0.5],
  ] as const) {
    const { dims, data } = feeds.get(name) ?? {};
    const room = dims?.[2] as number;
    expect(dims).toEqual([1, 2, 384, 2]);
    for (let head = 0; head < 2; head++) {
      const kept = Array.from({ length: 335 }, (_, i) => data?.[(head * room + i) * 2]);
      expect(kept).toEqual(Array.from({ length: 335 }, (_, i) => 1000 * head + i + offset));
    }
  }
});

test('a new position sees what is kept and the new ones up to itself, never the empty room', () => {
  const cache = new KeyValueCache(architecture);
  cache.append({ 'keys.0': rows(0, 2, 0), 'values.0': rows(0, 2, 0) }, 2);
  const mask = cache.feeds(3).get('mask');
  expect(mask?.dims).toEqual([1, 1, 1, 3, 128 + 3]);
  const seen = [0, 1, 2].map((i) =>
    Array.from({ length: 131 }, (_, key) => key).filter((key) => mask?.data[i * 131 + key] === 0),
  );
  expect(seen).toEqual([
    [0, 1, 128],
    [0, 1, 128, 129],
    [0, 1, 128, 129, 130],
  ]);
});

test('generation over two growth steps writes what the whole text, read at once, would go on with', async () => {
  const promptIds = Array.from({ length: 100 }, (_, i) => (i * 37) % 250);
  const written = await generated(promptIds, 180);
  expect(written).toHaveLength(180);
  // Room ends at 128 and 256 positions.
  for (const step of [0, 1, 27, 28, 29, 30, 155, 156, 157, 158, 179]) {
    const [next] = await generated([...promptIds, ...written.slice(0, step)], 1);
    expect(next).toBe(written[step]);
  }
  // And the likeliest of 257 tokens is likelier than one in 257, as scoring sees it too.
  const [logprobs = []] = await scoreRows(
    model,
    null,
    [{ ids: [...promptIds, ...written], targetStart: 100 }],
    forever,
  );
  for (const logprob of logprobs) expect(logprob).toBeGreaterThan(-Math.log(257));
});

async function generated(promptIds: readonly number[], maxTokens: number): Promise<number[]> {
  const settings = { modelFolder: folder, adapter: null, temperature: 0, topK: 0, topP: 1, seed: 0, stopIds: [] };
  const ids: number[] = [];
  for await (const event of generateTokens(model, async () => null, { ...settings, promptIds, maxTokens }, forever)) {
    if (event.kind === 'token') ids.push(event.id);
  }
  return ids;
}

/** [1, 2 heads, fresh, 2]: the number of the position, plus 1000 in the second head. */
function rows(from: number, fresh: number, offset: number) {
  const data = Float32Array.from({ length: 2 * fresh * 2 }, (_, i) => {
    const [head, position] = [Math.floor(i / (2 * fresh)), Math.floor((i % (2 * fresh)) / 2)];
    return 1000 * head + from + position + offset;
  });
  return float32([1, 2, fresh, 2], data);
}

test('with a window of 4, what lies further back is out of sight, kept or new', () => {
  const windowed = architectureOf(
    new ModelConfig(
      {
        ...{ model_type: 'mistral', vocab_size: 4, hidden_size: 4, intermediate_size: 4, sliding_window: 4 },
        ...{ num_hidden_layers: 1, num_attention_heads: 2, num_key_value_heads: 1, head_dim: 2 },
      },
      'config.json',
    ),
  );
  const cache = new KeyValueCache(windowed);
  const rows = float32([1, 1, 6, 2]);
  cache.append({ 'keys.0': rows, 'values.0': rows }, 6);
  // Places seen by each of six new positions, which stand at 6 to 11: kept ones first, then, behind the room of 128, new ones.
  const mask = cache.feeds(6).get('local_mask');
  const seen = Array.from({ length: 6 }, (_, i) =>
    [...(mask?.data.subarray(i * 134, (i + 1) * 134) ?? [])].flatMap((value, key) => (value === 0 ? [key] : [])),
  );
  expect(seen).toEqual([
    [3, 4, 5, 128],
    [4, 5, 128, 129],
    [5, 128, 129, 130],
    [128, 129, 130, 131],
    [129, 130, 131, 132],
    [130, 131, 132, 133],
  ]);
});
