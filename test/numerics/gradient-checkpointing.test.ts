import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { onnxruntimeBackend } from '../../src-main/engine/backends/onnxruntime/onnxruntime-backend.ts';
import type { TokenExample } from '../../src-main/engine/engine.ts';
import { peakMemory } from '../../src-main/engine/graph/peak-memory.ts';
import { loadModel } from '../../src-main/engine/loaded-model.ts';
import { initialiseLora } from '../../src-main/engine/lora.ts';
import { cutMicroBatches } from '../../src-main/engine/micro-batches.ts';
import { logProbabilities, trainGraph } from '../../src-main/engine/model-graph.ts';
import { packingFor } from '../../src-main/engine/packing.ts';
import { adaptedExecutable } from '../../src-main/engine/score.ts';
import { float32, type Tensor } from '../../src-main/engine/tensor.ts';

const golden = join(import.meta.dirname, 'golden');

test.each(['llama-tiny', 'llama3-tiny', 'mistral-tiny', 'qwen2-tiny', 'qwen3-tiny', 'gemma3-tiny', 'gpt2-tiny'])(
  '%s: layers that are computed again give the same losses and gradients, and hold less',
  async (name) => {
    const model = await loadModel(join(golden, name), onnxruntimeBackend({ threads: 1 }));
    const { architecture } = model;
    const { examples } = JSON.parse(await readFile(join(golden, `${name}.json`), 'utf8')) as {
      examples: TokenExample[];
    };
    const weights = initialiseLora(architecture, {
      ...{ rank: 4, alpha: 8, targets: architecture.targets, initialisation: 'gaussian', seed: 1 },
    });
    for (const [tensor, { data }] of weights.tensors) if (tensor.endsWith('lora_B')) data.fill(0.02);
    const [batch] = cutMicroBatches(examples, packingFor(architecture));
    if (batch === undefined) throw new Error('no rows');
    const count = batch.targetTokens;
    const cotangent = float32([count], new Float32Array(count).fill(-1 / count));
    const { length, sequences: rows } = batch;
    const sizes = new Map(
      Object.entries({ rows, tokens: length, positions: rows * length, targets: count, rank: weights.rank }),
    );

    const run = async (gradientCheckpointing: boolean) => {
      let peak = 0;
      const key = `train:${gradientCheckpointing}`;
      const { executable, feeds } = await adaptedExecutable(
        model,
        key,
        { weights, scale: 2 },
        (...[of, adaptation]) => {
          const graph = trainGraph(of, adaptation, { gradientCheckpointing });
          peak = peakMemory(Object.values(graph).toReversed(), sizes);
          return graph;
        },
      );
      const all = new Map<string, Tensor>([...feeds, ...batch.feeds(), ['cotangent', cotangent]]);
      return { peak, results: await executable.run(all) };
    };
    const [kept, again] = [await run(false), await run(true)];
    expect(Object.keys(again.results)).toEqual(Object.keys(kept.results));
    // A gradient that is zero but for rounding is judged beside the others.
    const gradients = Object.entries(kept.results).filter(([output]) => output !== logProbabilities);
    const values = gradients.flatMap(([, { data }]) => Array.from(data));
    const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    for (const [output, { data }] of Object.entries(kept.results)) {
      again.results[output]?.data.forEach((value, i) => {
        expect(Math.abs(value - (data[i] as number))).toBeLessThanOrEqual(1e-5 * largest);
      });
    }
    expect(again.peak).toBeLessThan(0.8 * kept.peak);
    await model.release();
  },
);
