import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AdapterCache } from '../../src-main/engine/adapters/adapter-cache.ts';
import { AdapterMixes, mixAdapters, type ScaledAdapter } from '../../src-main/engine/adapters/adapter-mix.ts';
import { adaptedModules, initialiseLora } from '../../src-main/engine/adapters/lora.ts';
import { onnxruntimeBackend } from '../../src-main/engine/backends/onnxruntime/onnxruntime-backend.ts';
import { loadModel } from '../../src-main/engine/model/load-model.ts';
import { LoadedModel } from '../../src-main/engine/model/loaded-model.ts';
import { Random } from '../../src-main/engine/random.ts';
import { float32, type Tensor } from '../../src-main/engine/tensor.ts';
import type { BatchRow } from '../../src-main/engine/training/batch-row.ts';
import { scoreRows } from '../../src-main/engine/training/score.ts';
import { worstDifference } from './worst-difference.ts';

const folder = join(import.meta.dirname, 'golden');
const forever = new AbortController().signal;

let rows: readonly BatchRow[];
let model: LoadedModel;
/** One on all seven matrices, and another of a different rank on two of them. */
let wide: ScaledAdapter;
let narrow: ScaledAdapter;

beforeAll(async () => {
  rows = (JSON.parse(await readFile(join(folder, 'llama-tiny.json'), 'utf8')) as { examples: BatchRow[] }).examples;
  model = await loadModel(join(folder, 'llama-tiny'), onnxruntimeBackend({ threads: 2 }));
  const weights = await new AdapterCache().get(join(folder, 'llama-tiny-lora'), model.architecture);
  wide = { weights, scale: weights.scale * 0.5 };
  const settings = { rank: 3, alpha: 6, targets: ['q', 'v'], initialisation: 'gaussian', seed: 9 } as const;
  const fresh = initialiseLora(model.architecture, settings);
  const random = new Random(4);
  const tensors = [...fresh.tensors].map(([name, { dims, data }]): [string, Tensor<'float32'>] => [
    name,
    float32(dims, name.endsWith('lora_B') ? data.map(() => random.normal() / 10) : data),
  ]);
  narrow = { weights: { ...fresh, tensors: new Map(tensors) }, scale: fresh.scale * 1.5 };
});

afterAll(() => model.release());

test('a mix matches the base with the updates of all its adapters merged into the weights', async () => {
  const merged = mergedModel([wide, narrow]);
  const together = (await scoreRows(merged, null, rows, forever)).flat();
  const mixed = (await scoreRows(model, mixAdapters([wide, narrow], model.architecture), rows, forever)).flat();
  // Two orders of float32 sums over two layers.
  expect(worstDifference(mixed, together)).toBeLessThan(2e-5);
  const alone = (await scoreRows(model, wide, rows, forever)).flat();
  expect(worstDifference(mixed, alone)).toBeGreaterThan(1e-2);
  await merged.release();
});

test('in a mix, an adapter of strength 0 adds nothing, and order does not matter', async () => {
  const silent = mixAdapters([wide, { ...narrow, scale: 0 }], model.architecture);
  const alone = (await scoreRows(model, wide, rows, forever)).flat();
  expect(worstDifference((await scoreRows(model, silent, rows, forever)).flat(), alone)).toBeLessThan(1e-5);
  const one = await scoreRows(model, mixAdapters([wide, narrow], model.architecture), rows, forever);
  const other = await scoreRows(model, mixAdapters([narrow, wide], model.architecture), rows, forever);
  expect(worstDifference(one.flat(), other.flat())).toBeLessThan(1e-5);
});

test('a mix is cached until a strength or an adapter changes', () => {
  const mixes = new AdapterMixes();
  const first = mixes.get([wide, narrow], model.architecture);
  expect(mixes.get([{ ...wide }, { ...narrow }], model.architecture)).toBe(first);
  expect(mixes.get([wide, { ...narrow, scale: 1 }], model.architecture)).not.toBe(first);
  expect(mixes.get([wide, { ...narrow, weights: { ...narrow.weights } }], model.architecture)).not.toBe(first);
});

// Regression: eight mixes of large adapters took gigabytes, one for each strength that was tried.
test('few mixes of large adapters are kept', () => {
  const mixes = new AdapterMixes({ mostBytes: 1 });
  const first = mixes.get([wide, narrow], model.architecture);
  expect(mixes.get([wide, narrow], model.architecture)).toBe(first);
  mixes.get([wide, { ...narrow, scale: 1 }], model.architecture);
  expect(mixes.get([wide, narrow], model.architecture)).not.toBe(first);
});

/** Computed here in float64 and rounded once. */
function mergedModel(parts: readonly ScaledAdapter[]): LoadedModel {
  const weights = new Map(model.weights);
  for (const module of adaptedModules(model.architecture, wide.weights.targets)) {
    const w = weights.get(`${module}.weight`) as Tensor<'float32'>;
    const [, inside] = w.dims as [number, number];
    const sums = Float64Array.from(w.data);
    for (const { weights: part, scale } of parts) {
      const [a, b] = [part.tensors.get(`${module}.lora_A`)?.data, part.tensors.get(`${module}.lora_B`)?.data];
      if (a === undefined || b === undefined) continue;
      for (let place = 0; place < sums.length; place++) {
        const [o, i] = [Math.floor(place / inside), place % inside];
        for (let r = 0; r < part.rank; r++) {
          sums[place] =
            (sums[place] as number) + scale * (b[o * part.rank + r] as number) * (a[r * inside + i] as number);
        }
      }
    }
    weights.set(`${module}.weight`, float32(w.dims, Float32Array.from(sums)));
  }
  return new LoadedModel(model.architecture, weights, model.backend);
}
