import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { onnxruntimeBackend } from '../../src-main/engine/backends/onnxruntime/onnxruntime-backend.ts';
import type { TokenExample } from '../../src-main/engine/engine.ts';
import { peakMemory } from '../../src-main/engine/graph/peak-memory.ts';
import { causalParts } from '../../src-main/engine/model/causal-parts.ts';
import { loadModel } from '../../src-main/engine/model/load-model.ts';
import { logProbabilities, trainGraph } from '../../src-main/engine/model/model-graph.ts';
import { filledAdapter, onlyBatch, trainingPass } from '../fixtures/training-pass.ts';

const golden = join(import.meta.dirname, 'golden');

test.each(['llama-tiny', 'llama3-tiny', 'mistral-tiny', 'qwen2-tiny', 'qwen3-tiny', 'gemma3-tiny', 'gpt2-tiny'])(
  '%s: recomputing layers gives the same losses and gradients with a lower peak memory',
  async (name) => {
    const model = await loadModel(join(golden, name), onnxruntimeBackend({ threads: 1 }));
    const { architecture } = model;
    const { examples } = JSON.parse(await readFile(join(golden, `${name}.json`), 'utf8')) as {
      examples: TokenExample[];
    };
    const weights = filledAdapter(architecture, architecture.targets);
    const { length, sequences: rows, targetTokens: targets } = onlyBatch(architecture, examples);
    const sizes = { rows, part: length / causalParts, positions: rows * length, targets, rank: weights.rank };

    const run = async (gradientCheckpointing: boolean) => {
      let peak = 0;
      const results = await trainingPass(model, weights, examples, (...[of, adaptation]) => {
        const graph = trainGraph(of, adaptation, { gradientCheckpointing });
        peak = peakMemory(Object.values(graph).toReversed(), new Map(Object.entries(sizes)));
        return graph;
      });
      return { peak, results };
    };
    const [kept, again] = [await run(false), await run(true)];
    expect([...again.results.keys()]).toEqual([...kept.results.keys()]);
    // A gradient that is zero but for rounding is judged relative to the others.
    const gradients = [...kept.results].filter(([output]) => output !== logProbabilities);
    const values = gradients.flatMap(([, gradient]) => Array.from(gradient));
    const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    for (const [output, data] of kept.results) {
      again.results.get(output)?.forEach((value, i) => {
        expect(Math.abs(value - (data[i] as number))).toBeLessThanOrEqual(1e-5 * largest);
      });
    }
    expect(again.peak).toBeLessThan(0.8 * kept.peak);
    await model.release();
  },
);
