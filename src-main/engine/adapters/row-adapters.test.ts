import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { onnxruntimeBackend } from '../backends/onnxruntime/onnxruntime-backend.ts';
import { loadModel } from '../model/load-model.ts';
import { logProbabilities, scoreGraph } from '../model/model-graph.ts';
import { Random } from '../random.ts';
import type { Tensor } from '../tensor.ts';
import { cutMicroBatches } from '../training/micro-batches.ts';
import { packingFor } from '../training/packing.ts';
import { scoreRows } from '../training/score.ts';
import { initialiseLora } from './lora.ts';
import { rowAdapterFeeds } from './row-adapters.ts';

const folder = fileURLToPath(new URL('../../../test/numerics/golden/llama-tiny', import.meta.url));

test('rows of a batch, each with its own adapter, score as they do alone', async () => {
  const model = await loadModel(folder, onnxruntimeBackend({ threads: 1 }));
  const { architecture } = model;
  const targets = ['q', 'v', 'down'] as const;
  const adapters = [1, 2, 3].map((seed) => {
    const weights = initialiseLora(architecture, { rank: 2, alpha: 4, targets, initialisation: 'kaiming', seed });
    const random = new Random(seed);
    for (const { data } of weights.tensors.values()) data.set(data.map(() => 0.3 * random.normal()));
    return weights;
  });
  const rows = [
    { ids: [3, 9, 27, 18, 54, 44, 5, 15, 45, 7, 21, 63, 61, 55, 37, 47], targetStart: 13 },
    { ids: [4, 8, 16, 32, 1, 2, 40, 17, 34, 5, 10, 20, 41, 19, 38, 13], targetStart: 12 },
    { ids: [6, 36, 25, 23, 11, 2, 12, 8, 48, 33, 7, 42, 61, 46, 20, 56], targetStart: 14 },
  ];
  const alone = await Promise.all(
    rows.map((row, i) => {
      const weights = adapters[i] as (typeof adapters)[0];
      return scoreRows(model, { weights, scale: weights.scale }, [row], new AbortController().signal);
    }),
  );

  const [batch, ...more] = cutMicroBatches(rows, packingFor(architecture));
  expect(more).toEqual([]);
  expect(batch).toMatchObject({ sequences: 3, length: 16 });
  const feeds = batch?.feeds() as ReadonlyMap<string, Tensor>;
  // Sequences have their own order: the adapters follow it.
  const order = [...new Set(batch?.targetRows)].map((row) => adapters[row] as (typeof adapters)[0]);
  const executable = await model.backend.compile(scoreGraph(architecture, { kind: 'row-adapters', targets }));
  const result = await executable.run(
    new Map([...model.weights, ...rowAdapterFeeds(architecture, order, 16), ...feeds]),
  );
  const mixed: number[][] = [[], [], []];
  for (const [i, row] of (batch?.targetRows ?? []).entries()) {
    mixed[row]?.push(result[logProbabilities]?.data[i] ?? Number.NaN);
  }
  mixed.forEach((scores, row) => {
    expect(scores).toHaveLength(16 - (rows[row]?.targetStart ?? 0));
    // float32: only the order of the sums differs.
    scores.forEach((score, i) => {
      expect(score).toBeCloseTo(alone[row]?.[0]?.[i] ?? 0, 4);
    });
  });
});
