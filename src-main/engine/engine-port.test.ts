import { type ChildProcess, fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AwaitedEvent } from '../../src-contract/chat.ts';
import { writeTokenFile } from '../tasks/token-file.ts';
import type { Engine, TokenEvent, TrainEvent, TrainJob } from './engine.ts';
import { connectEngine, processPort, serveEngine } from './engine-port.ts';

const golden = join(import.meta.dirname, '../../test/numerics/golden');
const modelFolder = join(golden, 'llama-tiny');
const forever = new AbortController().signal;
let child: ChildProcess;
let engine: Engine;
let scratch: string;

beforeAll(async () => {
  child = fork(join(import.meta.dirname, 'engine-process.ts'), [], { serialization: 'advanced', execArgv: [] });
  engine = connectEngine(processPort(child));
  scratch = await mkdtemp(join(tmpdir(), 'engine-port-'));
});

afterAll(async () => {
  child.kill('SIGKILL');
  await rm(scratch, { recursive: true, force: true });
});

test('a model is inspected in the engine process', async () => {
  expect(await engine.inspect(modelFolder)).toMatchObject({
    architecture: 'llama',
    layers: 2,
    hidden: 32,
    vocabulary: 64,
    dtype: 'F32',
    endIds: [0],
  });
});

test('a StudioError crosses the process boundary with its code and data', async () => {
  await expect(engine.inspect(join(golden, 'nowhere'))).rejects.toMatchObject({
    name: 'StudioError',
    code: 'FILE_NOT_FOUND',
  });
  const job = {
    modelFolder,
    adapter: null,
    promptIds: Array.from({ length: 64 }, () => 1),
    maxTokens: 4,
    temperature: 0,
    topK: 0,
    topP: 1,
    seed: 0,
    stopIds: [],
  };
  await expect(collect(engine.generate(job, forever))).rejects.toMatchObject({
    code: 'CONTEXT_TOO_LONG',
    data: { tokens: 64, limit: 63 },
  });
});

// A full disk used to arrive as an internal error, and ended a run that could have been resumed later.
test('a system error crosses the process boundary with its code', async () => {
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC', syscall: 'write' });
  const failing = {
    unpack: () => Promise.reject(full),
    async *train() {
      yield* [];
      throw full;
    },
  } as Partial<Engine> as Engine;
  const { port1, port2 } = new MessageChannel();
  serveEngine(failing, port1);
  const connected = connectEngine(port2);
  await expect(connected.unpack({ file: '', folder: '' })).rejects.toMatchObject({ code: 'ENOSPC' });
  await expect(collect(connected.train({} as TrainJob, forever))).rejects.toMatchObject({ code: 'ENOSPC' });
  port1.close();
});

test('an empty prompt and token ids outside the vocabulary are refused', async () => {
  await expect(generated({ promptIds: [] })).rejects.toMatchObject({ code: 'OPTION_INVALID' });
  const foreign = { code: 'MODEL_FILE_INVALID', data: { file: 'tokenizer.json' } };
  await expect(generated({ promptIds: [1, 64] })).rejects.toMatchObject(foreign);
  const examples = [{ ids: [1, 64, 2], targetStart: 1 }];
  await expect(engine.score({ modelFolder, adapter: null, examples }, forever)).rejects.toMatchObject(foreign);
});

test('every target token gets a log-probability, except the first token of a text', async () => {
  const examples = [
    { ids: [1, 2, 3], targetStart: 3 },
    { ids: [1, 2, 3], targetStart: 1 },
    { ids: [1, 2, 3], targetStart: 0 },
  ];
  const { logprobs } = await engine.score({ modelFolder, adapter: null, examples }, forever);
  expect(logprobs.map((row) => row.length)).toEqual([0, 2, 2]);
  expect(
    (await engine.score({ modelFolder, adapter: null, examples: [{ ids: [1], targetStart: 1 }] }, forever)).logprobs,
  ).toEqual([[]]);
});

