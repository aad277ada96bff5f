import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Target } from '../../src-contract/adapter.ts';
import { AdapterCache } from '../../src-main/engine/adapters/adapter-cache.ts';
import { initialiseLora, type LoraWeights } from '../../src-main/engine/adapters/lora.ts';
import { onnxruntimeBackend } from '../../src-main/engine/backends/onnxruntime/onnxruntime-backend.ts';
import { tfjsBackend } from '../../src-main/engine/backends/tfjs/tfjs-backend.ts';
import type { LoraSettings, TokenExample, TrainEvent, TrainJob } from '../../src-main/engine/engine.ts';
import { readPeft } from '../../src-main/engine/formats/peft.ts';
import { loadModel } from '../../src-main/engine/model/load-model.ts';
import { LoadedModel } from '../../src-main/engine/model/loaded-model.ts';
import { Random } from '../../src-main/engine/random.ts';
import { cutMicroBatches } from '../../src-main/engine/training/micro-batches.ts';
import { packingFor } from '../../src-main/engine/training/packing.ts';
import { Passes, type TrainingPart } from '../../src-main/engine/training/passes.ts';
import { trainModel } from '../../src-main/engine/training/train.ts';
import { trainTogether } from '../../src-main/engine/training/train-together.ts';
import { writeTokenFile } from '../../src-main/tasks/token-file.ts';

// Adapters that share a pass must come out as they do alone: the reference is single training, which is compared with
// PyTorch's numbers elsewhere. float32 on both sides; only the sizes of products differ, and with them the order of
// sums.
const relative = 2e-5;
const golden = join(import.meta.dirname, 'golden');
const forever = new AbortController().signal;
let scratch: string;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'together-'));
});

afterAll(() => rm(scratch, { recursive: true, force: true }));

interface Settings {
  readonly rank: number;
  readonly targets: readonly Target[];
  readonly seed: number;
  readonly learningRate: number;
}

const settings = [
  { rank: 4, targets: ['q', 'v'], seed: 1, learningRate: 1e-2 },
  { rank: 1, targets: ['k'], seed: 2, learningRate: 2e-3 },
  { rank: 3, targets: ['q', 'k', 'v', 'o'], seed: 1, learningRate: 5e-3 },
  { rank: 2, targets: ['o', 'up', 'down'], seed: 3, learningRate: 1e-2 },
] as const satisfies readonly Settings[];

describe.each(['llama-tiny', 'llama3-tiny', 'mistral-tiny', 'qwen2-tiny', 'qwen3-tiny', 'gemma3-tiny', 'gpt2-tiny'])(
  '%s',
  (name) => {
    let model: LoadedModel;
    let examples: readonly TokenExample[];

    beforeAll(async () => {
      model = await loadModel(join(golden, name), onnxruntimeBackend({ threads: 1 }));
      const file = JSON.parse(await readFile(join(golden, `${name}.json`), 'utf8')) as { examples: TokenExample[] };
      ({ examples } = file);
    });

    afterAll(() => model.release());

    test('adapters in one pass get the log-probabilities and gradients of each alone, on both backends', async () => {
      // All rows, one, the last two, and all but the first: no two alike.
      const shares = [examples, examples.slice(0, 1), examples.slice(-2), examples.slice(1)];
      const parts = settings.map((each, i) => riderOf(model, each, shares[i] as readonly TokenExample[]));
      for (const each of [model, new LoadedModel(model.architecture, model.weights, await tfjsBackend())]) {
        const passes = new Passes(each, { labelSmoothing: 0.1 });
        const together = await passes.train(parts);
        const scored = await passes.score(parts);
        for (const [i, part] of parts.entries()) {
          const [alone] = await passes.train([part]);
          expectClose(together[i]?.logProbs, alone?.logProbs);
          expectClose(scored[i], alone?.logProbs);
          expect([...(together[i]?.gradients.keys() ?? [])].sort()).toEqual(
            [...(alone?.gradients.keys() ?? [])].sort(),
          );
          for (const [tensor, gradient] of alone?.gradients ?? []) {
            expectClose(together[i]?.gradients.get(tensor), gradient);
          }
        }
      }
    });

    test('trainings side by side end with the same adapters as one after the other', async () => {
      await writeTokenFile(join(scratch, `${name}-rows`), examples);
      const jobs = (way: string) => settings.map((each, i) => jobOf(name, `${name}-${way}-${i}`, each));
      const alone = [];
      for (const job of jobs('alone')) alone.push(await collected(trainModel(model, job, new AdapterCache(), forever)));
      const events = settings.map((): TrainEvent[] => []);
      const together = { jobs: jobs('together'), together: 3 };
      for await (const { job, event } of trainTogether(model, together, new AdapterCache(), forever)) {
        if (event.kind === 'diverged') throw new Error(`${job} diverged`);
        events[job]?.push(event);
      }
      for (const [i, each] of alone.entries()) {
        expectClose(lossesOf(events[i]), lossesOf(each));
        const [one, other] = [`${name}-alone-${i}`, `${name}-together-${i}`].map((folder) => join(scratch, folder));
        const [expected, found] = [await readPeft(one as string), await readPeft(other as string)];
        expect([...found.tensors.keys()]).toEqual([...expected.tensors.keys()]);
        for (const [tensor, { data }] of expected.tensors) expectClose(found.tensors.get(tensor)?.data, data, 1e-3);
      }
    });
  },
);

