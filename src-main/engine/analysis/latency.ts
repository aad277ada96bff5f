import { setImmediate } from 'node:timers/promises';
import type { Target } from '../../../src-contract/adapter.ts';
import { adaptationKey, type LiveAdapter } from '../adapters/adaptation.ts';
import { initialiseAdapterLayers } from '../adapters/adapter-layers.ts';
import { adaptedModules, initialiseLora, type LoraWeights } from '../adapters/lora.ts';
import { rowAdapterFeeds } from '../adapters/row-adapters.ts';
import type { LatencyJob, LatencyVariant } from '../engine.ts';
import type { LoadedModel } from '../model/loaded-model.ts';
import { scoreGraph } from '../model/model-graph.ts';
import { Random } from '../random.ts';
import { float32, type Tensor } from '../tensor.ts';
import { cutMicroBatches } from '../training/micro-batches.ts';
import { packingFor } from '../training/packing.ts';
import { adaptedExecutable } from '../training/score.ts';

/** Untimed passes of each variant: the first ones allocate. */
const warmUps = 2;

/**
 * Times a forward pass of each variant repeatedly: `rows` texts of `tokens` random tokens, read in full, with the next
 * token of each scored. Every round runs all variants in a random order and then in its reverse, and takes the faster
 * of the two passes: a machine that slows down, what a variant leaves in the caches for the next, and other load affect
 * all of them alike. Yields the milliseconds of each round.
 */
export async function* timePasses(
  model: LoadedModel,
  { rows, tokens, variants, trials, seed }: LatencyJob,
  signal: AbortSignal,
): AsyncGenerator<number[]> {
  const passes: (() => Promise<unknown>)[] = [];
  for (const variant of variants) passes.push(await prepared(model, variant, { rows, tokens, seed }));
  for (let round = -warmUps; round < trials; round++) {
    const times = new Array<number>(variants.length).fill(Number.POSITIVE_INFINITY);
    const order = [...new Random(seed, 0x0de4, round + warmUps).permutation(passes.length)];
    for (const place of [...order, ...order.toReversed()]) {
      // Yield to the event loop between passes: an abort, a chat.
      await setImmediate();
      if (signal.aborted) return;
      const begun = performance.now();
      await passes[place]?.();
      times[place] = Math.min(times[place] ?? 0, performance.now() - begun);
    }
    if (round >= 0) yield times;
  }
}

/** Texts with different beginnings, so that nothing is shared, each in its own sequence. */
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

interface Batch {
  readonly rows: number;
  readonly tokens: number;
  readonly seed: number;
}

/** One pass of a variant, ready to be timed. */
async function prepared(model: LoadedModel, variant: LatencyVariant, batch: Batch): Promise<() => Promise<unknown>> {
  const { architecture } = model;
  const { seed, rows } = batch;
  const texts = randomBatch(model, batch);
  const passOf = async (adapter: LiveAdapter | null, more: ReadonlyMap<string, Tensor> = new Map(), from = texts) => {
    const { executable, feeds } = await adaptedExecutable(model, 'score', adapter, scoreGraph);
    const all = new Map([...feeds, ...more, ...from]);
    return () => executable.run(all);
  };
  switch (variant.kind) {
    case 'base':
      return passOf(null);
    case 'adapter-layers':
      return passOf({ weights: initialiseAdapterLayers(architecture, { ...variant, seed }), scale: 1 });
    case 'beside':
      return passOf(randomLora(model, variant, seed));
    case 'merged':
      // Merging is just the base's own graph with other numbers.
      return passOf(null, mergedWeights(model, randomLora(model, variant, seed)));
    case 'by-row': {
      const each = Array.from({ length: rows }, (_, row) => randomLora(model, variant, seed + row).weights);
      const adaptation = { kind: 'row-adapters', targets: variant.targets } as const;
      const executable = await model.executable(`score:${adaptationKey(adaptation)}`, () =>
        scoreGraph(architecture, adaptation),
      );
      const positions = texts.get('ids')?.dims[0] ?? 0;
      const feeds = new Map([
        ...(await model.feeds()),
        ...rowAdapterFeeds(architecture, each, positions / rows),
        ...texts,
      ]);
      return () => executable.run(feeds);
    }
    case 'swapped':
      return swapped(model, variant, batch);
    default:
      return variant satisfies never;
  }
}

