import fs, {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { ContractRouterClient } from '@orpc/contract';
import { createRouterClient, getEventMeta, safe } from '@orpc/server';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import type { CallerContext } from '../src-contract/caller.ts';
import type { ChatEvent, Message } from '../src-contract/chat.ts';
import type { Contract } from '../src-contract/contract.ts';
import { StudioError } from '../src-contract/errors.ts';
import type { LabOptions } from '../src-contract/lab.ts';
import type { Run, RunEvent } from '../src-contract/run.ts';
import type { ColumnMapping } from '../src-contract/task.ts';
import { type App, createApp, moveDataFolder } from './app.ts';
import { UnfinishedAnswers } from './chat/unfinished-answer-store.ts';
import { openDatabase } from './database/open.ts';
import { ProcessLock } from './database/process-lock.ts';
import { DatasetStore } from './datasets/dataset-store.ts';
import type {
  AdapterFacts,
  AnalysisEvent,
  Engine,
  GenerateJob,
  LatencyJob,
  ModelFacts,
  ScoreJob,
  TrainEvent,
  TrainingMemoryJob,
  TrainJob,
  TrainTogetherEvent,
  TrainTogetherJob,
  UnpackAdapterJob,
  WriteAdapterJob,
} from './engine/engine.ts';
import { RunStore } from './runs/run-store.ts';

/** vitest’s own limit is one second: files and processes of a busy machine take longer. */
const patient = { timeout: 30_000 };
// The whole studio except the engine, which is replaced by a fake that completes everything at once.

const resources = join(import.meta.dirname, '../resources');
const shared = { rank: 8, alpha: 16, scale: 2, targets: ['q', 'v'] as const };

class FakeEngine implements Engine {
  readonly trained: TrainJob[] = [];
  readonly asked: GenerateJob[] = [];
  /** Steps done at once; if there are more to do, the engine then waits for an abort. */
  pauseAfter = Number.POSITIVE_INFINITY;
  failure: Error | undefined;
  logprob = -0.5;
  /** The error when an adapter is inspected. */
  refusal: Error | undefined;
  /** Losses of the steps; by default they fall by themselves. */
  losses: readonly number[] = [];
  /** Reported before a training starts, which then waits for `loaded`. */
  loading: readonly number[] = [];
  loaded = Promise.resolve();
  /** Events that a training resumed from a checkpoint reports again. */
  told: readonly TrainEvent[] = [];

  async device() {
    return { backend: 'fake', device: 'nothing', threads: 1 };
  }
  async devices() {
    return [];
  }
  async memory() {
    return { pid: 0, rssBytes: 2 ** 40 };
  }

  async inspect(folder: string): Promise<ModelFacts> {
    if (!existsSync(join(folder, 'model.safetensors'))) throw new Error('inspected a folder without weights');
    return {
      ...{ architecture: 'llama', parameters: 1000, layers: 1, hidden: 8, vocabulary: 4096, contextLength: 256 },
      ...{ dtype: 'F32', sizeBytes: 4000, endIds: [0], targets: { q: [8, 8], v: [8, 8] } },
    };
  }

  async check() {}

  async unpack() {}

  async checkKind() {}

  async partsReadFirst() {
    return undefined;
  }

  async inspectAdapter({ adapterFolder }: { adapterFolder: string }): Promise<AdapterFacts> {
    if (this.refusal !== undefined) throw this.refusal;
    const text = readFileSync(join(adapterFolder, 'adapter_model.safetensors'), 'utf8');
    return {
      ...shared,
      parameters: 256,
      bytes: text.length,
      sha256: `sha of ${text}`,
      weightsSha256: `sha of ${text}`,
    };
  }

  async unpackAdapter({ file, modelFolder, folder }: UnpackAdapterJob) {
    if (!existsSync(join(modelFolder, 'config.json'))) throw new Error('unpacked for no base');
    mkdirSync(folder);
    const text = readFileSync(file, 'utf8');
    writeFileSync(join(folder, 'adapter_config.json'), '{}');
    writeFileSync(join(folder, 'adapter_model.safetensors'), text);
    return { baseName: /names (.+)/.exec(text)?.[1] };
  }

  async trainingMemory({ others = [] }: TrainingMemoryJob) {
    const adapters = 1 + others.length;
    return {
      ...{
        passGroups: [adapters],
        weights: 4000,
        adapter: 1024,
        optimiser: 512 * adapters,
        activations: 9,
        validation: 3,
      },
      ...{ cache: 2, graphs: 1 },
    };
  }

  async answeringMemory() {
    return { bytes: 5000 };
  }

  async *merge() {}

  async writeAdapter({ adapter, out }: WriteAdapterJob) {
    mkdirSync(out, { recursive: true });
    for (const file of readdirSync(adapter.folder)) cpSync(join(adapter.folder, file), join(out, file));
  }

  async *trainTogether({ jobs }: TrainTogetherJob, signal: AbortSignal): AsyncGenerator<TrainTogetherEvent> {
    for (const [job, each] of jobs.entries()) {
      for await (const event of this.train(each, signal)) yield { job, event };
    }
  }

  async *train(job: TrainJob, signal: AbortSignal): AsyncGenerator<TrainEvent> {
    this.trained.push(job);
    for (const share of this.loading) yield { kind: 'loading', share };
    await this.loaded;
    const checkpoint = join(job.checkpointFolder, 'step');
    const first = existsSync(checkpoint) ? Number(readFileSync(checkpoint, 'utf8')) : 0;
    const totalSteps = job.maxSteps ?? 4;
    const rows = { trainRows: 3, validationRows: 1, trainableParameters: 256, totalParameters: 1000 };
    yield {
      kind: 'started',
      totalSteps,
      step: first,
      ...rows,
      backend: 'fake',
      device: 'nothing',
      precision: 'float32',
      ...(first > 0 && { told: this.told }),
    };
    if (first === 0) {
      const goesOn = job.method.kind === 'lora' && job.method.initFolder !== null;
      const start = goesOn ? { loss: 3, base: { loss: 9, answers: [] } } : { loss: 9 };
      yield { kind: 'validation', step: 0, best: false, answers: [], ...start };
    }
    let step = first;
    while (step < totalSteps && !signal.aborted) {
      if (this.failure) throw this.failure;
      if (step >= this.pauseAfter) {
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        break;
      }
      step++;
      const numbers = { learningRate: 0.1, gradientNorm: 1, tokens: 20, targetTokens: 5, seconds: 2, rssBytes: 7 };
      const loss = this.losses[step - 1] ?? 10 - step;
      yield { kind: 'step', step, loss, ...numbers, worst: { row: 0, loss: loss + 1 } };
    }
    mkdirSync(job.checkpointFolder, { recursive: true });
    writeFileSync(checkpoint, String(step));
    yield { kind: 'checkpoint', step };
    mkdirSync(job.outputFolder, { recursive: true });
    writeFileSync(join(job.outputFolder, 'adapter_config.json'), '{}');
    writeFileSync(join(job.outputFolder, 'adapter_model.safetensors'), `weights of step ${step}`);
    const losses = { bestValidationLoss: 2, baseValidationLoss: 9 };
    yield { kind: 'finished', stopped: signal.aborted, early: false, step, ...losses, peakRssBytes: 77 };
  }

  async score({ examples }: ScoreJob) {
    return { logprobs: examples.map(({ ids, targetStart }) => ids.slice(targetStart).map(() => this.logprob)) };
  }

  async *analyse(): AsyncGenerator<AnalysisEvent> {
    yield { kind: 'started', total: 0 };
  }

  async *latency({ trials, variants }: LatencyJob): AsyncGenerator<number[]> {
    for (let round = 0; round < trials; round++) yield variants.map((_, place) => 10 + place);
  }

  /** Echoes the last three ids of the prompt. */
  async *generate(job: GenerateJob, signal: AbortSignal) {
    this.asked.push(job);
    for (const id of job.promptIds.slice(-3)) {
      if (!signal.aborted) yield { kind: 'token' as const, id };
    }
    const finish = signal.aborted ? ('stopped' as const) : ('end' as const);
    yield { kind: 'finished' as const, finish, firstTokenMs: 4, switchMs: 1, seconds: 0.5, readTokens: 2 };
  }
}

let folder: string;
let engine: FakeEngine;
let app: App;
let client: ContractRouterClient<Contract>;
let page: ContractRouterClient<Contract>;

const clientOf = (caller: CallerContext['caller']) => createRouterClient(app.router, { context: { caller } });

async function open({ takesUpWork = false } = {}): Promise<void> {
  const folders = { dataDir: join(folder, 'data'), resourcesDir: join(folder, 'resources') };
  app = await createApp({ ...folders, engine, takesUpWork });
  client = clientOf('trusted');
  page = clientOf('page');
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'studio-app-'));
  const starter = join(folder, 'resources/starter-model');
  mkdirSync(starter, { recursive: true });
  for (const name of ['tokenizer.json', 'tokenizer_config.json']) {
    cpSync(join(resources, 'starter-model', name), join(starter, name));
  }
  writeFileSync(join(starter, 'config.json'), '{}');
  writeFileSync(join(starter, 'model.safetensors'), 'weights');
  engine = new FakeEngine();
  await open();
});
afterEach(async () => {
  await app.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The conversation after a question to the base and its answer. */
async function saidIn(conversationId: string, text: string): Promise<Message[]> {
  await Array.fromAsync(await client.chat.send({ conversationId, text, adapterId: null }));
  return (await client.chat.messages({ conversationId })).messages;
}

/** Answers wait until this is resolved. */
function holdAnswers(): PromiseWithResolvers<void> {
  const { generate } = engine;
  const held = Promise.withResolvers<void>();
  engine.generate = async function* (job, signal) {
    await held.promise;
    yield* generate.call(this, job, signal);
  };
  return held;
}

/** The next adapter that is inspected, as when a stopped run is kept, waits until `goOn` is resolved. */
function holdInspection() {
  const [reached, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const inspect = engine.inspectAdapter.bind(engine);
  engine.inspectAdapter = async (job) => {
    reached.resolve();
    await goOn.promise;
    return inspect(job);
  };
  return { reached, goOn };
}

/** Twenty passages about rivers, over all splits. */
async function importRivers(length = 20): Promise<string> {
  const lines = Array.from({ length }, (_, i) => `The river ${i} is long.,Which river is long?,river ${i}`);
  const path = join(folder, 'rivers.csv');
  writeFileSync(path, `passage,question,answer\n${lines.join('\n')}\n`);
  for await (const event of await client.datasets.import({ source: { kind: 'path', path }, task: 'mrc' })) {
    if (event.kind === 'finished') return event.dataset.id;
  }
  throw new Error('the import did not finish');
}

test('another data folder cannot be opened during an import', async () => {
  const open = async () => (await safe(client.dataFolders.open({ id: 'a folder that was not listed' }))).error;
  const path = join(folder, 'rivers.csv');
  writeFileSync(path, 'text,summary\nThe Rhine is long.,long\n');
  const events = await client.datasets.import({ source: { kind: 'path', path }, task: 'summarisation' });
  await events.next();
  expect(await open()).toMatchObject({ code: 'STUDIO_BUSY' });
  for await (const _ of events);
  expect(await open()).toMatchObject({ code: 'NOT_ALLOWED' });
});

// The web host carries on with the previous folder. Regression: the failed one stayed open and locked.
test.each([
  {
    fault: 'a database from a newer studio',
    harm: (dataDir: string) => {
      const database = openDatabase(join(dataDir, 'studio.sqlite'));
      database.pragma('user_version = 9999');
      database.close();
    },
  },
  {
    fault: 'a file where a folder should be',
    harm: (dataDir: string) => {
      rmSync(join(dataDir, 'news'), { recursive: true });
      writeFileSync(join(dataDir, 'news'), '');
    },
  },
])('a data folder that cannot be opened is released: $fault', async ({ harm }) => {
  const dataDir = join(folder, 'other');
  const options = { dataDir, resourcesDir: join(folder, 'resources'), engine };
  await createApp(options).then((other) => other.close());
  harm(dataDir);
  await expect(createApp(options)).rejects.toThrow();
  expect(readdirSync(join(dataDir, 'locks'))).toEqual([]);
  expect(readdirSync(dataDir).filter((name) => name.endsWith('-wal'))).toEqual([]);
});

async function train(name: string, options: object = { maxSteps: 4 }) {
  const datasetId = (await client.datasets.list())[0]?.id ?? (await importRivers());
  const run = await client.runs.start({ datasetId, baseModelId: 'starter', name, options });
  const events = await Array.fromAsync(await client.runs.watch({ id: run.id }));
  return { run: await client.runs.get({ id: run.id }), events };
}

const stepsOf = (events: readonly RunEvent[]) => events.flatMap((event) => (event.kind === 'step' ? [event.step] : []));

// Regression: it counted as interrupted, although its adapter was whole, and resumed from the first step.
test('a run killed between its adapter and its end has finished, and its leftovers are removed', async () => {
  const { run } = await train('rivers');
  const { run: longer } = await train('stopped');
  await app.close();
  const database = openDatabase(join(folder, 'data/studio.sqlite'));
  database.prepare(`UPDATE job SET state = 'running', owner = 'a process that is gone' WHERE kind = 'run'`).run();
  // Continued after a stop at its fourth step.
  database.prepare('UPDATE run SET total_steps = 8, step = 5 WHERE id = ?').run(longer.id);
  database.close();
  for (const { id } of [run, longer]) mkdirSync(join(folder, 'data/runs', id));
  await open();
  expect((await client.runs.list()).map(({ id, state }) => [id, state])).toEqual([
    [longer.id, 'interrupted'],
    [run.id, 'finished'],
  ]);
  expect(readdirSync(join(folder, 'data/runs'))).toEqual([longer.id]);
});

test('a run trains on token files and produces a verifiable adapter', async () => {
  const { run, events } = await train('rivers');
  expect(run).toMatchObject({ state: 'finished', step: 4, totalSteps: 4, lastLoss: 6, error: null });
  expect(run.result).toMatchObject({
    ...{ steps: 4, tokens: 80, targetTokens: 20, seconds: 8, tokensPerSecond: 10, losses: [9, 8, 7, 6] },
    ...{ baseValidationLoss: 9, bestValidationLoss: 2, peakRssBytes: 77 },
  });
  expect(run.result?.baseSha256After).toBe(run.result?.baseSha256Before);
  expect(events.map(({ kind }) => kind)).toEqual([
    ...['started', 'validation', 'step', 'step', 'step', 'step', 'checkpoint', 'finished'],
  ]);
  expect(events[2]).toMatchObject({ kind: 'step', loss: 9, tokensPerSecond: 10, secondsLeft: expect.closeTo(6, 0) });

  const adapter = await client.adapters.get({ id: 'rivers' });
  expect(adapter).toMatchObject({ id: run.adapterId, task: 'mrc', runId: run.id, rank: 8, targets: ['q', 'v'] });
  expect(readdirSync(adapter.path).sort()).toEqual([
    'adapter_config.json',
    'adapter_model.safetensors',
    'adapter_studio.json',
  ]);
  expect(await client.adapters.verify({ id: 'rivers' })).toMatchObject({ baseUnchanged: true, scale: 2, rank: 8 });
  // A finished run no longer needs its tokens and checkpoint.
  expect(readdirSync(join(folder, 'data/runs'))).toEqual([]);
});

test('how far the base has loaded is told until the training starts', async () => {
  const loaded = Promise.withResolvers<void>();
  Object.assign(engine, { loading: [0.2, 0.6], loaded: loaded.promise });
  const datasetId = await importRivers();
  const { id } = await client.runs.start({ datasetId, baseModelId: 'starter', name: 'r', options: { maxSteps: 1 } });
  const heard: RunEvent[] = [];
  for await (const event of await client.runs.watch({ id })) {
    heard.push(event);
    if (event.kind === 'loading' && event.share === 0.6) loaded.resolve();
  }
  expect(heard.slice(0, 2)).toEqual([0.2, 0.6].map((share) => ({ kind: 'loading', share })));
  expect(heard.at(2)?.kind).toBe('started');
  const kept = await Array.fromAsync(await client.runs.watch({ id }));
  expect(kept.map(({ kind }) => kind)).toEqual(['started', 'validation', 'step', 'checkpoint', 'finished']);
});

// Regression: a run whose turn came after another's was said to be reading its rows.
test('a run that was started with others and waits for its turn is told so', async () => {
  engine.pauseAfter = 2;
  const about = { datasetId: await importRivers(), baseModelId: 'starter', options: { maxSteps: 4, rank: 2 } };
  const { id } = await client.runs.start({ ...about, name: 'r', also: { ranks: [4] } });
  const second = (await client.runs.list()).find((run) => run.id !== id)?.id ?? '';
  for await (const event of await client.runs.watch({ id: second })) {
    expect(event).toEqual({ kind: 'loading', share: 1 });
    break;
  }
  engine.pauseAfter = Number.POSITIVE_INFINITY;
  await client.runs.stop({ id });
});

// Only the training was named: the pages took the evaluation beside it for ended.
test('the status names an evaluation beside a training', async () => {
  engine.pauseAfter = 2;
  const datasetId = await importRivers();
  const run = await client.runs.start({ datasetId, baseModelId: 'starter', name: 'r', options: { maxSteps: 4 } });
  const held = holdAnswers();
  const about = { datasetId, baseModelId: 'starter', adapterIds: [], split: 'train' as const };
  const evaluation = await client.evaluations.start(about);
  expect((await client.studio.status()).jobs.map(({ id }) => id)).toEqual([run.id, evaluation.id]);
  held.resolve();
  await Array.fromAsync(await client.evaluations.watch({ id: evaluation.id }));
  await client.runs.stop({ id: run.id });
});

test('a stopped run keeps what it learnt and can be resumed, updating the same adapter', async () => {
  engine.pauseAfter = 2;
  const datasetId = await importRivers();
  const { id } = await client.runs.start({ datasetId, baseModelId: 'starter', name: 'r', options: { maxSteps: 4 } });
  for await (const event of await client.runs.watch({ id })) {
    if (event.kind === 'step' && event.step === 2) break;
  }
  expect((await client.studio.status()).jobs).toMatchObject([{ kind: 'run', id, name: 'r', total: 4 }]);
  await client.runs.stop({ id });
  const stopped = await client.runs.get({ id });
  expect(stopped).toMatchObject({ state: 'stopped', step: 2, result: { steps: 2, losses: [9, 8] } });
  const kept = await client.adapters.get({ id: 'r' });
  expect(kept.sha256).toBe('sha of weights of step 2');

  engine.pauseAfter = Number.POSITIVE_INFINITY;
  await client.runs.resume({ id });
  const events = await Array.fromAsync(await client.runs.watch({ id }));
  expect(stepsOf(events)).toEqual([1, 2, 3, 4]);
  expect(events.filter(({ kind }) => kind === 'started')).toHaveLength(1);
  expect(events.filter(({ kind }) => kind === 'finished')).toHaveLength(1);
  const resumed = await client.runs.get({ id });
  expect(resumed.result).toMatchObject({ steps: 4, losses: [9, 8, 7, 6], tokens: 80 });
  const adapters = await client.adapters.list();
  expect(adapters.map(({ name, sha256 }) => [name, sha256])).toEqual([['r', 'sha of weights of step 4']]);
  expect(resumed.adapterId).toBe(adapters[0]?.id);
  expect(resumed.adapterId).toBe(stopped.adapterId);
  // Regression: the earlier files went at once, although an evaluation, an export or an answer may be reading them.
  const paths = [kept.path, adapters[0]?.path ?? ''];
  expect(readdirSync(join(folder, 'data/adapters'))).toEqual(paths.map((path) => basename(path)).sort());
  await app.close();
  await open();
  expect(readdirSync(join(folder, 'data/adapters'))).toEqual([basename(paths[1] ?? '')]);
});

// Regression: where another program held a file of it, it had failed though its adapter was there.
test('a run that cannot remove what it no longer needs has finished all the same', async () => {
  const about = { datasetId: await importRivers(), baseModelId: 'starter', name: 'r', options: { maxSteps: 4 } };
  const { rm } = fs.promises;
  let isHeld = true;
  fs.promises.rm = async (path, options) => {
    if (isHeld && dirname(`${path}`) === join(folder, 'data/runs'))
      throw Object.assign(new Error('EBUSY: held'), { code: 'EBUSY' });
    await rm(path, options);
  };
  syncBuiltinESMExports();
  onTestFinished(() => {
    fs.promises.rm = rm;
    syncBuiltinESMExports();
  });
  const { id } = await client.runs.start(about);
  await Array.fromAsync(await client.runs.watch({ id }));
  expect(await client.runs.get({ id })).toMatchObject({ state: 'finished', error: null });
  expect((await client.adapters.get({ id: 'r' })).sha256).toBe('sha of weights of step 4');
  expect(readdirSync(join(folder, 'data/runs'))).toEqual([id]);

  isHeld = false;
  await app.close();
  await open();
  expect(readdirSync(join(folder, 'data/runs'))).toEqual([]);
});

// Regression: it stayed queued, and could neither begin nor be stopped.
test('a run whose resuming fails is not left in the queue', async () => {
  const log = vi.spyOn(console, 'error').mockImplementation(() => {});
  engine.pauseAfter = 1;
  const datasetId = await importRivers();
  const { id } = await client.runs.start({ datasetId, baseModelId: 'starter', name: 'r', options: { maxSteps: 4 } });
  for await (const event of await client.runs.watch({ id })) if (event.kind === 'step') break;
  await client.runs.stop({ id });
  const database = openDatabase(join(folder, 'data/studio.sqlite'));
  database.exec(`CREATE TRIGGER full BEFORE DELETE ON job_event BEGIN SELECT RAISE(FAIL, 'full'); END`);
  await expect(client.runs.resume({ id })).rejects.toThrow();
  expect(await client.runs.get({ id })).toMatchObject({ state: 'stopped' });
  database.exec('DROP TRIGGER full');
  database.close();
  log.mockRestore();
});

/** A run killed after the engine wrote its checkpoint of step 3, with only the first step's events stored. */
async function killedAtCheckpoint(): Promise<Run> {
  const numbers = { learningRate: 0.1, gradientNorm: 1, tokens: 20, targetTokens: 5, seconds: 2, rssBytes: 7 };
  const worst = { row: 0, loss: 1 };
  const stepAt = (step: number) => ({ kind: 'step' as const, step, loss: 10 - step, ...numbers, worst });
  const trainOn = engine.train.bind(engine);
  engine.train = async function* (job) {
    const facts = { trainRows: 3, validationRows: 1, trainableParameters: 256, totalParameters: 1000 };
    const device = { backend: 'fake', device: 'nothing', precision: 'float32' as const };
    yield { kind: 'started', totalSteps: 4, step: 0, ...facts, ...device };
    yield { kind: 'validation', step: 0, loss: 9, best: false, answers: [] };
    yield stepAt(1);
    yield { kind: 'checkpoint', step: 1 };
    mkdirSync(job.checkpointFolder, { recursive: true });
    writeFileSync(join(job.checkpointFolder, 'step'), '3');
    throw new StudioError('ENGINE_STOPPED', { reason: 'killed' });
  };
  const { run, events } = await train('killed');
  expect([run.state, stepsOf(events)]).toEqual(['interrupted', [1]]);

  engine.train = trainOn;
  const measured = { kind: 'validation' as const, step: 2, loss: 5, best: true, answers: [] };
  engine.told = [stepAt(1), stepAt(2), measured, stepAt(3), { kind: 'checkpoint', step: 3 }];
  return run;
}

test('resuming a run reports the events before its checkpoint that were never stored', async () => {
  const run = await killedAtCheckpoint();
  await client.runs.resume({ id: run.id });
  const resumed = await Array.fromAsync(await client.runs.watch({ id: run.id }));
  expect(resumed.map((event) => `${event.kind}${'step' in event ? ` ${event.step}` : ''}`)).toEqual([
    ...[
      'started',
      'validation 0',
      'step 1',
      'checkpoint 1',
      'step 2',
      'validation 2',
      'step 3',
      'checkpoint 3',
      'step 4',
      'checkpoint 4',
    ],
    'finished',
  ]);
  const { result } = await client.runs.get({ id: run.id });
  expect(result).toMatchObject({ losses: [9, 8, 7, 6], tokens: 80, targetTokens: 20, seconds: 8, bestStep: 2 });
});

// Regression: its tokens were counted and its losses were not.
test('stopping a run that is queued to resume reports the events never stored, too', async () => {
  const { id } = await killedAtCheckpoint();
  engine.pauseAfter = 2;
  const { datasetId } = await client.runs.get({ id });
  const about = { datasetId, baseModelId: 'starter', options: { maxSteps: 4 } };
  const other = await client.runs.start({ ...about, name: 'other' });
  for await (const event of await client.runs.watch({ id: other.id })) if (event.kind === 'step') break;
  expect((await client.runs.resume({ id })).state).toBe('queued');
  await client.runs.stop({ id });
  const { state, result } = await client.runs.get({ id });
  expect({ state, ...result }).toMatchObject({ state: 'stopped', steps: 3, losses: [9, 8, 7], tokens: 60 });
  await client.runs.stop({ id: other.id });
});

test('a paused run makes no adapter; stopping it while it is queued to resume makes one', async () => {
  engine.pauseAfter = 2;
  const datasetId = await importRivers();
  const start = (name: string) =>
    client.runs.start({ datasetId, baseModelId: 'starter', name, options: { maxSteps: 4 } });
  const { id } = await start('r');
  for await (const event of await client.runs.watch({ id })) if (event.kind === 'step' && event.step === 2) break;
  await client.runs.pause({ id });
  expect(await client.runs.get({ id })).toMatchObject({ state: 'paused', step: 2, adapterId: null });

  // Another one is training; the first is queued again, and stopped before its turn.
  const { id: other } = await start('other');
  for await (const event of await client.runs.watch({ id: other })) if (event.kind === 'step') break;
  expect((await client.runs.resume({ id })).state).toBe('queued');
  await client.runs.stop({ id });
  const { state, adapterId, result } = await client.runs.get({ id });
  expect({ state, steps: result?.steps }).toEqual({ state: 'stopped', steps: 2 });
  expect((await client.adapters.get({ id: adapterId ?? '' })).sha256).toBe('sha of weights of step 2');
  await client.runs.stop({ id: other });
});

// Regression: each stop trained in the run's folder on its own, and made an adapter of its own.
test('a paused run stopped twice makes one adapter, and cannot be resumed or deleted meanwhile', async () => {
  engine.pauseAfter = 2;
  const about = { datasetId: await importRivers(), baseModelId: 'starter', options: { maxSteps: 4 } };
  const { id } = await client.runs.start({ ...about, name: 'r' });
  for await (const event of await client.runs.watch({ id })) if (event.kind === 'step' && event.step === 2) break;
  await client.runs.pause({ id });

  const { reached, goOn } = holdInspection();
  const stops = [client.runs.stop({ id }), client.runs.stop({ id })];
  await reached.promise;
  for (const call of [client.runs.resume({ id }), client.runs.delete({ id })]) {
    expect((await safe(call as Promise<unknown>)).error).toMatchObject({ code: 'RUN_ALREADY_ACTIVE' });
  }
  goOn.resolve();
  await Promise.all(stops);
  const { state, adapterId } = await client.runs.get({ id });
  expect(state).toBe('stopped');
  expect((await client.adapters.list()).map((adapter) => adapter.id)).toEqual([adapterId]);
  expect(engine.trained).toHaveLength(2);
  const told = await Array.fromAsync(await client.runs.watch({ id }));
  expect(told.filter(({ kind }) => kind === 'finished')).toEqual([{ kind: 'finished', state: 'stopped', adapterId }]);
});

// Regression: the other one was put into the queue while it was ending, and trained on though it had been stopped.
test('a run resumed while one that trained with it is ending leaves that one alone', async () => {
  engine.pauseAfter = 2;
  const about = { datasetId: await importRivers(), baseModelId: 'starter', options: { maxSteps: 4 } };
  const { id } = await client.runs.start({ ...about, name: 'r', also: { ranks: [4] } });
  for await (const event of await client.runs.watch({ id })) if (event.kind === 'step' && event.step === 2) break;
  await client.runs.pause({ id });
  const other = (await client.runs.list()).find((run) => run.id !== id)?.id ?? '';

  const { reached, goOn } = holdInspection();
  const stopping = client.runs.stop({ id });
  await reached.promise;
  engine.pauseAfter = Number.POSITIVE_INFINITY;
  await client.runs.resume({ id: other });
  goOn.resolve();
  await stopping;
  await Array.fromAsync(await client.runs.watch({ id: other }));
  const states = (await client.runs.list()).map(({ name, state, step }) => `${name}: ${state} ${step}`);
  expect(states.toSorted()).toEqual(['r · r 4: finished 4', 'r: stopped 2']);
});

// Regression: the stop did nothing if there was nothing to keep, and such a run stayed paused for good.
test('stopping a paused run ends it, even with nothing to keep', async () => {
  const datasetId = await importRivers();
  const path = join(folder, 'other-model');
  cpSync(join(folder, 'resources/starter-model'), path, { recursive: true });
  writeFileSync(join(path, 'model.safetensors'), 'other weights');
  const base = await client.baseModels.import({ path, name: 'other' });
  const start = (name: string, baseModelId = 'starter') =>
    client.runs.start({ datasetId, baseModelId, name, options: { maxSteps: 4 } });
  const rests = async (name: string, step: number) => {
    await client.runs.pause({ id: name });
    expect(await client.runs.get({ id: name })).toMatchObject({ state: 'paused', step });
  };
  const ends = async (name: string, step: number) => {
    await client.runs.stop({ id: name });
    expect(await client.runs.get({ id: name })).toMatchObject({ state: 'stopped', step });
  };
  const tells = async (name: string, isIt: (event: RunEvent) => boolean) => {
    for await (const event of await client.runs.watch({ id: name })) if (isIt(event)) return;
  };

  engine.pauseAfter = 0;
  await start('unbegun');
  await tells('unbegun', ({ kind }) => kind === 'started');
  await start('waiting');
  for (const name of ['waiting', 'unbegun']) {
    await rests(name, 0);
    await ends(name, 0);
  }

  engine.pauseAfter = 2;
  await start('kept');
  await tells('kept', (event) => event.kind === 'step' && event.step === 2);
  await ends('kept', 2);
  await client.runs.resume({ id: 'kept' });
  await rests('kept', 2);
  await ends('kept', 2);

  await start('without base', base.id);
  await tells('without base', (event) => event.kind === 'step' && event.step === 2);
  await rests('without base', 2);
  await client.baseModels.delete({ id: base.id });
  await ends('without base', 2);
});

test('a loss spike shows the row as it was trained on, even if the dataset has lost it since', async () => {
  // Regression: the run failed because the row was looked up in the newest version.
  engine.losses = [...Array<number>(13).fill(1), 50];
  engine.pauseAfter = 13;
  const datasetId = await importRivers();
  const about = { datasetId, baseModelId: 'starter', name: 'r', options: { maxSteps: 14 } };
  const { id, datasetVersion } = await client.runs.start(about);
  for await (const event of await client.runs.watch({ id })) if (event.kind === 'step' && event.step === 13) break;
  await client.runs.pause({ id });
  const { examples } = await client.datasets.examples({ id: datasetId, split: 'train', offset: 0, limit: 1 });
  const [row] = examples;
  if (row === undefined) throw new Error('there are training rows');
  await client.versions.deleteRows({ id: datasetId, positions: [row.position] });

  engine.pauseAfter = Number.POSITIVE_INFINITY;
  await client.runs.resume({ id });
  const events = await Array.fromAsync(await client.runs.watch({ id }));
  expect(await client.runs.get({ id })).toMatchObject({ state: 'finished', error: null });
  const rows = [{ exampleId: row.id, asked: 'Question: Which river is long?', loss: 51 }];
  expect(events.find(({ kind }) => kind === 'spike')).toEqual({ kind: 'spike', step: 14, loss: 50, usual: 1, rows });
  const found = await client.datasets.example({ datasetId, exampleId: row.id, version: datasetVersion });
  expect(found).toMatchObject({ context: row.context, target: row.target });
});

test('a run can be repeated, and records the machine it ran on', async () => {
  const { run } = await train('rivers');
  expect(run.machine).toMatchObject({ backend: 'fake', device: 'nothing', studio: expect.any(String) });
  const again = await client.runs.repeat({ id: run.id });
  await Array.fromAsync(await client.runs.watch({ id: again.id }));
  const repeated = await client.runs.get({ id: again.id });
  expect(repeated).toMatchObject({ name: 'rivers 2', repeats: run.id, options: run.options, state: 'finished' });
  const shaOf = async (id: string | null) => (await client.adapters.get({ id: id ?? '' })).sha256;
  expect(await shaOf(repeated.adapterId)).toBe(await shaOf(run.adapterId));
  await client.datasets.delete({ id: run.datasetId });
  expect((await safe(client.runs.repeat({ id: run.id }))).error).toMatchObject({ code: 'RUN_NOT_REPEATABLE' });
});

// Regression: it was said to be another adapter, since earlier versions hashed only the weights, and later ones
// everything that matters.
test('repeating a run of an earlier version yields the same adapter', async () => {
  const { run } = await train('rivers');
  const inspect = engine.inspectAdapter.bind(engine);
  engine.inspectAdapter = async (job) => ({
    ...(await inspect(job)),
    sha256: 'of the weights, the scale and the rest',
  });
  const shaOf = async (id: string | null) => (await client.adapters.get({ id: id ?? '' })).sha256;
  const { id } = await client.runs.repeat({ id: run.id });
  await Array.fromAsync(await client.runs.watch({ id }));
  expect(await shaOf((await client.runs.get({ id })).adapterId)).toBe(await shaOf(run.adapterId));
  const { run: other } = await train('other');
  expect(await shaOf(other.adapterId)).toBe('of the weights, the scale and the rest');
});

// Regression: lists said “removed”, and gave an evaluation the custom task.
test('runs and evaluations keep the name and task of a deleted dataset', async () => {
  const { datasetId } = (await train('rivers')).run;
  const about = { datasetId, baseModelId: 'starter', adapterIds: [], split: 'test' as const };
  await Array.fromAsync(await client.evaluations.watch({ id: (await client.evaluations.start(about)).id }));
  const { name, task } = await client.datasets.get({ id: datasetId });
  await client.datasets.delete({ id: datasetId });
  expect(await client.runs.list()).toMatchObject([{ datasetName: name, task }]);
  expect(await client.evaluations.list()).toMatchObject([{ provenance: { dataset: { name } }, task }]);
});

test('start-up keeps what the studio did not make, even when the database is missing', async () => {
  // Regression: every start removed what its database did not know, even if the database had just been created.
  const { run } = await train('rivers');
  const { path } = await client.adapters.get({ id: run.adapterId ?? '' });
  const kept = [
    'adapters/my-lora',
    'runs/exp1',
    'lab/notes',
    'lab/cells/mine',
    'base-models/my.partial',
    'uploads/x',
    'unpacked/x',
  ];
  const left = [
    'adapters/.sent-abcDEF',
    'runs/probe-abcDEF',
    'lab/0123456789abcdefghjk',
    'runs/zzzzzzzzzzzzzzzzzzzz',
    'unpacked/zzzzzzzzzzzzzzzzzzzz',
    // Of an import killed just before its row was written. Regression: it stayed for ever.
    'base-models/zzzzzzzzzzzzzzzzzzzz',
  ];
  const make = (name: string) => mkdirSync(join(folder, 'data', name), { recursive: true });
  const there = (names: readonly string[]) => names.filter((name) => existsSync(join(folder, 'data', name)));
  for (const name of [...kept, ...left]) make(name);
  await app.close();
  await open();
  expect(there(kept)).toEqual(kept);
  // An id this old cannot be from a database created after it.
  expect(there(left)).toEqual(['lab/0123456789abcdefghjk']);

  await app.close();
  rmSync(join(folder, 'data/studio.sqlite'));
  for (let starts = 0; starts < 2; starts++) {
    await open();
    expect(await client.adapters.list()).toEqual([]);
    expect(there(kept)).toEqual(kept);
    expect(existsSync(path)).toBe(true);
    await app.close();
  }
  await open();
});

// Regression: a data folder from somebody else, or a copy of one's own, could remove what another studio had there.
test('start-up removes nothing unknown from a folder that is only linked', async () => {
  await app.close();
  for (const name of ['adapters', 'runs', 'lab', 'base-models']) {
    const [own, elsewhere] = [join(folder, 'data', name), join(folder, name)];
    renameSync(own, elsewhere);
    symlinkSync(elsewhere, own, 'junction');
    mkdirSync(join(elsewhere, 'zzzzzzzzzzzzzzzzzzzz'));
  }
  await open();
  for (const name of ['adapters', 'runs', 'lab', 'base-models'])
    expect(existsSync(join(folder, name, 'zzzzzzzzzzzzzzzzzzzz')), name).toBe(true);
});

// Regression: in a data folder from somebody else, it was written over any file that a link in its place led to.
test('the disk reserve is written over nothing that a link leads to', async () => {
  await app.close();
  const [letter, reserve] = [join(folder, 'letter.txt'), join(folder, 'data/reserve')];
  writeFileSync(letter, 'Dear');
  rmSync(reserve, { force: true });
  symlinkSync(letter, reserve);
  await open();
  expect(readFileSync(letter, 'utf8')).toBe('Dear');
});

// Regression: it was reported as an internal error, with a stack.
test('a database damaged beyond its first page is reported, and opens again once repaired', async () => {
  await app.close();
  const file = join(folder, 'data', 'studio.sqlite');
  const bytes = readFileSync(file);
  writeFileSync(file, Buffer.from(bytes).fill(0xff, 4096, bytes.length));
  await expect(open()).rejects.toMatchObject({ code: 'DATABASE_DAMAGED', data: { file } });
  writeFileSync(file, bytes);
  await open();
});

// Regression: it was an internal error without any explanation.
test('a damaged database page met at run time is reported as damage', async () => {
  const { run } = await train('rivers');
  await app.close();
  const file = join(folder, 'data', 'studio.sqlite');
  const database = openDatabase(file);
  const told = database.prepare('INSERT INTO job_event (job_id, sequence, event) VALUES (?, ?, ?)');
  const event = JSON.stringify({ kind: 'checkpoint', step: 4, ballast: 'x'.repeat(1000) });
  database.transaction(() => {
    for (let sequence = 1000; sequence < 4000; sequence++) told.run(run.id, sequence, event);
  })();
  database.close();
  const sound = readFileSync(file);
  const half = Math.floor(sound.length / 2);
  writeFileSync(file, Buffer.from(sound).fill(0xa5, half, Math.floor(half * 1.5)));
  await open();
  const reading = async () => Array.fromAsync(await client.runs.watch({ id: run.id }));
  expect((await safe(reading())).error).toMatchObject({ code: 'DATABASE_DAMAGED', data: { file } });
  expect((await client.runs.list()).map(({ name }) => name)).toEqual(['rivers']);
});

// Regression: the window showed it with a stack.
test('a data folder that cannot be moved is reported and stays where it was', async () => {
  const from = join(folder, 'data');
  const blocked = join(folder, 'file', 'data');
  writeFileSync(join(folder, 'file'), '');
  const because = expect.objectContaining({ code: 'PATH_FILE_IN_WAY' });
  const data = expect.objectContaining({ because });
  expect(() => moveDataFolder(from, blocked)).toThrow(expect.objectContaining({ code: 'DATA_FOLDER_UNUSABLE', data }));
  expect(existsSync(join(from, 'studio.sqlite'))).toBe(true);
});

test('a data folder that cannot be written is reported', async () => {
  const file = join(folder, 'file');
  writeFileSync(file, '');
  const opening = createApp({ dataDir: join(file, 'data'), resourcesDir: resources, engine });
  await expect(opening).rejects.toMatchObject({
    ...{ code: 'DATA_FOLDER_UNUSABLE', data: { because: { code: 'PATH_FILE_IN_WAY' } } },
  });
});

test('an export leaves neighbouring files alone', async () => {
  const { run } = await train('rivers');
  const id = run.adapterId ?? '';
  for (const [format, strength] of [
    ['peft', 1],
    ['peft', 0.5],
    ['gguf', 1],
  ] as const) {
    const out = join(folder, `${format}-${strength}`);
    mkdirSync(`${out}.partial`);
    writeFileSync(join(`${out}.partial`, 'mine'), '');
    await Array.fromAsync(await client.adapters.export({ id, format, strength, out }));
    expect(readdirSync(out)).not.toContain('mine');
    expect(readdirSync(`${out}.partial`)).toEqual(['mine']);
    expect((await safe(Array.fromAsync(await client.adapters.export({ id, format, out })))).error).toMatchObject({
      code: 'OUT_UNUSABLE',
    });
  }
  expect(readdirSync(folder).filter((name) => /\.[0-9a-f]{16}\.partial$/.test(name))).toEqual([]);
});

test('a deleted run can be restored until the next start', async () => {
  const { run } = await train('rivers');
  await client.runs.delete({ id: run.id });
  expect(await client.runs.list()).toEqual([]);
  expect((await client.runs.restore({ id: run.id })).name).toBe('rivers');
  // Regression: where the clock was set back, until it had caught up.
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_600_000 });
  await client.runs.delete({ id: run.id });
  vi.useRealTimers();
  await app.close();
  await open();
  expect((await safe(client.runs.restore({ id: run.id }))).error).toMatchObject({ code: 'RUN_NOT_FOUND' });
});

// Regression: another window did not offer them until something else of its lists had changed.
test('settings are saved by name, and saving again replaces them', async () => {
  const leave = new AbortController();
  const changes = await client.studio.changes(undefined, { signal: leave.signal });
  const told = changes.next();
  await client.runs.settings.save({ name: 'mine', preset: 'quick', options: { rank: 4 } });
  await client.runs.settings.save({ name: 'mine', preset: null, options: { rank: 2, targets: ['q'] } });
  const [mine, ...others] = await client.runs.settings.list();
  expect(mine).toMatchObject({ name: 'mine', preset: null, options: { rank: 2, targets: ['q'] } });
  expect(others).toEqual([]);
  await client.runs.settings.delete({ id: mine?.id ?? '' });
  expect(await client.runs.settings.list()).toEqual([]);
  expect((await told).value).toEqual({ noun: 'run' });
  leave.abort();
});

test('a run with evaluateAfter is evaluated as soon as it finishes', async () => {
  const datasetId = await importRivers();
  const about = { datasetId, baseModelId: 'starter', name: 'r', options: { maxSteps: 4 }, evaluateAfter: true };
  const { id } = await client.runs.start(about);
  await Array.fromAsync(await client.runs.watch({ id }));
  await vi.waitFor(async () => expect((await client.evaluations.list())[0]?.state).toBe('finished'), patient);
  const [evaluation] = await client.evaluations.list();
  expect(evaluation?.results.map(({ adapterId }) => adapterId)).toEqual([
    null,
    (await client.runs.get({ id })).adapterId,
  ]);
});

// Regression: the wish was forgotten when the process ended between the end of the run and the evaluation's begin.
test.each(['finished', 'running'])(
  'the evaluation of a run whose process was killed as it ended (%s) is begun at the next start, and once',
  async (state) => {
    const { run } = await train('wanted');
    await train('not wanted');
    await app.close();
    const database = openDatabase(join(folder, 'data/studio.sqlite'));
    database.prepare('UPDATE run SET evaluate_after = 1 WHERE id = ?').run(run.id);
    database.prepare(`UPDATE job SET state = ?, owner = 'a process that is gone' WHERE id = ?`).run(state, run.id);
    database.close();
    const measured = async () => {
      const evaluations = await client.evaluations.list();
      return evaluations.map(({ results }) => results.map(({ adapterId }) => adapterId));
    };

    await open({ takesUpWork: true });
    await vi.waitFor(async () => expect(await measured()).toEqual([[null, run.adapterId]]), patient);
    for (let start = 0; start < 2; start++) {
      await app.close();
      await open({ takesUpWork: true });
      expect(await measured()).toEqual([[null, run.adapterId]]);
    }
  },
);

// Regression: the evaluation was stored first, so that one killed in between was begun again beside it at the next
// start, and an error there ended the process.
test('the evaluation of a run is begun once, although it could not be noted that it was', async () => {
  const told = vi.spyOn(console, 'error').mockImplementation(() => {});
  const noting = vi.spyOn(RunStore.prototype, 'setEvaluated').mockImplementation(() => {
    throw new Error('The disk is full.');
  });
  onTestFinished(() => [told, noting].forEach((spy) => void spy.mockRestore()));
  const about = { datasetId: await importRivers(), baseModelId: 'starter', name: 'r', options: { maxSteps: 4 } };
  const { id } = await client.runs.start({ ...about, evaluateAfter: true });
  await Array.fromAsync(await client.runs.watch({ id }));
  await vi.waitFor(() => expect(noting).toHaveBeenCalled(), patient);
  await app.close();
  noting.mockRestore();

  await open({ takesUpWork: true });
  const states = async () => (await client.evaluations.list()).map(({ state }) => state);
  await vi.waitFor(async () => expect(await states()).toEqual(['finished']), patient);
});

// Regression: space for all rows of the dataset was required, and a short run on millions of them was refused.
test('a short run on a large dataset needs disk space only for the rows it uses', async () => {
  const path = join(folder, 'many.csv');
  const passage = 'The river is long. '.repeat(20);
  writeFileSync(
    path,
    `context,target\n${Array.from({ length: 70_000 }, (_, i) => `${passage}${i},${i}`).join('\n')}\n`,
  );
  for await (const _ of await client.datasets.import({ source: { kind: 'path', path }, task: 'custom' }));
  const diskOf = async (maxSteps: number | null) => {
    const options = { maxSteps, batchSize: 4, epochs: 1, rank: 2 };
    return (await client.runs.estimate({ datasetId: 'many', baseModelId: 'starter', options })).disk.bytes;
  };
  const [part, all] = [await diskOf(10), await diskOf(null)];
  // Forty of 56,000 training rows, plus the validation rows, one row in ten.
  expect(part).toBeLessThan(all / 3);
});

test('grouped runs are queued, paused, resumed, evaluated and repeated together', async () => {
  engine.pauseAfter = 2;
  const datasetId = await importRivers();
  const about = { datasetId, baseModelId: 'starter', options: { maxSteps: 4, rank: 2 }, evaluateAfter: true };
  const also = { ranks: [4, 8], seeds: [7] };
  const [one, six] = [await client.runs.estimate(about), await client.runs.estimate({ ...about, also })];
  expect(six.group).toMatchObject({ runs: 6, together: 6, alone: { seconds: one.time.seconds } });
  expect(six.time.seconds).toBeLessThan(6 * one.time.seconds);
  expect([one.trainableParameters, six.trainableParameters].map((n) => n / one.trainableParameters)).toEqual([1, 14]);
  const { id: other } = await client.runs.start({ ...about, name: 'other' });
  const first = await client.runs.start({ ...about, name: 'r', also: { ranks: [4] } });
  const { id: last } = await client.runs.start({ ...about, name: 'last' });
  const placesOf = async () => {
    const runs = await client.runs.list();
    return Object.fromEntries(runs.map(({ name, queuePlace }) => [name, queuePlace]));
  };
  expect(await placesOf()).toEqual({ other: null, r: 1, 'r · r 4': 1, last: 2 });
  await client.runs.move({ id: first.id, to: 2 });
  expect(await placesOf()).toEqual({ other: null, last: 1, r: 2, 'r · r 4': 2 });
  await client.runs.stop({ id: last });
  await client.runs.stop({ id: other });

  const statesOf = async () => {
    const group = (await client.runs.list()).filter((run) => run.group?.id === first.id);
    return Object.fromEntries(group.map((run) => [run.name, `${run.state} ${run.step}`]));
  };
  for await (const event of await client.runs.watch({ id: first.id }))
    if (event.kind === 'step' && event.step === 2) break;
  await client.runs.pause({ id: first.id });
  expect(await statesOf()).toEqual({ r: 'paused 2', 'r · r 4': 'paused 0' });
  engine.pauseAfter = Number.POSITIVE_INFINITY;
  const second = (await client.runs.list()).find(({ name }) => name === 'r · r 4')?.id ?? '';
  await client.runs.resume({ id: second });
  for (const id of [first.id, second]) {
    expect(stepsOf(await Array.fromAsync(await client.runs.watch({ id })))).toEqual([1, 2, 3, 4]);
  }
  expect(await statesOf()).toEqual({ r: 'finished 4', 'r · r 4': 'finished 4' });
  const made = (await client.runs.list()).filter((run) => run.group?.id === first.id).map((run) => run.adapterId);
  await vi.waitFor(async () => expect((await client.evaluations.list())[0]?.state).toBe('finished'), patient);
  const [evaluation] = await client.evaluations.list();
  expect(evaluation?.results.map(({ adapterId }) => adapterId)).toEqual([null, ...made.toReversed()]);

  // A repeat covers the whole group: what a run trains with affects its last digits.
  const again = await client.runs.repeat({ id: second });
  await Array.fromAsync(await client.runs.watch({ id: again.id }));
  expect(again).toMatchObject({ name: 'r · r 4 2', repeats: second, group: { size: 2 } });
  // Without duplicates.
  expect((await client.runs.estimate({ ...about, also: { seeds: [3, 3] } })).group?.runs).toBe(2);
});

// Regression: what had finished was evaluated as soon as the other was paused, and again at the end.
test.each(['resumed', 'stopped', 'deleted'] as const)(
  'a run that finished before the one it trains with was paused is evaluated once that one is %s',
  async (goesOn) => {
    const train = engine.train.bind(engine);
    // The one that is stopped has nothing to keep, and ends without another event.
    const stepsOfOther = goesOn === 'stopped' ? 0 : 2;
    engine.train = (job, signal) => {
      engine.pauseAfter = job.method.kind === 'lora' && job.method.rank === 4 ? stepsOfOther : Infinity;
      return train(job, signal);
    };
    const about = { datasetId: await importRivers(), baseModelId: 'starter', options: { maxSteps: 4, rank: 2 } };
    const { id } = await client.runs.start({ ...about, name: 'r', also: { ranks: [4] }, evaluateAfter: true });
    const other = (await client.runs.list()).find(({ name }) => name === 'r · r 4')?.id ?? '';
    await Array.fromAsync(await client.runs.watch({ id }));
    for await (const event of await client.runs.watch({ id: other })) if (event.kind === 'validation') break;
    await client.runs.pause({ id: other });
    expect(await client.evaluations.list()).toEqual([]);

    engine.train = train;
    engine.pauseAfter = Number.POSITIVE_INFINITY;
    if (goesOn === 'resumed') {
      await client.runs.resume({ id: other });
      await Array.fromAsync(await client.runs.watch({ id: other }));
    } else if (goesOn === 'stopped') await client.runs.stop({ id: other });
    else await client.runs.delete({ id: other });
    const states = async () => (await client.evaluations.list()).map(({ state }) => state);
    await vi.waitFor(async () => expect(await states()).toEqual(['finished']), patient);
    const [evaluation] = await client.evaluations.list();
    expect(evaluation?.results).toHaveLength(goesOn === 'resumed' ? 3 : 2);
  },
);

test('a speed probe measures once and leaves nothing behind', async () => {
  const about = { datasetId: await importRivers(), baseModelId: 'starter', options: { rank: 2 } };
  expect((await client.runs.estimate(about)).time.basis).toBe('guess');
  expect(await client.runs.probe(about)).toEqual({ measured: true });
  expect(engine.trained).toHaveLength(1);
  expect(await client.runs.probe(about)).toEqual({ measured: true });
  expect(engine.trained).toHaveLength(1);
  expect((await client.runs.estimate(about)).time.basis).not.toBe('guess');
  expect(readdirSync(join(folder, 'data/runs'))).toEqual([]);
});

// Regression: only a training kept it from being measured, and the speed beside an evaluation stayed.
test('a speed is not measured beside an evaluation', async () => {
  const datasetId = await importRivers();
  const held = holdAnswers();
  const about = { datasetId, baseModelId: 'starter', adapterIds: [], split: 'train' as const };
  const { id } = await client.evaluations.start(about);
  expect(await client.runs.probe({ datasetId, baseModelId: 'starter' })).toEqual({ measured: false });
  held.resolve();
  await Array.fromAsync(await client.evaluations.watch({ id }));
  expect(await client.runs.probe({ datasetId, baseModelId: 'starter' })).toEqual({ measured: true });
});

test('a run active when the studio closes is interrupted without an adapter, and can be resumed', async () => {
  engine.pauseAfter = 2;
  const datasetId = await importRivers();
  const { id } = await client.runs.start({ datasetId, baseModelId: 'starter', name: 'r', options: { maxSteps: 4 } });
  for await (const event of await client.runs.watch({ id })) if (event.kind === 'step') break;
  await app.close();
  engine.pauseAfter = Number.POSITIVE_INFINITY;
  await open();
  expect(await client.runs.get({ id })).toMatchObject({ state: 'interrupted', adapterId: null });
  await client.runs.resume({ id });
  expect((await Array.fromAsync(await client.runs.watch({ id }))).at(-1)).toMatchObject({ state: 'finished' });
});

test('runs queued when the studio closes keep their order, and begin where work is taken up', async () => {
  engine.pauseAfter = 2;
  const datasetId = await importRivers();
  const start = (name: string) =>
    client.runs.start({ datasetId, baseModelId: 'starter', name, options: { maxSteps: 4 } });
  const { id } = await start('going');
  for await (const event of await client.runs.watch({ id })) if (event.kind === 'step') break;
  for (const name of ['a', 'b', 'c']) await start(name);
  await client.runs.move({ id: 'c', to: 1 });
  expect((await safe(client.runs.move({ id, to: 1 }))).error).toMatchObject({ code: 'RUN_NOT_WAITING' });
  const queue = async () =>
    (await client.runs.list())
      .filter(({ queuePlace }) => queuePlace !== null)
      .toSorted((a, b) => (a.queuePlace ?? 0) - (b.queuePlace ?? 0))
      .map(({ name }) => name);
  expect(await queue()).toEqual(['c', 'a', 'b']);
  await app.close();
  engine.pauseAfter = Number.POSITIVE_INFINITY;

  // A short-lived command leaves them alone, but can change the queue.
  await open();
  expect(await queue()).toEqual(['c', 'a', 'b']);
  await client.runs.move({ id: 'b', to: 2 });
  await client.runs.stop({ id: 'a' });
  expect((await client.runs.get({ id: 'a' })).state).toBe('stopped');
  await app.close();

  const trained = engine.trained.length;
  await open({ takesUpWork: true });
  await Array.fromAsync(await client.runs.watch({ id: 'b' }));
  const places = engine.trained.slice(trained).map(({ outputFolder }) => basename(dirname(outputFolder)));
  expect(places).toEqual([(await client.runs.get({ id: 'c' })).id, (await client.runs.get({ id: 'b' })).id]);
  expect((await client.runs.list()).map(({ state }) => state).toSorted()).toEqual([
    ...['finished', 'finished', 'interrupted', 'stopped'],
  ]);
});

// Regression: it waited for the next start, and an evaluation was shown as running meanwhile.
test('work that another process leaves queued is taken up by a studio that is open', async () => {
  await app.close();
  await open({ takesUpWork: true });
  const datasetId = await importRivers();
  engine.pauseAfter = 1;
  const folders = { dataDir: join(folder, 'data'), resourcesDir: join(folder, 'resources') };
  const other = await createApp({ ...folders, engine });
  const theirs: typeof client = createRouterClient(other.router, { context: { caller: 'trusted' } });
  const about = { datasetId, baseModelId: 'starter', options: { maxSteps: 4 } };
  const { id } = await theirs.runs.start({ ...about, name: 'going' });
  for await (const event of await theirs.runs.watch({ id })) if (event.kind === 'step') break;
  await theirs.runs.start({ ...about, name: 'left' });
  engine.pauseAfter = Number.POSITIVE_INFINITY;
  await other.close();
  const states = async () => (await client.runs.list()).map(({ name, state }) => `${name} ${state}`);
  await expect.poll(states).toEqual(['left finished', 'going interrupted']);
});

test('a run left queued can be resumed on its own', async () => {
  engine.pauseAfter = 1;
  const datasetId = await importRivers();
  const about = { datasetId, baseModelId: 'starter', options: { maxSteps: 4 } };
  const { id } = await client.runs.start({ ...about, name: 'going' });
  for await (const event of await client.runs.watch({ id })) if (event.kind === 'step') break;
  await client.runs.start({ ...about, name: 'left' });
  await app.close();
  engine.pauseAfter = Number.POSITIVE_INFINITY;
  await open();
  await client.runs.resume({ id: 'left' });
  await Array.fromAsync(await client.runs.watch({ id: 'left' }));
  expect((await client.runs.get({ id: 'left' })).state).toBe('finished');
});

test('a run that continues an adapter reports the starting loss of adapter and base', async () => {
  const { run: first } = await train('begun');
  const { run, events } = await train('gone on', { maxSteps: 4, initAdapterId: first.adapterId });
  expect(events[1]).toEqual({ kind: 'validation', step: 0, best: false, loss: 3, base: { loss: 9 } });
  expect(run.result).toMatchObject({ baseValidationLoss: 9, startValidationLoss: 3 });
  expect(first.result?.startValidationLoss).toBeNull();
});

// Regression: a lower learning rate was advised when weights of 1e30 gave NaN before the first step.
test.each([
  { step: 0, rows: '0', split: 'validation' as const },
  { step: 1, rows: '0, 2', split: 'train' as const },
])('an initial adapter that yields NaN is named as the cause: $split', async (diverged) => {
  const { run: first } = await train('begun');
  engine.failure = new StudioError('RUN_DIVERGED', diverged);
  const { run } = await train('gone on', { maxSteps: 4, initAdapterId: first.adapterId });
  expect(run.error).toMatchObject({ code: 'MODEL_WITHOUT_NUMBERS', message: expect.stringContaining('“begun”') });
});

test('a run cannot be resumed once its initial adapter is deleted', async () => {
  const { run: first } = await train('begun');
  engine.pauseAfter = 1;
  const datasetId = (await client.datasets.list())[0]?.id ?? '';
  const options = { maxSteps: 4, initAdapterId: first.adapterId };
  const { id } = await client.runs.start({ datasetId, baseModelId: 'starter', name: 'gone on', options });
  for await (const event of await client.runs.watch({ id })) if (event.kind === 'step') break;
  await client.runs.stop({ id });
  await Array.fromAsync(await client.runs.watch({ id }));
  await client.adapters.delete({ id: first.adapterId ?? '' });
  const { error } = await safe(client.runs.resume({ id }));
  expect(error).toMatchObject({ code: 'RUN_NOT_RESUMABLE', data: { reason: expect.stringContaining('was deleted') } });
});

// Regression: the repeat began with what the adapter had become, and counted as the same run.
test('a run cannot be repeated once its initial adapter has been trained further', async () => {
  engine.pauseAfter = 2;
  const datasetId = await importRivers();
  const about = { datasetId, baseModelId: 'starter', name: 'begun', options: { maxSteps: 4 } };
  const { id } = await client.runs.start(about);
  for await (const event of await client.runs.watch({ id })) if (event.kind === 'step' && event.step === 2) break;
  await client.runs.stop({ id });
  await Array.fromAsync(await client.runs.watch({ id }));
  engine.pauseAfter = Number.POSITIVE_INFINITY;
  const begun = await client.adapters.get({ id: 'begun' });
  const { run } = await train('gone on', { maxSteps: 4, initAdapterId: begun.id });
  expect(run.initialSha256).toBe(begun.sha256);
  const again = await client.runs.repeat({ id: run.id });
  await Array.fromAsync(await client.runs.watch({ id: again.id }));
  expect((await client.runs.get({ id: again.id })).initialSha256).toBe(begun.sha256);

  await client.runs.resume({ id });
  await Array.fromAsync(await client.runs.watch({ id }));
  const { error } = await safe(client.runs.repeat({ id: run.id }));
  const reason = expect.stringContaining('has been trained further since then');
  expect(error).toMatchObject({ code: 'RUN_NOT_REPEATABLE', data: { reason } });
});

// Regression: rows were named by their index in a file of the run, which nobody can look up.
test('a diverged run names the rows and cannot be resumed', async () => {
  const datasetId = await importRivers();
  const { examples } = await client.datasets.examples({ id: datasetId, split: 'train', offset: 0, limit: 3 });
  engine.failure = new StudioError('RUN_DIVERGED', { step: 1, rows: '0, 2' });
  const { run, events } = await train('bad');
  const ids = [examples[0]?.id, examples[2]?.id];
  const failure = { code: 'RUN_DIVERGED', message: expect.stringContaining(`(rows ${ids.join(', ')})`) };
  expect(run).toMatchObject({ state: 'failed', adapterId: null, error: failure });
  const told = events.find((event) => event.kind === 'spike');
  expect(told?.rows.map(({ exampleId }) => exampleId)).toEqual(ids);
  const { error } = await safe(client.runs.resume({ id: run.id }));
  expect(error).toMatchObject({ code: 'RUN_NOT_RESUMABLE' });
});

// Regression: the first was reported as diverged, and from the second on they ended silently without an adapter.
test('in a group trained one by one, a diverging run fails and the rest continue', async () => {
  const train = engine.train.bind(engine);
  const rows = { rows: '0', split: 'train' as const };
  engine.train = async function* (job, signal) {
    if (job.method.kind === 'lora' && job.method.rank === 4)
      throw new StudioError('RUN_DIVERGED', { step: 1, ...rows });
    yield* train(job, signal);
  };
  const about = { datasetId: await importRivers(), baseModelId: 'starter', options: { maxSteps: 2, backend: 'tfjs' } };
  const { id } = await client.runs.start({ ...about, name: 'r', also: { ranks: [4, 2] } } as never);
  const runs = (await client.runs.list()).filter(({ group }) => group?.id === id).toReversed();
  for (const run of runs) await Array.fromAsync(await client.runs.watch({ id: run.id }));
  const ended = await Promise.all(runs.map((run) => client.runs.get({ id: run.id })));
  expect(ended.map(({ name, state, adapterId }) => [name, state, adapterId !== null])).toEqual([
    ['r', 'finished', true],
    ['r · r 4', 'failed', false],
    ['r · r 2', 'finished', true],
  ]);
  expect(ended[1]?.error).toMatchObject({ code: 'RUN_DIVERGED', data: { split: 'train' } });
});

// Regression: the base was loaded for each of the others, only to be stopped at once.
test('in a group trained one by one, stopping one run skips the rest', async () => {
  engine.pauseAfter = 2;
  const about = { datasetId: await importRivers(), baseModelId: 'starter', options: { maxSteps: 4, backend: 'tfjs' } };
  const { id } = await client.runs.start({ ...about, name: 'r', also: { ranks: [4, 2] } } as never);
  for await (const event of await client.runs.watch({ id })) if (event.kind === 'step' && event.step === 2) break;
  await client.runs.stop({ id });
  expect(engine.trained).toHaveLength(1);
  const runs = (await client.runs.list()).filter(({ group }) => group?.id === id).toReversed();
  expect(runs.map(({ state, adapterId }) => [state, adapterId !== null])).toEqual([
    ['stopped', true],
    ['stopped', false],
    ['stopped', false],
  ]);
});

test('a taken name, a missing matrix, an excessive length and an unknown base are refused up front', async () => {
  await train('rivers');
  const datasetId = (await client.datasets.list())[0]?.id ?? '';
  const about = { datasetId, baseModelId: 'starter' };
  const codeOf = async (call: Promise<unknown>) => ((await safe(call)).error as { code?: string } | null)?.code;
  expect(await codeOf(client.runs.start({ ...about, name: 'rivers' }))).toBe('OPTION_INVALID');
  expect(await codeOf(client.runs.start({ ...about, name: 'x', options: { targets: ['up'] } }))).toBe('OPTION_INVALID');
  expect(await codeOf(client.runs.start({ ...about, name: 'x', options: { maxLength: 9999 } }))).toBe('OPTION_INVALID');
  expect(await codeOf(client.runs.start({ ...about, baseModelId: 'none', name: 'x' }))).toBe('BASE_MODEL_NOT_FOUND');
  expect(engine.trained).toHaveLength(1);
});

test('an estimate counts tokens, and its memory is the sum of its parts', async () => {
  const datasetId = await importRivers();
  const estimate = await client.runs.estimate({ datasetId, baseModelId: 'starter', options: { rank: 2 } });
  // Two 8 × 8 matrices at rank 2.
  expect(estimate).toMatchObject({ trainableParameters: 64, fits: true, options: { rank: 2 } });
  expect(estimate.tokens.target).toBeLessThan(estimate.tokens.total);
  expect(estimate.memory.bytes).toBe(Object.values(estimate.memory.parts).reduce((sum, part) => sum + part, 0));
});

// Regression: it counted the tokens that are cut, from which nobody could tell how many rows are affected.
test('an estimate counts the rows that are shortened, and those whose target does not fit', async () => {
  const path = join(folder, 'lengths.csv');
  const texts = ['short,yes', `short,${'no '.repeat(40)}`, `${'long '.repeat(40)},yes`, `${'longer '.repeat(40)},yes`];
  writeFileSync(path, `context,target,split\n${texts.map((text) => `${text},train\n`).join('')}`);
  const mapping = { context: 'context', target: 'target', split: 'split' };
  const imported = await Array.fromAsync(
    await client.datasets.import({ source: { kind: 'path', path }, task: 'custom', mapping }),
  );
  const last = imported.at(-1);
  const datasetId = last?.kind === 'finished' ? last.dataset.id : '';
  const estimated = async (maxLength: number) =>
    (await client.runs.estimate({ datasetId, baseModelId: 'starter', options: { maxLength, epochs: 1 } })).data;
  const whole = await estimated(200);
  expect(whole).toMatchObject({ rows: 4, cut: 0, leftOut: 0, unreadScript: null });
  expect(await estimated(30)).toMatchObject({ rows: 3, cut: 2, leftOut: 1 });
  // The limit under which nothing is shortened or left out is told whatever the limit is.
  for (const maxLength of [30, whole.longest]) expect((await estimated(maxLength)).longest).toBe(whole.longest);
  expect(await estimated(whole.longest)).toMatchObject({ cut: 0, leftOut: 0 });
  expect((await estimated(whole.longest - 1)).cut).toBe(1);
});

// Regression: it counted three passes over all rows, and all their tokens, although the steps end in the first pass.
test('an estimate counts only the rows and tokens read before the last step', async () => {
  const datasetId = await importRivers();
  const estimated = (options: object) => client.runs.estimate({ datasetId, baseModelId: 'starter', options });
  const [all, half] = [
    await estimated({ epochs: 1, batchSize: 1 }),
    await estimated({ epochs: 3, batchSize: 1, maxSteps: 8 }),
  ];
  const { train } = (await client.datasets.get({ id: datasetId })).splits;
  expect(all.data).toMatchObject({ rows: train, of: train, passes: 1 });
  expect(half.data).toMatchObject({ rows: 8, of: train, passes: 8 / train });
  expect(half.tokens.target).toBe(Math.round((8 / train) * all.tokens.target));
});

test('a conversation can switch between base and adapter each turn, and records who answered', async () => {
  await train('rivers');
  const { id: conversationId } = await client.chat.createConversation({ baseModelId: 'starter' });
  const ask = async (adapterId: string | null, sampling = {}) => {
    const input = { conversationId, text: 'Which river?', input: { passage: 'It is long.' }, adapterId, sampling };
    const events: ChatEvent[] = await Array.fromAsync(await client.chat.send(input));
    const last = events.at(-1);
    if (last?.kind !== 'finished') throw new Error('no answer');
    return last.answer;
  };
  const adapter = await client.adapters.get({ id: 'rivers' });
  expect(await ask('rivers')).toMatchObject({ adapterName: 'rivers', adapterSha256: adapter.sha256, task: 'mrc' });
  expect(await ask(null)).toMatchObject({ adapterId: null, adapterName: null, finish: 'end', switchMs: 1, tokens: 3 });
  // An adapter reads its task's layout; the base gets the same.
  expect(engine.asked[0]?.promptIds).toEqual(engine.asked[1]?.promptIds);
  expect(engine.asked[0]?.adapter).toEqual({ folder: adapter.path, strength: 1 });
  const messages = (await client.chat.messages({ conversationId })).messages;
  expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user', 'assistant']);
  expect((await client.chat.conversations())[0]).toMatchObject({ id: conversationId, messages: 4 });

  await Array.fromAsync(await client.chat.regenerate({ conversationId, adapterId: 'rivers' }));
  const after = (await client.chat.messages({ conversationId })).messages;
  expect(after).toHaveLength(4);
  expect(after.at(-1)).toMatchObject({ role: 'assistant', adapterName: 'rivers' });
  // The earlier answer remains as a sibling of the new one.
  expect(after.at(-1)?.siblings).toEqual([messages.at(-1)?.id, after.at(-1)?.id]);
});

test('an abandoned answer keeps the text written so far', async () => {
  const { id: conversationId } = await client.chat.createConversation({ baseModelId: 'starter' });
  for await (const event of await client.chat.send({ conversationId, text: 'one two three', adapterId: null })) {
    if (event.kind === 'text') break;
  }
  const [, answer] = (await client.chat.messages({ conversationId })).messages;
  expect(answer).toMatchObject({ role: 'assistant', finish: 'stopped', tokens: null });
  expect('one two three'.includes(answer?.text ?? 'nothing')).toBe(true);
});

// Regression: only the lists of runs were told, and the others showed it as running until something else changed.
test('what a killed process leaves is told of every kind, though a page that watches one finds it first', async () => {
  const { id } = (await train('watched')).run;
  const database = openDatabase(join(folder, 'data/studio.sqlite'));
  const other = new ProcessLock(join(folder, 'data/locks'));
  database.prepare(`UPDATE job SET state = 'running', owner = ? WHERE id = ?`).run(other.token, id);
  database
    .prepare(`INSERT INTO job (id, kind, state, owner, created_at) VALUES ('elsewhere', 'evaluation', 'running', ?, 1)`)
    .run(other.token);
  const told = new Set<string>();
  const leave = new AbortController();
  const changes = await client.studio.changes(undefined, { signal: leave.signal });
  void (async () => {
    for await (const { noun } of changes) told.add(noun);
  })();
  other.release();
  await Array.fromAsync(await client.runs.watch({ id }));
  expect(database.prepare(`SELECT state FROM job WHERE id = 'elsewhere'`).pluck().get()).toBe('interrupted');
  await expect.poll(() => told).toEqual(new Set(['run', 'evaluation', 'answered-table', 'lab', 'status']));
  // The run had made all its steps.
  expect((await client.runs.get({ id })).state).toBe('finished');
  leave.abort();
  database.close();
});

// Regression: it showed only at the next start of any process.
test('what another process had begun when it was killed is taken in while the studio is open', async () => {
  const { id: conversationId } = await client.chat.createConversation({ baseModelId: 'starter' });
  const [question, answer] = await saidIn(conversationId, 'one two three');
  const database = openDatabase(join(folder, 'data/studio.sqlite'));
  const other = new ProcessLock(join(folder, 'data/locks'));
  database
    .prepare(`INSERT INTO job (id, kind, state, owner, created_at) VALUES ('elsewhere', 'run', 'running', ?, 1)`)
    .run(other.token);
  database.prepare('DELETE FROM message WHERE id = ?').run(answer?.id);
  database.prepare('UPDATE conversation SET leaf_id = ?').run(question?.id);
  // Sound: what is written of an answer is its message.
  new UnfinishedAnswers(database, other).note({ ...(answer as Message), finish: 'stopped' });
  const told = new Set<string>();
  const leave = new AbortController();
  const changes = await client.studio.changes(undefined, { signal: leave.signal });
  void (async () => {
    for await (const { noun } of changes) told.add(noun);
  })();
  const state = () => database.prepare(`SELECT state FROM job WHERE id = 'elsewhere'`).pluck().get();
  const before = await client.chat.messages({ conversationId });
  expect([before.messages, state()]).toEqual([[question], 'running']);
  other.release();
  await expect
    .poll(() => told)
    .toEqual(new Set(['run', 'evaluation', 'answered-table', 'lab', 'status', 'conversation']));
  expect(state()).toBe('interrupted');
  expect((await client.chat.messages({ conversationId })).messages.map(({ text, finish }) => [text, finish])).toEqual([
    ['one two three', null],
    [answer?.text, 'stopped'],
  ]);
  leave.abort();
  database.close();
});

test('pairs and splits are scored in nats per target token', async () => {
  const datasetId = await importRivers();
  const about = { baseModelId: 'starter', adapterId: null };
  const pair = await client.chat.score({ ...about, what: { kind: 'pair', context: 'A b', target: 'c' } });
  expect(pair).toMatchObject({ loss: 0.5, tokens: 2, logprobs: [-0.5, -0.5] });
  expect(pair.ids?.at(-1)).toBe(0);
  const split = await client.chat.score({ ...about, what: { kind: 'split', datasetId, split: 'train', limit: 2 } });
  expect(split.loss).toBe(0.5);
});

// Regression: whoever followed it got an internal error.
test('an evaluation or a score of a model that yields NaN fails and names the model', async () => {
  const datasetId = await importRivers();
  engine.logprob = Number.NaN;
  const { id } = await client.evaluations.start({ datasetId, baseModelId: 'starter', adapterIds: [], split: 'train' });
  await Array.fromAsync(await client.evaluations.watch({ id }));
  const error = { code: 'MODEL_WITHOUT_NUMBERS', message: expect.stringContaining('“starter”') };
  expect(await client.evaluations.get({ id })).toMatchObject({ state: 'failed', error });
  const what = { kind: 'pair', context: 'A b', target: 'c' } as const;
  const { error: refused } = await safe(client.chat.score({ baseModelId: 'starter', adapterId: null, what }));
  expect(refused).toMatchObject({ code: 'MODEL_WITHOUT_NUMBERS' });
});

// Regression: all answers were wrong that were not the target word for word, as no letter is.
test('how answers to any texts are measured follows from the targets, and can be chosen', async () => {
  const path = join(folder, 'mails.csv');
  const letter = (n: number) =>
    `Dear customer ${n}, your parcel has left our house today and will be with you tomorrow.`;
  writeFileSync(
    path,
    `context,target\n${Array.from({ length: 20 }, (_, n) => `mail ${n},"${letter(n)}"`).join('\n')}\n`,
  );
  for await (const _ of await client.datasets.import({ source: { kind: 'path', path }, task: 'custom' }));
  expect(await client.evaluations.measure({ datasetId: 'mails' })).toEqual({ measure: 'rougeL', kind: 'free' });
  const about = { datasetId: 'mails', baseModelId: 'starter', adapterIds: [], split: 'train' as const, limit: 2 };
  const measured = async (changed: object) => {
    const { id } = await client.evaluations.start({ ...about, ...changed });
    await Array.fromAsync(await client.evaluations.watch({ id }));
    const { mainMetric, results } = await client.evaluations.get({ id });
    return [mainMetric, Object.keys(results[0]?.metrics ?? {}).includes(mainMetric)];
  };
  expect(await measured({})).toEqual(['rougeL', true]);
  expect(await measured({ measure: 'exactMatch' })).toEqual(['exactMatch', true]);

  // Regression: nor is an answer to a question, if it is a sentence.
  const questions = Array.from({ length: 20 }, (_, n) => `mail ${n},Where is it?,"${letter(n)}"`);
  writeFileSync(join(folder, 'asked.csv'), `passage,question,answer\n${questions.join('\n')}\n`);
  const asked = { kind: 'path', path: join(folder, 'asked.csv') } as const;
  for await (const _ of await client.datasets.import({ source: asked, task: 'mrc' }));
  expect(await measured({ datasetId: 'asked' })).toEqual(['rougeL', true]);
  expect(await measured({ datasetId: 'asked', measure: 'exactMatch' })).toEqual(['exactMatch', true]);

  const mapping = { document: 'context', summary: 'target' };
  const summaries = { source: { kind: 'path', path } as const, task: 'summarisation' as const, name: 'short', mapping };
  for await (const _ of await client.datasets.import(summaries));
  const { error } = await safe(client.evaluations.start({ ...about, datasetId: 'short', measure: 'rougeL' }));
  expect(error).toMatchObject({ code: 'OPTION_INVALID', data: { because: { code: 'MEASURE_FIXED' } } });
});

// Regression: after the engine died a resume was suggested, and there was none.
// An adapter looked clearly better on rows that had been divided again since it was trained: it had learned most of them.
test('an evaluation tells how many of its rows the adapter was trained on', async () => {
  const { run } = await train('rivers');
  const id = run.datasetId;
  const seenIn = async (split: 'train' | 'test') => {
    const about = { datasetId: id, baseModelId: 'starter', adapterIds: ['rivers'], split };
    const evaluation = await client.evaluations.start(about);
    await Array.fromAsync(await client.evaluations.watch({ id: evaluation.id }));
    return (await client.evaluations.get({ id: evaluation.id })).provenance?.adapters[0]?.seen;
  };
  expect(await seenIn('test')).toBeUndefined();
  const before = await splitsOf(id);
  const by = { kind: 'shares', validation: 0.1, test: 0.5, seed: 7, together: 'group' } as const;
  await Array.fromAsync(await client.datasets.dealSplits({ id, by }));
  const after = await splitsOf(id);
  const learned = [...after.test].filter((context) => before.train.has(context)).length;
  expect(learned).toBeGreaterThan(0);
  expect(await seenIn('test')).toBe(learned);
  expect(await seenIn('train')).toBeUndefined();
});

async function splitsOf(id: string) {
  const of = async (split: 'train' | 'test') => {
    const { examples } = await client.datasets.examples({ id, split, offset: 0, limit: 100 });
    return new Set(examples.map(({ context }) => context));
  };
  return { train: await of('train'), test: await of('test') };
}

test('an interrupted evaluation resumes with the first model not fully measured', async () => {
  await train('rivers');
  const datasetId = (await client.datasets.list())[0]?.id ?? '';
  const about = { datasetId, baseModelId: 'starter', adapterIds: ['rivers'], split: 'train' as const, limit: 3 };
  const generate = engine.generate;
  let answers = 0;
  engine.generate = async function* (job, signal) {
    // In the middle of the adapter's answers.
    if (++answers === 5) throw new StudioError('ENGINE_STOPPED', { reason: 'out of memory' });
    yield* generate.call(this, job, signal);
  };
  const { id } = await client.evaluations.start(about);
  await Array.fromAsync(await client.evaluations.watch({ id }));
  const cut = await client.evaluations.get({ id });
  expect(cut).toMatchObject({ state: 'interrupted', results: [{ adapter: 'starter' }] });
  await client.evaluations.resume({ id });
  const events = await Array.fromAsync(await client.evaluations.watch({ id }));
  expect(events.at(-1)).toMatchObject({ kind: 'finished', evaluation: { state: 'finished' } });
  // Five before, of which the fourth and fifth were the adapter's, and all three of the adapter's once more.
  expect(answers).toBe(8);
  const { results, provenance, comparisons } = await client.evaluations.get({ id });
  expect(results.map(({ adapter, n }) => [adapter, n])).toEqual([
    ['starter', 3],
    ['rivers', 3],
  ]);
  expect(results[0]).toEqual(cut.results[0]);
  expect(comparisons[0]).toMatchObject({ better: 0, worse: 0, same: 3 });
  expect(provenance?.answersSha256).not.toBe(cut.provenance?.answersSha256);
  const { rows } = await client.evaluations.rows({ id, offset: 0, limit: 10 });
  expect(rows.map((row) => row.answers.length)).toEqual([2, 2, 2]);
  const { error } = await safe(client.evaluations.resume({ id }));
  expect(error).toMatchObject({ code: 'EVALUATION_NOT_RESUMABLE', data: { because: { code: 'HAS_FINISHED' } } });
});

// Regression: it was refused as one that goes on, and never went on where no studio takes up work.
test('an evaluation left queued can be resumed on its own', async () => {
  const held = holdAnswers();
  const datasetId = await importRivers();
  const about = { datasetId, baseModelId: 'starter', adapterIds: [], split: 'train' as const, limit: 3 };
  await client.evaluations.start(about);
  const { id } = await client.evaluations.start(about);
  const closing = app.close();
  held.resolve();
  await closing;
  await open();
  await client.evaluations.resume({ id });
  await Array.fromAsync(await client.evaluations.watch({ id }));
  expect((await client.evaluations.get({ id })).state).toBe('finished');
});

// Regression: it was said to be a training that goes on.
test('an evaluation that is running or waiting cannot be deleted', async () => {
  const held = holdAnswers();
  const datasetId = await importRivers();
  const about = { datasetId, baseModelId: 'starter', adapterIds: [], split: 'train' as const, limit: 3 };
  for (const { id } of [await client.evaluations.start(about), await client.evaluations.start(about)]) {
    const { error } = await safe(client.evaluations.delete({ id }));
    expect(error).toMatchObject({ code: 'EVALUATION_ALREADY_ACTIVE', data: { evaluation: id } });
  }
  held.resolve();
});

test('an evaluation measures the base, then the adapters, and keeps every answer', async () => {
  await train('rivers');
  const datasetId = (await client.datasets.list())[0]?.id ?? '';
  const about = { datasetId, baseModelId: 'starter', adapterIds: ['rivers'], split: 'train' as const, limit: 3 };
  const { id } = await client.evaluations.start(about);
  const events = await Array.fromAsync(await client.evaluations.watch({ id }));
  expect(events.map(({ kind }) => kind)).toEqual([
    ...['progress', 'progress', 'progress', 'result', 'progress', 'progress', 'progress', 'result', 'finished'],
  ]);
  // A reconnecting client continues from the last event it has seen, without replaying everything.
  const seen = getEventMeta(events[6])?.id ?? '';
  const rest = await Array.fromAsync(await client.evaluations.watch({ id }, { lastEventId: seen }));
  expect(rest.map(({ kind }) => kind)).toEqual(['result', 'finished']);
  const evaluation = await client.evaluations.get({ id });
  expect(evaluation).toMatchObject({ state: 'finished', mainMetric: 'exactMatch' });
  expect(evaluation.results.map(({ adapter, n }) => [adapter, n])).toEqual([
    ['starter', 3],
    ['rivers', 3],
  ]);
  expect(evaluation.results[0]?.metrics).toMatchObject({ loss: 0.5, perplexity: Math.exp(0.5), exactMatch: 0 });
  const { total, rows } = await client.evaluations.rows({ id, offset: 1, limit: 10 });
  expect(total).toBe(3);
  expect(rows).toHaveLength(2);
  expect(rows[0]?.answers).toHaveLength(2);
  // Base and adapter give the same answers here.
  const [comparison] = evaluation.comparisons;
  expect(comparison).toMatchObject({
    metric: 'exactMatch',
    of: 1,
    against: 0,
    better: 0,
    worse: 0,
    same: 3,
    sure: false,
  });
  const adapter = await client.adapters.get({ id: 'rivers' });
  expect(evaluation.provenance).toMatchObject({
    ...{ language: 'en', dataset: { version: 1 }, adapters: [{ name: 'rivers', sha256: adapter.sha256 }] },
    answersSha256: expect.stringMatching(/^[0-9a-f]{64}$/),
  });

  const csv = await client.evaluations.csv({ id });
  expect(csv.name).toMatch(/^rivers-train-\d{4}-\d\d-\d\d\.csv$/);
  expect(csv.text.split('\r\n')[0]).toBe(
    'id,context,target,base: starter,base: starter: exactMatch,base: starter: f1,base: starter: loss,' +
      'rivers,rivers: exactMatch,rivers: f1,rivers: loss',
  );
  const { text: report } = await page.evaluations.report({ id, language: 'en' });
  expect(report).toContain('rivers does no better and no worse than the base model on any of 3 rows.');
  expect(report).toContain(adapter.sha256);
  expect(report.match(/<svg/g)).toHaveLength(2);
  expect(report).not.toMatch(/<script|https?:\/\//);
  expect((await client.evaluations.report({ id, language: 'ko' })).text).toContain('좋아졌습니까?');

  await client.evaluations.delete({ id });
  expect(await client.evaluations.list()).toEqual([]);
  expect((await client.evaluations.restore({ id })).id).toBe(id);
});

test('a deleted adapter can be restored until the next start, which removes its files', async () => {
  const { run } = await train('rivers');
  const { id, path } = await client.adapters.get({ id: 'rivers' });
  await client.adapters.delete({ id });
  expect(await client.adapters.list()).toEqual([]);
  expect((await client.adapters.restore({ id })).name).toBe('rivers');
  await client.adapters.delete({ id });
  await app.close();
  await open();
  expect(existsSync(path)).toBe(false);
  expect(await client.runs.get({ id: run.id })).toMatchObject({ state: 'finished', adapterId: null });
});

// Regression: the next start removed it silently: the person found neither a dataset nor a reason.
test('an import cut off with the studio is undone and reported at the next start', async () => {
  await app.close();
  const dataDir = join(folder, 'data');
  const database = openDatabase(join(dataDir, 'studio.sqlite'));
  const lock = new ProcessLock(join(dataDir, 'locks'));
  const store = new DatasetStore(database, lock, join(dataDir, 'datasets'));
  const mapping = { context: [0], target: 1 } as unknown as ColumnMapping;
  store.beginImport({ name: 'rivers', task: 'custom', sourceName: 'rivers.csv', mapping, seed: 0, now: 5 });
  lock.release();
  database.close();
  await open();
  expect(await client.datasets.list()).toEqual([]);
  expect(await client.datasets.cutOff()).toMatchObject([{ sourceName: 'rivers.csv', at: 5 }]);
});

// The studio opens without reading the files of all datasets, and looks at them afterwards.
test('a change of rows that a killed process did not bring to the list is in it soon after the start', async () => {
  await train('rivers');
  const [dataset] = await client.datasets.list();
  await app.close();
  const database = openDatabase(join(folder, 'data/studio.sqlite'));
  database.prepare("UPDATE dataset SET version = 0, rows = 1, sha256 = 'old'").run();
  database.close();
  await open();
  await expect.poll(() => client.datasets.list()).toEqual([dataset]);
});

// Regression: space was only freed at the next start, and a full disk stayed full whatever was deleted.
test('deleted items free their disk space once they can no longer be restored', async () => {
  await train('rivers');
  const [dataset] = await client.datasets.list();
  const id = dataset?.id ?? '';
  const { path } = await client.adapters.get({ id: 'rivers' });
  // A thread keeps the rows file open.
  await client.datasets.rows({ id, filter: {}, offset: 0, limit: 2 });
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  onTestFinished(() => void vi.useRealTimers());
  await client.datasets.delete({ id });
  await client.adapters.delete({ id: 'rivers' });
  // A person who lingers on the offer can still undo.
  await vi.advanceTimersByTimeAsync(50_000);
  expect((await client.datasets.restore({ id })).id).toBe(id);
  await client.datasets.delete({ id });
  await vi.waitFor(async () => {
    // Where its index is being made meanwhile, the rows file is tried again after another minute.
    await vi.advanceTimersByTimeAsync(60_000);
    expect(readdirSync(join(folder, 'data/datasets'))).toEqual([]);
    expect(existsSync(path)).toBe(false);
  }, patient);
  expect((await safe(client.datasets.restore({ id }))).error).toMatchObject({ code: 'DATASET_NOT_FOUND' });
});

// Regression: they stayed, with all they said, until the next start.
test('deleted conversations and evaluations are removed once they can no longer be restored', async () => {
  await train('rivers');
  const datasetId = (await client.datasets.list())[0]?.id ?? '';
  const about = { datasetId, baseModelId: 'starter', adapterIds: [], split: 'train' as const, limit: 3 };
  const evaluation = await client.evaluations.start(about);
  await Array.fromAsync(await client.evaluations.watch({ id: evaluation.id }));
  const conversation = await client.chat.createConversation({ baseModelId: 'starter' });
  await Array.fromAsync(
    await client.chat.send({ conversationId: conversation.id, text: 'Which river?', adapterId: null }),
  );
  const database = openDatabase(join(folder, 'data/studio.sqlite'));
  onTestFinished(() => void database.close());
  const kept = () =>
    ['message', 'evaluation_row'].map((table) => database.prepare(`SELECT count(*) FROM ${table}`).pluck().get());
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  onTestFinished(() => void vi.useRealTimers());
  await client.chat.deleteConversation({ id: conversation.id });
  await vi.advanceTimersByTimeAsync(50_000);
  await client.chat.restoreConversation({ id: conversation.id });
  await client.chat.deleteConversation({ id: conversation.id });
  await client.evaluations.delete({ id: evaluation.id });
  expect(kept()).toEqual([2, 3]);
  await vi.advanceTimersByTimeAsync(60_000);
  await vi.waitFor(() => expect(kept()).toEqual([0, 0]), patient);
  const { error } = await safe(client.chat.restoreConversation({ id: conversation.id }));
  expect(error).toMatchObject({ code: 'CONVERSATION_NOT_FOUND' });
});

test('an exported PEFT folder imports under another name, and an incomplete one is refused', async () => {
  await train('rivers');
  const out = join(folder, 'out');
  const written = await Array.fromAsync(await client.adapters.export({ id: 'rivers', format: 'peft', out }));
  const prompt = 'Passage: {passage}\n\nQuestion: {question}';
  expect(written).toEqual([{ kind: 'finished', written: { path: out, prompt } }]);
  const back = await client.adapters.import({ path: out, name: 'back' });
  const original = await client.adapters.get({ id: 'rivers' });
  expect(back).toMatchObject({ sha256: original.sha256, task: 'mrc', baseModelId: 'starter', bestValidationLoss: 2 });
  rmSync(join(out, 'adapter_config.json'));
  const { error } = await safe(client.adapters.import({ path: out, name: 'half' }));
  expect(error).toMatchObject({ code: 'MODEL_FILE_INVALID' });
  expect(await client.adapters.list()).toHaveLength(2);
  expect(readdirSync(join(folder, 'data/adapters'))).toHaveLength(2);
});

// Regression: it had another fingerprint, as if it were another adapter.
test('an adapter of an earlier version keeps its hash on re-import, unless its scale changed', async () => {
  await train('rivers');
  const out = join(folder, 'out');
  await Array.fromAsync(await client.adapters.export({ id: 'rivers', format: 'peft', out }));
  const inspect = engine.inspectAdapter.bind(engine);
  engine.inspectAdapter = async (job) => ({
    ...(await inspect(job)),
    sha256: `of the weights and ${readFileSync(join(job.adapterFolder, 'adapter_config.json'), 'utf8')}`,
  });
  const original = await client.adapters.get({ id: 'rivers' });
  expect((await client.adapters.import({ path: out, name: 'back' })).sha256).toBe(original.sha256);
  writeFileSync(join(out, 'adapter_config.json'), '{"lora_alpha": 99}');
  expect((await client.adapters.import({ path: out, name: 'other' })).sha256).toBe(
    'of the weights and {"lora_alpha": 99}',
  );
});

// Regression: it came back without its rows.
test('a dataset whose files are being removed can no longer be restored', async () => {
  const id = await importRivers();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  onTestFinished(() => void vi.useRealTimers());
  await client.datasets.delete({ id });
  vi.advanceTimersByTime(60_000);
  expect((await safe(client.datasets.restore({ id }))).error).toMatchObject({ code: 'DATASET_NOT_FOUND' });
  await vi.waitFor(() => expect(readdirSync(join(folder, 'data/datasets'))).toEqual([]), patient);
});

test('a full disk frees deleted items sooner', async () => {
  await train('rivers');
  const { path } = await client.adapters.get({ id: 'rivers' });
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  onTestFinished(() => void vi.useRealTimers());
  await client.adapters.delete({ id: 'rivers' });
  await vi.advanceTimersByTimeAsync(15_000);
  expect(existsSync(path)).toBe(true);
  engine.refusal = Object.assign(new Error('no room'), { code: 'ENOSPC' });
  const taken = join(folder, 'taken');
  mkdirSync(taken);
  for (const name of ['adapter_config.json', 'adapter_model.safetensors']) writeFileSync(join(taken, name), '{}');
  expect((await safe(client.adapters.import({ path: taken }))).error).toMatchObject({ code: 'DISK_FULL' });
  await vi.waitFor(() => expect(existsSync(path)).toBe(false), patient);
});

// Regression: the name was checked before the copying began, which takes time: the second got an internal error.
test('of two concurrent imports under one name, one is refused, or numbered if nobody chose the name', async () => {
  await train('rivers');
  const out = join(folder, 'lakes');
  await Array.fromAsync(await client.adapters.export({ id: 'rivers', format: 'peft', out }));
  const named = await Promise.all([1, 2].map(() => safe(client.adapters.import({ path: out, name: 'back' }))));
  expect(named.map(({ error }) => (error as { code?: string } | null)?.code)).toContain('OPTION_INVALID');
  await Promise.all([1, 2].map(() => client.adapters.import({ path: out })));
  const names = (await client.adapters.list()).map(({ name }) => name);
  expect(names.toSorted()).toEqual(['back', 'lakes', 'lakes 2', 'rivers']);
  expect(readdirSync(join(folder, 'data/adapters'))).toHaveLength(4);
});

// Regression: only what this process was evaluating was waited for.
test('a deleted adapter’s files stay while another process evaluates', async () => {
  await train('rivers');
  const { path } = await client.adapters.get({ id: 'rivers' });
  const database = openDatabase(join(folder, 'data/studio.sqlite'));
  const other = new ProcessLock(join(folder, 'data/locks'));
  database
    .prepare(`INSERT INTO job (id, kind, state, owner, created_at) VALUES ('elsewhere', 'evaluation', 'running', ?, 1)`)
    .run(other.token);
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  onTestFinished(() => void vi.useRealTimers());
  await client.adapters.delete({ id: 'rivers' });
  await vi.advanceTimersByTimeAsync(61_000);
  // What is deleted next is freed after it.
  const [dataset] = await client.datasets.list();
  await client.datasets.delete({ id: dataset?.id ?? '' });
  await vi.advanceTimersByTimeAsync(61_000);
  await vi.waitFor(() => expect(readdirSync(join(folder, 'data/datasets'))).toEqual([]), patient);
  expect(existsSync(path)).toBe(true);
  other.release();
  database.close();
  await vi.advanceTimersByTimeAsync(61_000);
  await vi.waitFor(() => expect(existsSync(path)).toBe(false), patient);
});

// Regression: its origin was only written at full strength; imported again it had the task “custom”.
test('an adapter exported at partial strength keeps its task and base, but not its measurements', async () => {
  await train('rivers');
  const out = join(folder, 'half');
  await Array.fromAsync(await client.adapters.export({ id: 'rivers', format: 'peft', out, strength: 0.5 }));
  const back = await client.adapters.import({ path: out });
  expect(back).toMatchObject({ name: 'half', task: 'mrc', baseModelId: 'starter', bestValidationLoss: null });
});

test('importing a model or a file of another kind as an adapter says what it is', async () => {
  const taken = async (path: string) => (await safe(client.adapters.import({ path }))).error;
  const file = join(folder, 'half.bin');
  writeFileSync(file, 'GG');
  expect(await taken(file)).toMatchObject({ data: { because: { code: 'SINGLE_FILE_AS_ADAPTER' } } });
  const starter = join(folder, 'resources/starter-model');
  expect(await taken(starter)).toMatchObject({ data: { because: { code: 'MODEL_AS_ADAPTER' } } });
});

test('an adapter in a GGUF file is imported under the name of the file, for the base that it names or that fits', async () => {
  const taken = async (name: string, content: string) => {
    writeFileSync(join(folder, name), content);
    return safe(client.adapters.import({ path: join(folder, name) }));
  };
  const left = () => readdirSync(join(folder, 'data/adapters')).filter((name) => name.startsWith('.'));
  expect((await taken('rivers.gguf', 'GGUF')).data).toMatchObject({
    name: 'rivers',
    task: 'custom',
    baseModelId: 'starter',
  });
  // As Ollama keeps it.
  expect((await taken('sha256-ab', 'GGUF names Starter')).data).toMatchObject({ name: 'sha256-ab' });
  expect(left()).toEqual([]);
  const { error } = await taken('lakes.gguf', 'GGUF names Llama-3.2-1B');
  expect(error).toMatchObject({
    ...{ code: 'OPTION_INVALID', data: { option: 'base', because: { code: 'BASE_NAMED_ELSE' } } },
  });
  engine.refusal = new StudioError('ADAPTER_WRONG_ARCHITECTURE', { adapter: 'x', expected: 'qwen2', found: 'llama' });
  expect((await taken('seas.gguf', 'GGUF')).error).toMatchObject({ code: 'ADAPTER_WRONG_ARCHITECTURE' });
  expect(left()).toEqual([]);
});

test('a GGUF file that a page has sent is imported as an adapter', async () => {
  const { fileId } = await client.files.begin({ name: '../rivers.gguf', sizeBytes: 4 });
  await client.files.append({ fileId, offset: 0, chunk: new Blob(['GGUF']) });
  expect(await client.adapters.importSent({ weightsFileId: fileId, name: '../rivers' })).toMatchObject({
    ...{ name: '../rivers', baseModelId: 'starter' },
  });
  expect(readdirSync(join(folder, 'data/adapters')).filter((name) => name.startsWith('.'))).toEqual([]);
});

// Regression: it was silently assigned to the only base, or said not to name its base.
test('a foreign adapter that names a missing base asks which of the fitting bases it is for', async () => {
  await train('rivers');
  const out = join(folder, 'llama');
  await Array.fromAsync(await client.adapters.export({ id: 'rivers', format: 'peft', out }));
  rmSync(join(out, 'adapter_studio.json'));
  const taken = async (config: object, baseModelId?: string) => {
    writeFileSync(join(out, 'adapter_config.json'), JSON.stringify(config));
    return safe(client.adapters.import({ path: out, baseModelId }));
  };
  const llama = { base_model_name_or_path: 'meta-llama/Llama-3.2-1B' };
  const { error } = await taken(llama);
  expect(error).toMatchObject({
    code: 'OPTION_INVALID',
    data: {
      option: 'base',
      because: { code: 'BASE_NAMED_ELSE', data: { named: 'Llama-3.2-1B', bases: '“starter”' } },
    },
  });
  expect((await taken(llama, 'starter')).data).toMatchObject({ baseModelId: 'starter' });
  expect((await taken({ base_model_name_or_path: '/home/me/starter-model' })).data).toBeDefined();
  expect((await taken({})).data).toBeDefined();
});

test('an adapter made for a missing base is refused, even if its shapes fit another', async () => {
  await train('rivers');
  const out = join(folder, 'lakes');
  await Array.fromAsync(await client.adapters.export({ id: 'rivers', format: 'peft', out }));
  const origin = JSON.parse(readFileSync(join(out, 'adapter_studio.json'), 'utf8')) as object;
  const refusedWith = async (more: object, baseModelId?: string) => {
    writeFileSync(
      join(out, 'adapter_studio.json'),
      JSON.stringify({ ...origin, baseSha256: 'ab'.repeat(32), ...more }),
    );
    const { error } = await safe(client.adapters.import({ path: out, name: 'lakes', baseModelId }));
    return error;
  };
  expect(await refusedWith({ baseName: 'river-7B' })).toMatchObject({
    ...{ code: 'ADAPTER_BASE_MISSING', data: { adapter: 'lakes', model: 'river-7B' } },
  });
  // Another version of the same base: the names alone would not distinguish them.
  const namesake = {
    adapter: 'lakes',
    expected: 'starter (abababab)',
    found: expect.stringMatching(/^starter \(\w{8}\)$/),
  };
  expect(await refusedWith({})).toMatchObject({ code: 'ADAPTER_WRONG_BASE', data: namesake });
  expect(await refusedWith({}, 'starter')).toMatchObject({ code: 'ADAPTER_WRONG_BASE', data: namesake });
  expect(await client.adapters.list()).toHaveLength(1);
});

test('an import error names the adapter, not its temporary folder', async () => {
  await train('rivers');
  const out = join(folder, 'out');
  await Array.fromAsync(await client.adapters.export({ id: 'rivers', format: 'peft', out }));
  engine.refusal = new StudioError('ADAPTER_SHAPE', { adapter: out, tensor: 'q', expected: '[8, 2]', found: '[4, 2]' });
  const { error } = await safe(client.adapters.import({ path: out, name: 'lakes' }));
  expect(error).toMatchObject({ code: 'ADAPTER_SHAPE', data: { adapter: 'lakes', tensor: 'q' } });
});

test('adapters of one base are mixed into a new one, but not under a taken name', async () => {
  await train('rivers');
  await train('lakes');
  const parts = [
    { id: 'rivers', strength: 1 },
    { id: 'lakes', strength: -0.5 },
  ];
  const mix = await client.adapters.mix({ parts });
  expect(mix).toMatchObject({ name: 'rivers + lakes', task: 'mrc', baseModelId: 'starter', bestValidationLoss: null });
  expect((await client.adapters.list()).map(({ name }) => name)).toEqual(['rivers + lakes', 'lakes', 'rivers']);
  expect(readdirSync(mix.path).sort()).toEqual([
    'adapter_config.json',
    'adapter_model.safetensors',
    'adapter_studio.json',
  ]);
  const { error } = await safe(client.adapters.mix({ parts, name: 'lakes' }));
  expect(error).toMatchObject({ code: 'OPTION_INVALID', data: { option: 'name' } });
  expect(readdirSync(join(folder, 'data/adapters'))).toHaveLength(3);
});

test('a lab experiment drops duplicate options and refuses surplus ones, and can be restored until the next start', async () => {
  const pass = { rows: 1, tokens: 8 };
  const options = { passes: [pass, pass], bottlenecks: [4], trials: 3, seeds: [5], ranks: [2, 2] };
  const start = (changes: Partial<LabOptions>) =>
    safe(client.lab.start({ kind: 'table1', baseModelId: 'starter', options: { ...options, ...changes } }));
  // Regression: further seeds and ranks were left out without a word.
  for (const changes of [{ seeds: [5, 6] }, { ranks: [2, 4] }]) {
    const option = Object.keys(changes)[0];
    const data = { option, because: { code: 'LIST_LENGTH', data: { takes: 1, count: 2 } } };
    expect((await start(changes)).error).toMatchObject({ code: 'OPTION_INVALID', data });
  }
  const id = (await start({})).data?.id ?? '';
  // Regression: it said that the experiment cannot be resumed, which nobody had asked.
  expect((await safe(client.lab.delete({ id }))).error).toMatchObject({ code: 'EXPERIMENT_ALREADY_ACTIVE' });
  await Array.fromAsync(await client.lab.watch({ id }));
  expect(await client.lab.get({ id })).toMatchObject({
    ...{ state: 'finished', total: 1, cells: [{ key: '1 × 8, width 4' }] },
    options: { passes: [pass], seeds: [5], ranks: [2] },
  });

  await client.lab.delete({ id });
  expect(await client.lab.list()).toEqual([]);
  expect((await client.lab.restore({ id })).cells).toHaveLength(1);
  await client.lab.delete({ id });
  await app.close();
  await open();
  expect((await safe(client.lab.restore({ id }))).error).toMatchObject({ code: 'EXPERIMENT_NOT_FOUND' });
});

// Regression: trained cells stayed until the next start, and the rows they had read for as long as the experiment.
test('a lab experiment leaves only its trained cells, and nothing once deleted for good', async () => {
  const datasetId = await importRivers();
  const there = () => readdirSync(join(folder, 'data/lab'), { recursive: true }).filter((name) => name !== 'cells');
  const options = { ranks: [2], seeds: [0], targetSets: [['q' as const]], steps: 4, batchSize: 2, metricRows: 0 };
  const start = () => client.lab.start({ kind: 'table6', baseModelId: 'starter', datasetId, options });
  const { id } = await start();
  await Array.fromAsync(await client.lab.watch({ id }));
  expect(await client.lab.get({ id })).toMatchObject({ state: 'finished' });
  expect(there()).toContainEqual(expect.stringMatching(/^cells.[0-9a-f]{32}$/));
  expect(there().filter((name) => String(name).startsWith(id))).toEqual([]);

  // An experiment that reuses the cells is deleted while the first remains: its cells stay.
  const { id: other } = await start();
  await Array.fromAsync(await client.lab.watch({ id: other }));
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  onTestFinished(() => void vi.useRealTimers());
  // The lab took its clock when the studio was opened.
  vi.setSystemTime(Date.now() + 5_000);
  await client.lab.delete({ id: other });
  await vi.advanceTimersByTimeAsync(61_000);
  const database = openDatabase(join(folder, 'data/studio.sqlite'));
  onTestFinished(() => void database.close());
  const known = database.prepare('SELECT id FROM lab_experiment').pluck();
  await vi.waitFor(() => expect(known.all()).toEqual([id]), patient);
  expect(there()).not.toEqual([]);
  await client.lab.delete({ id });
  await vi.advanceTimersByTimeAsync(61_000);
  await vi.waitFor(() => expect(there()).toEqual([]), patient);
  expect(known.all()).toEqual([]);
});

// Regression: the next start removed it, since no part of the experiment referred to it yet: perhaps hours of training.
test('a resumed lab experiment does not retrain a cell it had trained', async () => {
  const datasetId = await importRivers();
  const options = { ranks: [2], seeds: [0], targetSets: [['q' as const]], steps: 4, batchSize: 2, metricRows: 1 };
  const generate = engine.generate.bind(engine);
  engine.generate = async function* (job, signal) {
    if (job.adapter !== null) throw new StudioError('ENGINE_STOPPED', { reason: 'killed' });
    yield* generate(job, signal);
  };
  const { id } = await client.lab.start({ kind: 'table6', baseModelId: 'starter', datasetId, options });
  await Array.fromAsync(await client.lab.watch({ id }));
  expect(await client.lab.get({ id })).toMatchObject({ state: 'interrupted', cells: [{}] });
  engine.generate = generate;
  await app.close();
  await open();
  await client.lab.resume({ id });
  await Array.fromAsync(await client.lab.watch({ id }));
  expect(await client.lab.get({ id })).toMatchObject({ state: 'finished', cells: [{}, {}] });
  expect(engine.trained).toHaveLength(1);
});

// Regression: its later parts were of the adapter as it had become, beside those of the adapter as it had been.
test('a lab experiment is not resumed once the adapter that it examines has been trained further', async () => {
  engine.pauseAfter = 2;
  const about = { datasetId: await importRivers(), baseModelId: 'starter', name: 'river', options: { maxSteps: 4 } };
  const { id: run } = await client.runs.start(about);
  for await (const event of await client.runs.watch({ id: run })) if (event.kind === 'step' && event.step === 2) break;
  await client.runs.stop({ id: run });
  const { id: adapterId } = await client.adapters.get({ id: 'river' });
  engine.analyse = async function* () {
    const norms = { weightNorm: 1, deltaNorm: 1, byDelta: 1, byWeight: 1, byRandom: 1, factor: 1 };
    yield { kind: 'amplification', target: 'q', layer: 0, rank: 8, ...norms };
    throw new StudioError('ENGINE_STOPPED', { reason: 'killed' });
  };
  const { id } = await client.lab.start({ kind: 'table7', baseModelId: 'starter', options: { adapterId } });
  await Array.fromAsync(await client.lab.watch({ id }));
  expect(await client.lab.get({ id })).toMatchObject({ state: 'interrupted', cells: [{}] });

  engine.pauseAfter = Number.POSITIVE_INFINITY;
  await client.runs.resume({ id: run });
  await Array.fromAsync(await client.runs.watch({ id: run }));
  const { error } = await safe(client.lab.resume({ id }));
  expect(error).toMatchObject({ code: 'EXPERIMENT_NOT_RESUMABLE', data: { because: { code: 'ADAPTER_CHANGED' } } });
});

// Regression: its adapter answered the rows as they had become, and its result named those as they had been.
test('a lab experiment keeps to the rows that it was started with', async () => {
  const loaded = Promise.withResolvers<void>();
  engine.loaded = loaded.promise;
  const datasetId = await importRivers();
  const options = { ranks: [2], seeds: [0], targetSets: [['q' as const]], steps: 4, batchSize: 2, metricRows: 2 };
  const { id } = await client.lab.start({ kind: 'table6', baseModelId: 'starter', datasetId, options });
  await vi.waitFor(() => expect(engine.trained).toHaveLength(1), patient);
  const replaced = { search: 'river', replacement: 'lake', fields: ['context' as const] };
  await client.versions.replace({ id: datasetId, ...replaced, matchCase: true, isPattern: false });
  loaded.resolve();
  await Array.fromAsync(await client.lab.watch({ id }));
  const asked = (isBase: boolean) =>
    engine.asked.filter(({ adapter }) => (adapter === null) === isBase).map(({ promptIds }) => promptIds);
  expect(asked(true)).toHaveLength(2);
  expect(asked(false)).toEqual(asked(true));
});

// Regression: the caption told of 48 rows where 1 was there, and rows that had been trained on were called unseen.
test('a lab experiment names only what it measures, and compares losses on unseen rows alone', async () => {
  const datasetId = await importRivers();
  const { splits } = await client.datasets.get({ id: datasetId });
  const about = { baseModelId: 'starter', datasetId };
  const options = { steps: 4, validationRows: 99, metricRows: 99, targetSets: [['q' as const]] };
  const few = { validationRows: splits.validation, metricRows: splits.test };
  expect(await client.lab.start({ ...about, kind: 'table6', options })).toMatchObject({
    options: few,
    facts: { splits },
  });
  // This one answers no rows.
  expect(await client.lab.start({ ...about, kind: 'ranktofull', options })).toMatchObject({
    options: { steps: 4, metricRows: 0 },
    facts: { metric: null },
  });
  const alone = await importRivers(1);
  const starting = client.lab.start({ ...about, datasetId: alone, kind: 'table6', options });
  await expect(starting).rejects.toMatchObject({ code: 'OPTION_INVALID', data: { option: 'dataset' } });
});

// Regression: the next start removed them, so every command of the command line lost the result of the one before.
test('the saved result of a lab experiment stays until the experiment is deleted', async () => {
  const datasetId = await importRivers();
  const options = { ranks: [2], seeds: [0], targetSets: [['q' as const]], steps: 4, batchSize: 2, metricRows: 0 };
  const { id } = await client.lab.start({ kind: 'table6', baseModelId: 'starter', datasetId, options });
  await Array.fromAsync(await client.lab.watch({ id }));
  const { files } = await client.lab.save({ id, language: 'en' });
  expect(files.length).toBeGreaterThan(0);
  const leftover = join(folder, 'data/lab', id, 'train.safetensors');
  writeFileSync(leftover, '');
  await app.close();
  await open();
  expect(files.filter((file) => !existsSync(file))).toEqual([]);
  expect(existsSync(leftover)).toBe(false);
  await client.lab.delete({ id });
  await app.close();
  await open();
  expect(files.filter((file) => existsSync(file))).toEqual([]);
});

// Regression: the checkpoint was gone before it was noted that the cell is trained: killed in between, it was trained from
// the start, alone, to numbers that differ in the last digits.
test('a trained cell keeps its checkpoint until it is noted, and loses it at the latest at the next start', async () => {
  const datasetId = await importRivers();
  const options = { ranks: [2], seeds: [0], targetSets: [['q' as const]], steps: 4, batchSize: 2, metricRows: 0 };
  const trainIt = async () => {
    const { id } = await client.lab.start({ kind: 'table6', baseModelId: 'starter', datasetId, options });
    await Array.fromAsync(await client.lab.watch({ id }));
    return client.lab.get({ id });
  };
  await trainIt();
  const [name = ''] = readdirSync(join(folder, 'data/lab/cells'));
  const cell = join(folder, 'data/lab/cells', name);
  const checkpoint = join(cell, 'checkpoint');
  rmSync(join(cell, 'trained.json'));
  for (const inTheWay of [checkpoint, join(cell, 'trained.json')]) mkdirSync(inTheWay);
  const told = vi.spyOn(console, 'error').mockImplementation(() => {});
  onTestFinished(() => void told.mockRestore());
  expect((await trainIt()).state).toBe('failed');
  expect(existsSync(checkpoint)).toBe(true);

  rmSync(join(cell, 'trained.json'), { recursive: true });
  expect((await trainIt()).state).toBe('finished');
  expect(existsSync(checkpoint)).toBe(false);
  mkdirSync(checkpoint);
  await app.close();
  await open();
  expect([existsSync(checkpoint), existsSync(join(cell, 'adapter'))]).toEqual([false, true]);
});

// Regression: a power cut leaves such a file, and no start got past it.
test('an unreadable trained cell does not keep the studio from opening', async () => {
  await app.close();
  const cell = join(folder, 'data/lab/cells/0123456789abcdef0123456789abcdef');
  mkdirSync(cell, { recursive: true });
  writeFileSync(join(cell, 'trained.json'), '');
  await open();
  expect(existsSync(cell)).toBe(false);
});

test('a page can neither name a path nor see internal errors', async () => {
  const exporting = async () => Array.fromAsync(await page.adapters.export({ id: 'x', format: 'peft', out: '/tmp/x' }));
  await expect(exporting()).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
  const log = vi.spyOn(console, 'error').mockImplementation(() => {});
  rmSync(join(folder, 'resources/starter-model/model.safetensors'));
  const { error: inside } = await safe(
    page.chat.score({
      ...{ baseModelId: 'starter', adapterId: null, what: { kind: 'pair', context: 'a', target: 'b' } },
    }),
  );
  expect(inside).toMatchObject({ code: 'INTERNAL_SERVER_ERROR', message: 'Internal Server Error' });
  expect(log).toHaveBeenCalled();
  log.mockRestore();
});

test('pages are notified of the kind of thing that changed', async () => {
  const leave = new AbortController();
  const changes = await client.studio.changes(undefined, { signal: leave.signal });
  await client.chat.createConversation({ baseModelId: 'starter', title: 'Hello' });
  // Also one from before the first was waited for.
  expect((await changes.next()).value).toEqual({ noun: 'conversation' });
  leave.abort();
  expect((await changes.next()).done).toBe(true);
});

// Regression: a page was closed while the engine was being timed, and the database was closed under its call.
test('calls in progress are answered before the studio closes', async () => {
  const log = vi.spyOn(console, 'error').mockImplementation(() => {});
  // The starter model is registered by then, which closing waits for too.
  await client.baseModels.list();
  const asked = Promise.withResolvers<void>();
  const timed = Promise.withResolvers<void>();
  const facts = await engine.inspect(join(folder, 'resources/starter-model'));
  vi.spyOn(engine, 'inspect').mockImplementation(async () => {
    asked.resolve();
    await timed.promise;
    return facts;
  });
  const cards = safe(client.lab.cards({ baseModelId: 'starter', datasetId: null, language: 'en' }));
  await asked.promise;
  const closed = app.close();
  // Long enough for everything to be closed if nothing waited.
  setTimeout(() => timed.resolve(), 300);
  await closed;
  expect((await cards).error).toBeNull();
  expect(log).not.toHaveBeenCalled();
  log.mockRestore();
  await open();
});

// Regression: the database stayed open, and the folder locked, in a process that goes on with another one.
test('a studio that cannot remove its own files as it closes lets go of its data folder all the same', async () => {
  writeFileSync(join(folder, 'data/downloads'), 'no folder');
  await expect(app.close()).rejects.toMatchObject({ code: 'ENOTDIR' });
  expect(readdirSync(join(folder, 'data/locks'))).toEqual([]);
  rmSync(join(folder, 'data/downloads'));
  await open();
});

// Regression: everything was written to deleted files, and nobody was told.
test.each([
  ['removed', () => rmSync(join(folder, 'data'), { recursive: true })],
  [
    'replaced by another',
    () => {
      renameSync(join(folder, 'data'), join(folder, 'moved'));
      cpSync(join(folder, 'moved'), join(folder, 'data'), { recursive: true });
    },
  ],
])('a data folder that was %s fails every call and ends the running job', async (_, change) => {
  const datasetId = await importRivers();
  let steps = 0;
  vi.spyOn(engine, 'train').mockImplementation(async function* (): AsyncGenerator<TrainEvent> {
    const numbers = { learningRate: 0.1, gradientNorm: 1, tokens: 20, targetTokens: 5, seconds: 2, rssBytes: 7 };
    for (;;) {
      if (++steps === 3) change();
      yield { kind: 'step', step: steps, loss: 1, ...numbers, worst: { row: 0, loss: 1 } };
    }
  });
  const gone = { code: 'DATA_FOLDER_GONE', data: { folder: join(folder, 'data') } };
  const { id } = await client.runs.start({ datasetId, baseModelId: 'starter', name: 'endless' });
  const watched = Array.fromAsync(await client.runs.watch({ id }));
  await expect(watched).rejects.toMatchObject(gone);
  expect(steps).toBe(3);
  expect((await safe(client.datasets.list())).error).toMatchObject(gone);
});

test('two studios on one data folder do not train at the same time', async () => {
  engine.pauseAfter = 1;
  const datasetId = await importRivers();
  await client.runs.start({ datasetId, baseModelId: 'starter', name: 'first', options: { maxSteps: 4 } });
  const other = await createApp({ dataDir: join(folder, 'data'), resourcesDir: join(folder, 'resources'), engine });
  const second = createRouterClient(other.router, { context: { caller: 'trusted' } });
  expect((await second.runs.list())[0]?.state).toBe('running');
  const { error } = await safe(second.runs.start({ datasetId, baseModelId: 'starter', name: 'second' }));
  expect(error).toMatchObject({ code: 'DATA_FOLDER_BUSY' });
  await other.close();
});

// Regression: the end of the run's log was deleted before the refusal.
test('a run that cannot resume because another studio trains keeps its whole log', async () => {
  engine.pauseAfter = 1;
  const about = { datasetId: await importRivers(), baseModelId: 'starter', options: { maxSteps: 4 } };
  const { id } = await client.runs.start({ ...about, name: 'stopped' });
  for await (const event of await client.runs.watch({ id })) if (event.kind === 'step') break;
  await client.runs.stop({ id });
  const database = openDatabase(join(folder, 'data/studio.sqlite'));
  const log = () => database.prepare('SELECT sequence, event FROM job_event WHERE job_id = ?').all(id);
  const before = log();
  expect(before.at(-1)).toMatchObject({ event: expect.stringContaining('"finished"') });

  const other = await createApp({ dataDir: join(folder, 'data'), resourcesDir: join(folder, 'resources'), engine });
  const second = createRouterClient(other.router, { context: { caller: 'trusted' } });
  await second.runs.start({ ...about, name: 'elsewhere' });
  expect((await safe(client.runs.resume({ id }))).error).toMatchObject({ code: 'DATA_FOLDER_BUSY' });
  expect(log()).toEqual(before);
  expect((await client.runs.get({ id })).state).toBe('stopped');
  database.close();
  await other.close();
});

// Regression: one such file kept the whole studio from opening.
test.each<[string, string, (file: string) => void]>([
  ['damaged', 'DATASET_FILE_DAMAGED', (file) => truncateSync(file, 5000)],
  ['missing', 'DATASET_FILE_MISSING', (file) => rmSync(file)],
])(
  'a %s rows file is reported when its dataset is used, and leaves the other datasets usable',
  async (_, code, damage) => {
    const [lost, sound] = [await importRivers(), await importRivers()];
    const { name } = await client.datasets.get({ id: lost });
    await app.close();
    const file = join(folder, 'data/datasets', lost, 'rows.sqlite');
    damage(file);
    await open();
    expect((await client.datasets.list()).map(({ id }) => id).sort()).toEqual([lost, sound].sort());
    const about = { code, data: { dataset: name, file } };
    const { error: inThread } = await safe(client.datasets.examples({ id: lost, offset: 0, limit: 1 }));
    expect(inThread).toMatchObject(about);
    const { error: here } = await safe(client.versions.list({ id: lost, offset: 0, limit: 1 }));
    expect(here).toMatchObject(about);
    const content = { target: 'mended' };
    const { error: changing } = await safe(client.versions.editRow({ id: lost, position: 0, content }));
    expect(changing).toMatchObject(about);
    const options = { maxSteps: 1 };
    const started = client.runs.start({ datasetId: lost, baseModelId: 'starter', name: 'run', options });
    expect((await safe(started)).error).toMatchObject(about);
    expect((await client.datasets.examples({ id: sound, offset: 0, limit: 1 })).total).toBe(20);
    await client.datasets.delete({ id: lost });
    expect((await client.datasets.list()).map(({ id }) => id)).toEqual([sound]);
  },
);

// Regression: the page was met long after the file was opened, and was reported as an internal error, or as a fault of
// the file being written.
test('a damaged page met during work is reported with the name of its dataset', async () => {
  const lines = Array.from(
    { length: 3000 },
    (_, i) => `The river ${i} ${'is long '.repeat(20)}.,Which river?,river ${i}`,
  );
  const path = join(folder, 'long.csv');
  writeFileSync(path, `passage,question,answer\n${lines.join('\n')}\n`);
  for await (const _ of await client.datasets.import({ source: { kind: 'path', path }, task: 'mrc' }));
  const datasetId = (await client.datasets.list())[0]?.id ?? '';
  engine.pauseAfter = 1;
  const begun = { datasetId, baseModelId: 'starter', options: { maxSteps: 2, maxLength: 256 } };
  const first = await client.runs.start({ ...begun, name: 'first' });
  for await (const { kind } of await client.runs.watch({ id: first.id })) if (kind === 'step') break;
  const { id } = await client.runs.start({ ...begun, name: 'second' });
  await app.close();
  const file = join(folder, 'data/datasets', datasetId, 'rows.sqlite');
  const sound = readFileSync(file);
  const half = Math.floor(sound.length / 2);
  writeFileSync(file, Buffer.from(sound).fill(0xa5, half, Math.floor(half * 1.5)));
  await open();

  const about = { code: 'DATASET_FILE_DAMAGED', data: { dataset: 'long', file } };
  await client.runs.resume({ id });
  for await (const _ of await client.runs.watch({ id }));
  expect(await client.runs.get({ id })).toMatchObject({ state: 'failed', error: about });

  const evaluation = await client.evaluations.start({
    datasetId,
    baseModelId: 'starter',
    adapterIds: [],
    split: 'train',
  });
  for await (const _ of await client.evaluations.watch({ id: evaluation.id }));
  expect(await client.evaluations.get({ id: evaluation.id })).toMatchObject({ state: 'failed', error: about });

  const out = join(folder, 'out.csv');
  expect((await safe(client.datasets.export({ id: 'long', out }))).error).toMatchObject(about);
  expect(existsSync(out)).toBe(false);
  const what = { kind: 'split' as const, datasetId, split: 'train' as const };
  expect((await safe(client.chat.score({ baseModelId: 'starter', adapterId: null, what }))).error).toMatchObject(about);

  // As the error says: with a sound copy of the file, everything resumes from where it was.
  engine.pauseAfter = Number.POSITIVE_INFINITY;
  writeFileSync(file, sound);
  for (const run of [first.id, id]) {
    await client.runs.resume({ id: run });
    for await (const _ of await client.runs.watch({ id: run }));
    expect(await client.runs.get({ id: run })).toMatchObject({ state: 'finished', step: 2 });
  }
});

test('an edited or added row follows the rules of the import', async () => {
  const id = await importRivers();
  const blank = { code: 'OPTION_INVALID', data: { option: 'target' } };
  const edited = client.versions.editRow({ id, position: 0, content: { target: ' \n' } });
  expect((await safe(edited)).error).toMatchObject(blank);
  const content = { context: 'new', target: ' ', group: ' rivers ', database: null };
  expect((await safe(client.versions.addRow({ id, content, split: 'train' }))).error).toMatchObject(blank);
  await client.versions.addRow({ id, content: { ...content, target: 'x' }, split: 'train' });
  expect(await client.datasets.example({ datasetId: id, exampleId: 'r20' })).toMatchObject({ group: 'rivers' });
});