test('stopped trainings resume side by side to the same bits, and the base is measured only once', async () => {
  const model = await loadModel(join(golden, 'llama-tiny'), onnxruntimeBackend({ threads: 1 }));
  const { examples } = JSON.parse(await readFile(join(golden, 'llama-tiny.json'), 'utf8'));
  await writeTokenFile(join(scratch, 'llama-tiny-rows'), examples);
  const jobs = (way: string) => settings.map((each, i) => jobOf('llama-tiny', `${way}-${i}`, each));
  const run = async (way: string, stopAfter = Number.POSITIVE_INFINITY) => {
    const controller = new AbortController();
    const losses = settings.map((): (number | null)[] => []);
    const bases = new Set<number | null>();
    let steps = 0;
    for await (const { job, event } of trainTogether(
      model,
      { jobs: jobs(way) },
      new AdapterCache(),
      controller.signal,
    )) {
      if (event.kind === 'step') {
        losses[job]?.push(event.loss);
        if (++steps === stopAfter) controller.abort();
      }
      if (event.kind === 'finished' && event.step > 0) bases.add(event.baseValidationLoss);
    }
    return { losses, bases };
  };
  const whole = await run('whole');
  // In the middle of a step's events, like a person's stop.
  const before = await run('stopped', 6);
  const after = await run('stopped');
  expect(before.losses.map((losses, i) => [...losses, ...(after.losses[i] ?? [])])).toEqual(whole.losses);
  expect(whole.bases.size).toBe(1);
  for (const i of settings.keys()) {
    const file = (way: string) => readFile(join(scratch, `${way}-${i}`, 'adapter_model.safetensors'));
    expect(await file('stopped')).toEqual(await file('whole'));
  }
  await model.release();
});

test('a kill between a group’s checkpoints, or after some have finished, changes no bit of the others', async () => {
  const model = await loadModel(join(golden, 'llama-tiny'), onnxruntimeBackend({ threads: 1 }));
  const { examples } = JSON.parse(await readFile(join(golden, 'llama-tiny.json'), 'utf8'));
  await writeTokenFile(join(scratch, 'llama-tiny-rows'), examples);
  const jobs = (way: string) => settings.map((each, i) => jobOf('llama-tiny', `${way}-${i}`, each));
  /** Ends like a kill: nothing is written after the last event that was consumed. */
  const run = async (
    all: readonly TrainJob[],
    until: (event: TrainEvent['kind'] | 'diverged', count: number) => boolean,
  ) => {
    const counts: Record<string, number> = {};
    for await (const { event } of trainTogether(model, { jobs: all, together: 2 }, new AdapterCache(), forever)) {
      counts[event.kind] = (counts[event.kind] ?? 0) + 1;
      if (until(event.kind, counts[event.kind] as number)) return;
    }
  };
  await run(jobs('unbroken'), () => false);
  const adapters = (way: string) =>
    Promise.all(settings.map((_, i) => readFile(join(scratch, `${way}-${i}`, 'adapter_model.safetensors'))));
  for (const [way, last] of [
    ['first', 1],
    ['second', 3],
  ] as const) {
    await run(jobs(way), (kind, count) => kind === 'checkpoint' && count === last);
    await run(jobs(way), () => false);
    expect(await adapters(way), way).toEqual(await adapters('unbroken'));
  }
  // If the first of a pass group is finished, the second must not take one from the next group.
  await run(jobs('done'), (kind, count) => kind === 'finished' && count === 1);
  await run(jobs('done').slice(1), () => false);
  expect((await adapters('done')).slice(1)).toEqual((await adapters('unbroken')).slice(1));
  await model.release();
});

test('a training that diverges or stops early ends on its own, and the others go on', async () => {
  const model = await loadModel(join(golden, 'llama-tiny'), onnxruntimeBackend({ threads: 1 }));
  const { examples } = JSON.parse(await readFile(join(golden, 'llama-tiny.json'), 'utf8'));
  await writeTokenFile(join(scratch, 'llama-tiny-rows'), examples);
  const wild = { ...settings[0], learningRate: 1e30 };
  const still = { ...settings[3], learningRate: 1e-30 };
  const unmeasurable = { ...wild };
  const jobs = [settings[1], wild, settings[2], still, unmeasurable].map((each, i) => ({
    ...jobOf('llama-tiny', `wild-${i}`, each),
    ...(each === still && { validationEvery: 1, patience: 1 }),
    ...(each === unmeasurable && { validationEvery: 1 }),
  }));
  const ends: string[] = [];
  for await (const { job, event } of trainTogether(model, { jobs }, new AdapterCache(), forever)) {
    if (event.kind === 'diverged') ends.push(`${job} diverged on ${event.split} rows`);
    if (event.kind === 'finished') ends.push(`${job} ${event.early ? 'early' : 'finished'}`);
  }
  expect(ends.slice(0, 3).toSorted()).toEqual(['1 diverged on train rows', '3 early', '4 diverged on validation rows']);
  expect(ends.slice(3)).toEqual(['0 finished', '2 finished']);
  await model.release();
});