/** For each row: merges its adapter into the weights, runs the row alone, and takes the adapter out again. */
async function swapped(
  model: LoadedModel,
  variant: { rank: number; targets: readonly Target[] },
  { rows, tokens, seed }: Batch,
): Promise<() => Promise<unknown>> {
  const { executable, feeds } = await adaptedExecutable(model, 'score', null, scoreGraph);
  const each = Array.from({ length: rows }, (_, row) => ({
    adapter: randomLora(model, variant, seed + row),
    text: randomBatch(model, { rows: 1, tokens, seed: seed + row }),
  }));
  // A copy of what changes: the base's own weights are in use elsewhere.
  const weights = new Map(
    adaptedModules(model.architecture, variant.targets).map((module) => {
      const { dims, data } = model.weights.get(`${module}.weight`) as Tensor<'float32'>;
      return [`${module}.weight`, float32(dims, data.slice())] as const;
    }),
  );
  return async () => {
    for (const { adapter, text } of each) {
      for (const [name, { data }] of weights) addUpdate(data, name, adapter, 1);
      await executable.run(new Map([...feeds, ...weights, ...text]));
      for (const [name, { data }] of weights) addUpdate(data, name, adapter, -1);
    }
  };
}

/** An adapter of random numbers: its speed does not depend on what it has learnt. */
function randomLora(
  { architecture }: LoadedModel,
  { rank, targets }: { rank: number; targets: readonly Target[] },
  seed: number,
): LiveAdapter<LoraWeights> {
  const weights = initialiseLora(architecture, { rank, alpha: rank, targets, initialisation: 'kaiming', seed });
  const random = new Random(seed, 0xb);
  for (const [name, { data }] of weights.tensors) {
    if (name.endsWith('.lora_B')) data.set(data.map(() => 0.01 * random.normal()));
  }
  return { weights, scale: weights.scale };
}

/** W + scale · B · A of every adapted module: [out, in], copied from the base's own, which are unchanged. */
export function mergedWeights(
  { architecture, weights }: Pick<LoadedModel, 'architecture' | 'weights'>,
  adapter: LiveAdapter<LoraWeights>,
): Map<string, Tensor<'float32'>> {
  return new Map(
    adaptedModules(architecture, adapter.weights.targets).map((module) => {
      const name = `${module}.weight`;
      const { dims, data } = weights.get(name) as Tensor<'float32'>;
      const merged = float32(dims, data.slice());
      addUpdate(merged.data, name, adapter, 1);
      return [name, merged] as const;
    }),
  );
}

/** Adds sign · scale · B · A to the numbers of a weight [out, in], in place. */
function addUpdate(
  weight: Float32Array,
  name: string,
  { weights, scale }: LiveAdapter<LoraWeights>,
  sign: 1 | -1,
): void {
  const module = name.slice(0, -'.weight'.length);
  const [a, b] = ['A', 'B'].map((part) => weights.tensors.get(`${module}.lora_${part}`) as Tensor<'float32'>) as [
    Tensor<'float32'>,
    Tensor<'float32'>,
  ];
  const [rank = 0, inFeatures = 0] = a.dims;
  const out = weight.length / inFeatures;
  for (let i = 0; i < out; i++) {
    for (let k = 0; k < rank; k++) {
      const factor = sign * scale * (b.data[i * rank + k] as number);
      const [row, from] = [i * inFeatures, k * inFeatures];
      for (let j = 0; j < inFeatures; j++) {
        weight[row + j] = (weight[row + j] as number) + factor * (a.data[from + j] as number);
      }
    }
  }
}