test('greedy generation picks tokens that scoring also finds likely', async () => {
  const promptIds = [5, 9, 2, 40, 33];
  const ids = await generated({ promptIds, maxTokens: 12 });
  expect(ids).toHaveLength(12);
  const { logprobs } = await engine.score(
    { modelFolder, adapter: null, examples: [{ ids: [...promptIds, ...ids], targetStart: promptIds.length }] },
    forever,
  );
  // The most likely of 64 tokens has a probability of at least 1/64.
  for (const logprob of logprobs[0] ?? []) expect(logprob).toBeGreaterThan(Math.log(1 / 64));
});

test('strength 0 generates what the base generates, and strength 1 does not', async () => {
  const folder = join(golden, 'llama-tiny-lora');
  const base = await generated({ maxTokens: 16 });
  expect(await generated({ maxTokens: 16, adapter: { folder, strength: 0 } })).toEqual(base);
  expect(await generated({ maxTokens: 16, adapter: { folder, strength: 1 } })).not.toEqual(base);
});

test('sampling is reproducible for a seed', async () => {
  const settings = { maxTokens: 16, temperature: 1, topK: 20, topP: 0.9 };
  expect(await generated({ ...settings, seed: 3 })).toEqual(await generated({ ...settings, seed: 3 }));
  expect(await generated({ ...settings, seed: 3 })).not.toEqual(await generated({ ...settings, seed: 4 }));
});

test('an aborted generation finishes with the tokens so far', async () => {
  const stop = new AbortController();
  const events: (AwaitedEvent | TokenEvent)[] = [];
  for await (const event of engine.generate({ ...plain, maxTokens: 400 }, stop.signal)) {
    events.push(event);
    if (events.length === 3) stop.abort();
  }
  expect(events.at(-1)).toMatchObject({ kind: 'finished', finish: 'stopped' });
  expect(events.length).toBeLessThan(400);
});

test('a generation aborted before it starts finishes as stopped', async () => {
  const events = await collect(engine.generate({ ...plain, maxTokens: 60 }, AbortSignal.abort()));
  expect(events.at(-1)).toMatchObject({ kind: 'finished', finish: 'stopped' });
  // The stop is a separate message: a token or two may be generated before it arrives.
  expect(events.length).toBeLessThan(50);
});

test('an aborted training keeps its checkpoint and adapter, and the engine keeps working', async () => {
  const trainFile = join(scratch, 'train.tokens');
  await writeTokenFile(trainFile, [{ ids: [1, 2, 3, 4, 5, 6], targetStart: 3 }]);
  const job: TrainJob = {
    modelFolder,
    trainFile,
    validationFile: trainFile,
    method: {
      kind: 'lora',
      rank: 2,
      alpha: 4,
      targets: ['q', 'v'],
      dropout: 0.1,
      initialisation: 'kaiming',
      initFolder: null,
    },
    learningRate: 1e-2,
    schedule: 'linear',
    warmupSteps: 2,
    weightDecay: 0,
    gradientClip: 1,
    epochs: 10_000,
    maxSteps: null,
    batchSize: 1,
    seed: 0,
    shuffle: true,
    validationEvery: 5,
    outputFolder: join(scratch, 'adapter'),
    checkpointFolder: join(scratch, 'checkpoint'),
    checkpointEvery: null,
  };
  const stop = new AbortController();
  const events: TrainEvent[] = [];
  for await (const event of engine.train(job, stop.signal)) {
    events.push(event);
    if (event.kind === 'step' && event.step === 12) stop.abort();
  }
  const finished = events.at(-1);
  expect(finished).toMatchObject({ kind: 'finished', stopped: true });
  expect(events.at(-2)).toMatchObject({ kind: 'checkpoint' });
  expect(await engine.inspectAdapter({ modelFolder, adapterFolder: job.outputFolder })).toMatchObject({
    rank: 2,
    alpha: 4,
    scale: 2,
    targets: ['q', 'v'],
  });
});

const plain = {
  modelFolder,
  adapter: null,
  promptIds: [7, 3],
  maxTokens: 8,
  temperature: 0,
  topK: 0,
  topP: 1,
  seed: 0,
  stopIds: [],
};

async function generated(settings: Partial<Parameters<Engine['generate']>[0]>): Promise<number[]> {
  const events = await collect(engine.generate({ ...plain, ...settings }, forever));
  return events.flatMap((event) => (event.kind === 'token' ? [event.id] : []));
}

async function collect<T>(events: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const event of events) all.push(event);
  return all;
}
