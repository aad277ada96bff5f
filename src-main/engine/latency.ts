import { setImmediate } from 'node:timers/promises';
import type { LiveAdapter } from './adaptation.ts';
import { initialiseAdapterLayers } from './adapter-layers.ts';
import type { Executable } from './backends/backend.ts';
import type { LatencyJob, LatencyVariant } from './engine.ts';
import type { LoadedModel } from './loaded-model.ts';
import { adaptedModules, initialiseLora, type LoraWeights, weightDims } from './lora.ts';
import { cutMicroBatches } from './micro-batches.ts';
import { scoreGraph } from './model-graph.ts';
import { packingFor } from './packing.ts';
import { Random } from './random.ts';
import { adaptedExecutable } from './score.ts';
import { float32, type Tensor } from './tensor.ts';

/** Untimed passes of each variant: the first ones allocate. */
const warmUps = 2;

/**
 * Times one forward pass of each variant, over and over: `rows` texts of `tokens` random tokens, read whole, and the next
 * token of each scored. Every round runs all variants, each in an order drawn anew, so that a machine that slows down, and
 * what a variant leaves in the caches for the next, falls on all alike. Yields the milliseconds of each round.
 */
export async function* timePasses(
  model: LoadedModel,
  { rows, tokens, variants, trials, seed }: LatencyJob,
  signal: AbortSignal,
): AsyncGenerator<number[]> {
  const batch = randomBatch(model, { rows, tokens, seed });
  const passes: { executable: Executable; feeds: Map<string, Tensor> }[] = [];
  for (const variant of variants) {
    const { executable, feeds } = await prepared(model, variant, seed);
    passes.push({ executable, feeds: new Map([...feeds, ...batch]) });
  }
  for (let round = -warmUps; round < trials; round++) {
    const times = new Array<number>(variants.length).fill(0);
    for (const place of new Random(seed, 0x0de4, round + warmUps).permutation(passes.length)) {
      // Between passes, messages get their turn: an abort, a chat.
      await setImmediate();
      if (signal.aborted) return;
      const { executable, feeds } = passes[place] as (typeof passes)[0];
      const begun = performance.now();
      await executable.run(feeds);
      times[place] = performance.now() - begun;
    }
    if (round >= 0) yield times;
  }
}

/** Texts that begin differently, so that nothing of them is shared, each in a sequence of its own. */
function randomBatch(model: LoadedModel, { rows, tokens, seed }: { rows: number; tokens: number; seed: number }) {
  const { vocabulary } = model.architecture;
  const random = new Random(seed, 0x1a7e);
  const texts = Array.from({ length: rows }, (_, row) => ({
    ids: Int32Array.from({ length: tokens }, (_, i) => (i === 0 ? row % vocabulary : random.bits() % vocabulary)),
    targetStart: tokens - 1,
  }));
  const [batch, ...more] = cutMicroBatches(texts, {
    ...packingFor(model.architecture),
    tokenBudget: Number.POSITIVE_INFINITY,
  });
  if (batch === undefined || more.length > 0) throw new Error('the texts do not fit one batch');
  return batch.feeds();
}

async function prepared(model: LoadedModel, variant: LatencyVariant, seed: number) {
  const live = liveOf(model, variant, seed);
  if (variant.kind !== 'merged') return adaptedExecutable(model, 'score', live, scoreGraph);
  // The base's own graph over other numbers: that is all there is to merging.
  const { executable, feeds } = await adaptedExecutable(model, 'score', null, scoreGraph);
  for (const [name, tensor] of mergedWeights(model, live as LiveAdapter<LoraWeights>)) feeds.set(name, tensor);
  return { executable, feeds };
}

/** An adapter of random numbers: how long it takes does not depend on what it has learnt. */
function liveOf({ architecture }: LoadedModel, variant: LatencyVariant, seed: number): LiveAdapter | null {
  switch (variant.kind) {
    case 'base':
      return null;
    case 'adapter-layers':
      return { weights: initialiseAdapterLayers(architecture, { ...variant, seed }), scale: 1 };
    case 'merged':
    case 'beside': {
      const { rank, targets } = variant;
      const weights = initialiseLora(architecture, { rank, alpha: rank, targets, initialisation: 'kaiming', seed });
      const random = new Random(seed, 0xb);
      for (const [name, { data }] of weights.tensors) {
        if (name.endsWith('.lora_B')) data.set(data.map(() => 0.01 * random.normal()));
      }
      return { weights, scale: weights.scale };
    }
    default:
      return variant satisfies never;
  }
}

/** W + scale · B · A of every adapted module: [out, in], beside the base's own, which stay as they are. */
export function mergedWeights(
  { architecture, weights }: Pick<LoadedModel, 'architecture' | 'weights'>,
  { weights: lora, scale }: LiveAdapter<LoraWeights>,
): Map<string, Tensor<'float32'>> {
  return new Map(
    adaptedModules(architecture, lora.targets).map((module) => {
      const name = `${module}.weight`;
      const [out, inside] = weightDims(architecture, module);
      const a = (lora.tensors.get(`${module}.lora_A`) as Tensor<'float32'>).data;
      const b = (lora.tensors.get(`${module}.lora_B`) as Tensor<'float32'>).data;
      const merged = (weights.get(name) as Tensor<'float32'>).data.slice();
      const rank = a.length / inside;
      for (let i = 0; i < out; i++) {
        for (let k = 0; k < rank; k++) {
          const factor = scale * (b[i * rank + k] as number);
          for (let j = 0; j < inside; j++) {
            const place = i * inside + j;
            merged[place] = (merged[place] as number) + factor * (a[k * inside + j] as number);
          }
        }
      }
      return [name, float32([out, inside], merged)] as const;
    }),
  );
}