test('trainings that start from adapters are compared with the base, which is measured once for all', async () => {
  const model = await loadModel(join(golden, 'llama-tiny'), onnxruntimeBackend({ threads: 1 }));
  const { examples } = JSON.parse(await readFile(join(golden, 'llama-tiny.json'), 'utf8'));
  await writeTokenFile(join(scratch, 'llama-tiny-rows'), examples);
  const alone = { ...jobOf('llama-tiny', 'begun', { ...settings[0], learningRate: 0.05 }), maxSteps: 10 };
  const begun = await collected(trainModel(model, alone, new AdapterCache(), forever));
  const jobs = [1, 2].map((seed): TrainJob => {
    const job = jobOf('llama-tiny', `gone-on-${seed}`, { ...settings[0], seed });
    return { ...job, method: { ...(job.method as LoraSettings), initFolder: alone.outputFolder } };
  });
  const starts: number[][] = [];
  for await (const { event } of trainTogether(model, { jobs }, new AdapterCache(), forever)) {
    if (event.kind === 'validation' && event.step === 0) starts.push([event.loss, event.base?.loss ?? Number.NaN]);
  }
  const measured = begun.flatMap((event) => (event.kind === 'validation' ? [event.loss] : []));
  expect(starts).toHaveLength(2);
  for (const start of starts) expectClose(start, [measured.at(-1) ?? 0, measured[0] ?? 0]);
  expect(measured[0]).toBeGreaterThan((measured.at(-1) as number) + 0.1);
  await model.release();
});

function riderOf(model: LoadedModel, each: (typeof settings)[number], rows: readonly TokenExample[]): TrainingPart {
  const weights = initialiseLora(model.architecture, { ...each, alpha: 8, initialisation: 'kaiming' });
  const random = new Random(each.seed, each.rank);
  for (const { data } of weights.tensors.values()) data.set(data.map(() => 0.3 * random.normal()));
  const [batch, ...more] = cutMicroBatches(rows, packingFor(model.architecture));
  if (batch === undefined || more.length > 0) throw new Error('the rows do not fit one batch');
  const trainable = {
    ...{ tensors: weights.tensors, live: { weights: weights as LoraWeights, scale: weights.scale } },
    adaptation: { kind: 'lora', targets: each.targets, dropout: false } as const,
    feeds: () =>
      new Map([['lora_scale', { type: 'float32', dims: [1], data: Float32Array.of(weights.scale) } as const]]),
    ...{ decays: () => true, base: () => null, write: async () => {} },
  };
  const place = { seed: each.seed, step: 1, microBatch: 0 };
  return { trainable, batch, cotangent: -1 / batch.targetTokens, place };
}

function jobOf(name: string, output: string, { rank, targets, seed, learningRate }: Settings): TrainJob {
  // Of every way to start, one that takes passes of its own and one that does not.
  const initialisation = rank > 2 ? 'gradient' : 'kaiming';
  return {
    modelFolder: join(golden, name),
    ...{ trainFile: join(scratch, `${name}-rows`), validationFile: join(scratch, `${name}-rows`) },
    method: {
      ...{ kind: 'lora', rank, alpha: 8, targets, dropout: 0, initialisation, initFolder: null },
    },
    ...{ learningRate, schedule: 'linear', warmupSteps: 1, weightDecay: 0.01, gradientClip: 1 },
    ...{ epochs: 10, maxSteps: 5, batchSize: 2, seed, shuffle: true, precision: 'float32' },
    ...{ validationEvery: 5, checkpointEvery: 2 },
    ...{ outputFolder: join(scratch, output), checkpointFolder: join(scratch, `${output}-checkpoint`) },
  };
}

async function collected(events: AsyncIterable<TrainEvent>): Promise<TrainEvent[]> {
  const all: TrainEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

function lossesOf(events: readonly TrainEvent[] | undefined): number[] {
  return (events ?? []).flatMap((event) => {
    if (event.kind === 'step') return [event.loss, event.gradientNorm, event.learningRate];
    return event.kind === 'validation' ? [event.loss] : [];
  });
}

/** Relative to the overall size: single values can be as small as rounding errors. */
function expectClose(found: ArrayLike<number> | undefined, expected: ArrayLike<number> | undefined, within = relative) {
  expect(found?.length).toBe(expected?.length);
  const size = Math.hypot(...Array.from(expected ?? [])) / Math.sqrt(expected?.length ?? 1);
  const worst = Array.from(expected ?? []).reduce(
    (most, value, i) => Math.max(most, Math.abs(value - (found?.[i] ?? Number.NaN))),
    0,
  );
  expect(worst).toBeLessThanOrEqual(within * size);
}
