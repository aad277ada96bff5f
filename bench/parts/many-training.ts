import { AdapterCache } from '../../src-main/engine/adapters/adapter-cache.ts';
import { onnxruntimeBackend } from '../../src-main/engine/backends/onnxruntime/onnxruntime-backend.ts';
import type { TrainJob } from '../../src-main/engine/engine.ts';
import { loadModel } from '../../src-main/engine/model/load-model.ts';
import type { LoadedModel } from '../../src-main/engine/model/loaded-model.ts';
import { Random } from '../../src-main/engine/random.ts';
import { cutMicroBatches } from '../../src-main/engine/training/micro-batches.ts';
import { packingFor } from '../../src-main/engine/training/packing.ts';
import { Passes, type TrainingPart } from '../../src-main/engine/training/passes.ts';
import { trainableOf } from '../../src-main/engine/training/trainable.ts';
import { benchCase } from './bench-case.ts';

interface Options {
  readonly model: string;
  readonly precision: 'int8' | 'float32';
  readonly adapters: number;
  readonly rounds: number;
}

/** Tokens that each adapter reads in a pass. */
const lengths = [4, 16, 48, 128];
/** Row length for a batch that is divided, one row per adapter, or given to a single adapter. */
const dealtLength = 48;

/** Training passes of several adapters, for adapters.ts. */
export async function* manyTraining({ model: folder, precision, adapters, rounds }: Options) {
  // A model keeps only the graph of the latest kind of pass: with one model for both, each round would recompile them.
  const model = await loadModel(folder, onnxruntimeBackend(), precision);
  const other = await loadModel(folder, onnxruntimeBackend(), precision);
  const together = new Passes(model, { labelSmoothing: 0 });
  const alone = new Passes(other, { labelSmoothing: 0 });
  const of = (seed: number, rows: number, tokens: number) => riderOf(model, folder, { seed, rows, tokens });
  const dealt = await Promise.all(Array.from({ length: adapters }, (_, seed) => of(seed, 1, dealtLength)));
  const whole = await of(0, adapters, dealtLength);
  yield await timed(
    `many-training: ${adapters} rows of ${dealtLength} tokens, a row for each of ${adapters}, beside all for one`,
    { rounds, ours: () => together.train(dealt), peer: () => alone.train([whole]) },
  );
  for (const tokens of lengths) {
    const each = await Promise.all(Array.from({ length: adapters }, (_, seed) => of(seed, 1, tokens)));
    const ours = () => together.train(each);
    yield await timed(`many-training: ${tokens} tokens for each of ${adapters}, beside ${tokens} for one`, {
      ...{ rounds, ours, peer: () => alone.train(each.slice(0, 1)) },
    });
    yield await timed(`many-training: ${tokens} tokens for each of ${adapters}, beside one after the other`, {
      rounds,
      ours,
      async peer() {
        for (const part of each) await alone.train([part]);
      },
    });
  }
  await model.release();
  await other.release();
}

async function timed(
  name: string,
  { rounds, ours, peer }: { rounds: number; ours: () => Promise<unknown>; peer: () => Promise<unknown> },
) {
  const times: { ours: number; peer: number }[] = [];
  for (let round = -1; round < rounds; round++) {
    const time = { ours: 0, peer: 0 };
    // Alternating, also in who goes first: other load on the machine affects both.
    const order = round % 2 === 0 ? (['ours', 'peer'] as const) : (['peer', 'ours'] as const);
    for (const who of order) {
      const begun = performance.now();
      await (who === 'ours' ? ours() : peer());
      time[who] = performance.now() - begun;
    }
    if (round >= 0) times.push(time);
  }
  return benchCase(name, 'ms', { ours: times.map(({ ours }) => ours), peer: times.map(({ peer }) => peer) });
}

async function riderOf(
  model: LoadedModel,
  folder: string,
  { seed, rows, tokens }: { seed: number; rows: number; tokens: number },
): Promise<TrainingPart> {
  const random = new Random(seed);
  const texts = Array.from({ length: rows }, (_, row) => ({
    // The first token distinguishes rows, so that they share nothing.
    ids: Int32Array.from({ length: tokens }, (_, i) => (i === 0 ? row : random.bits() % model.architecture.vocabulary)),
    targetStart: Math.floor(0.8 * tokens),
  }));
  const plan = { ...packingFor(model.architecture), tokenBudget: Number.POSITIVE_INFINITY };
  const [batch] = cutMicroBatches(texts, plan);
  if (batch === undefined) throw new Error('no rows');
  const job = { modelFolder: folder, seed, outputFolder: '', method: lora } as Partial<TrainJob> as TrainJob;
  const trainable = await trainableOf(model, job, new AdapterCache());
  return { trainable, batch, cotangent: -1 / batch.targetTokens, place: { seed, step: 1, microBatch: 0 } };
}

const lora: TrainJob['method'] = {
  ...{ kind: 'lora', rank: 8, alpha: 16, targets: ['q', 'v'], dropout: 0 },
  ...{ initialisation: 'kaiming', initFolder: null },
};
