import { spawn } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { onnxruntimeBackend } from '../../src-main/engine/backends/onnxruntime/onnxruntime-backend.ts';
import type { LoraSettings, TokenExample, TrainEvent, TrainJob } from '../../src-main/engine/engine.ts';
import { localEngine } from '../../src-main/engine/local-engine.ts';
import { Random } from '../../src-main/engine/random.ts';
import { writeTokenFile } from '../../src-main/tasks/token-file.ts';

// Whole trainings of a tiny model: that they learn, are reproducible, and lose nothing when interrupted. Seconds on a
// quiet machine, minutes on a busy one.
vi.setConfig({ testTimeout: 180_000 });
const modelFolder = join(import.meta.dirname, 'golden/llama-tiny');
const forever = new AbortController().signal;
let scratch: string;
const engine = localEngine(onnxruntimeBackend({ threads: 2 }));

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'training-'));
  await writeTokenFile(join(scratch, 'train'), copyTask(24, 1));
  await writeTokenFile(join(scratch, 'validation'), copyTask(8, 2));
});

afterAll(() => rm(scratch, { recursive: true, force: true }));

test('the same seed gives the same bits, and another seed gives others', async () => {
  const [first, again, other] = [await trained('first'), await trained('again'), await trained('other', { seed: 8 })];
  expect(first.steps).toHaveLength(12);
  expect(again).toEqual(first);
  expect(other.steps).not.toEqual(first.steps);
});

test('every row is read once an epoch, and the last short batch is kept', async () => {
  const { steps } = await trained('epochs', { batchSize: 5 });
  expect(steps).toHaveLength(10);
  // A target is two tokens; two epochs of 24 rows.
  expect(steps.map(({ targetTokens }) => targetTokens)).toEqual([...Array(9).fill(10), 6]);
  const all = copyTask(24, 1).reduce((sum, { ids }) => sum + ids.length, 0);
  expect(steps.reduce((sum, { tokens }) => sum + tokens, 0)).toBe(2 * all);
  const inOrder = await trained('in-order', { batchSize: 24, shuffle: false, maxSteps: 1 });
  const shuffled = await trained('shuffled', { batchSize: 24, maxSteps: 1 });
  expect(shuffled.steps[0]?.tokens).toBe(inOrder.steps[0]?.tokens);
});

// Regression: stopped between a step and its validation, a resumed run skipped it, and could keep other weights.
test('a run stopped after any step, even one with a validation due, ends with the same bits', async () => {
  const whole = await trained('whole');
  for (const stopAfter of [1, 2, 5, 6, 12]) {
    const name = `stopped-after-${stopAfter}`;
    const before = await trained(name, {}, stopAfter);
    const after = await trained(name);
    expect(before.steps).toHaveLength(stopAfter);
    expect([...before.steps, ...after.steps]).toEqual(whole.steps);
    expect([...before.validations, ...after.validations]).toEqual(whole.validations);
    expect(after.files).toEqual(whole.files);
    expect(after.finished).toMatchObject({ stopped: false, step: 12, ...lossesOf(whole.finished) });
  }
});

test('starting a finished run again changes nothing', async () => {
  const whole = await trained('finished');
  const again = await trained('finished');
  expect(again.steps).toEqual([]);
  expect(again.files).toEqual(whole.files);
  expect(again.finished).toMatchObject({ stopped: false, step: 12, ...lossesOf(whole.finished) });
});

test('a run killed by SIGKILL and resumed ends with the same bits', async () => {
  const whole = await trained('unbroken', { checkpointEvery: 2 });
  const stepsBeforeTheKill = await trainUntilKilled(jobOf('killed', { checkpointEvery: 2 }), 7);
  expect(stepsBeforeTheKill).toBeGreaterThanOrEqual(7);
  const resumed = await trained('killed', { checkpointEvery: 2 });
  expect(resumed.started?.step).toBeGreaterThanOrEqual(6);
  expect(resumed.steps).toEqual(whole.steps.slice(resumed.started?.step));
  expect(resumed.files).toEqual(whole.files);
  // Events may have been lost when the listener was killed before it stored them.
  const again = resumed.started?.told?.flatMap((event) => (event.kind === 'step' ? [event.loss] : []));
  expect(again).toEqual(whole.steps.slice(0, resumed.started?.step).map(({ loss }) => loss));
});

test('a run is not resumed with other settings or other data', async () => {
  await trained('changed', {}, 3);
  await expect(trained('changed', { learningRate: 1 })).rejects.toMatchObject({ code: 'RUN_NOT_RESUMABLE' });
  await writeTokenFile(join(scratch, 'other-train'), copyTask(24, 3));
  const other = { trainFile: join(scratch, 'other-train') };
  await expect(trained('changed', other)).rejects.toMatchObject({ code: 'RUN_NOT_RESUMABLE' });
});

test('LoRA training lowers the validation loss and leaves the base file unchanged', async () => {
  const base = await readFile(join(modelFolder, 'model.safetensors'));
  const { finished, validations } = await trained('learning', { maxSteps: 60, epochs: 20, learningRate: 2e-2 });
  expect(finished?.bestValidationLoss).toBeLessThan((finished?.baseValidationLoss as number) - 1);
  expect(validations.filter(({ best }) => best).at(-1)?.loss).toBe(finished?.bestValidationLoss);
  expect(await readFile(join(modelFolder, 'model.safetensors'))).toEqual(base);
});

test('full training lowers the loss and writes a model that reproduces it', async () => {
  const changes = { method: { kind: 'full' }, maxSteps: 40, epochs: 20, learningRate: 5e-3 } as const;
  const { finished, started } = await trained('full', changes);
  expect(started?.trainableParameters).toBe(started?.totalParameters);
  expect(finished?.bestValidationLoss).toBeLessThan((finished?.baseValidationLoss as number) - 1);
  const facts = await engine.inspect(join(scratch, 'full'));
  expect(facts).toMatchObject({ dtype: 'F16', parameters: started?.totalParameters });
  const examples = copyTask(8, 2);
  const job = { modelFolder: join(scratch, 'full'), adapter: null, examples };
  const logprobs = (await engine.score(job, forever)).logprobs.flat();
  const loss = -logprobs.reduce((sum, value) => sum + value, 0) / logprobs.length;
  // Weights are rounded to half precision: 11 bits.
  expect(Math.abs(loss - (finished?.bestValidationLoss as number))).toBeLessThan(5e-3);
  expect((await readdir(join(scratch, 'full'))).sort()).toEqual([
    'config.json',
    'generation_config.json',
    'model.safetensors',
  ]);
});

test('a full training stopped and resumed ends with the same bits', async () => {
  const changes = { method: { kind: 'full' } } as const;
  const whole = await trained('full-whole', changes);
  await trained('full-broken', changes, 5);
  expect((await trained('full-broken', changes)).files).toEqual(whole.files);
});

test('early stopping ends a run once patience runs out, also after a resume, and it stays finished', async () => {
  // At this rate it unlearns what it could do.
  const changes = { learningRate: 0.5, gradientClip: 0, epochs: 20, validationEvery: 1, patience: 3 } as const;
  const whole = await trained('impatient', changes);
  const { step, early, stopped } = whole.finished ?? {};
  expect({ early, stopped }).toEqual({ early: true, stopped: false });
  expect(step).toBeLessThan(whole.started?.totalSteps as number);
  expect(whole.validations.slice(-3).every(({ best }) => !best)).toBe(true);
  expect(
    whole.validations.slice(0, -1).every((_, i, all) => i < 3 || all.slice(i - 2, i + 1).some(({ best }) => best)),
  ).toBe(true);

  await trained('impatient-broken', changes, (step as number) - 1);
  expect((await trained('impatient-broken', changes)).files).toEqual(whole.files);
  const again = await trained('impatient', changes);
  expect(again.steps).toEqual([]);
  expect(again.finished).toEqual(whole.finished);
});

test('sample prompts are answered at each validation, without any effect on the training', async () => {
  const prompts = copyTask(8, 2)
    .slice(0, 2)
    .map(({ ids, targetStart }) => ids.slice(0, targetStart));
  const samples = { prompts, maxTokens: 4, stopIds: [0] };
  const changes = { maxSteps: 60, epochs: 20, learningRate: 2e-2, validationEvery: 60 };
  const silent = await trained('silent', changes);
  const telling = await trained('telling', { ...changes, samples });
  expect(telling.files).toEqual(silent.files);
  expect(telling.validations.map(({ step }) => step)).toEqual([0, 60]);
  const [before, after] = telling.validations.map(({ answers }) => answers);
  // Sampled outside of training, the base and the finished adapter write the same.
  const written = async (folder: string | null, promptIds: readonly number[]) => {
    const job = { modelFolder, promptIds, maxTokens: 4, stopIds: [0], temperature: 0, topK: 0, topP: 1, seed: 0 };
    const ids: number[] = [];
    const adapter = folder === null ? null : { folder: join(scratch, folder), strength: 1 };
    for await (const event of engine.generate({ ...job, adapter }, forever))
      if (event.kind === 'token') ids.push(event.id);
    return ids;
  };
  expect(before).toEqual([await written(null, prompts[0] ?? []), await written(null, prompts[1] ?? [])]);
  expect(after).toEqual([await written('telling', prompts[0] ?? []), await written('telling', prompts[1] ?? [])]);
  expect(after).not.toEqual(before);
});

// Regression: the initial adapter stood in for the base, with its loss and its answers.
test('a training that continues an adapter is compared with that adapter and with the base', async () => {
  const prompts = [copyTask(8, 2)[0]?.ids.slice(0, 3) ?? []];
  const changes = { learningRate: 2e-2, samples: { prompts, maxTokens: 4, stopIds: [0] } };
  const first = await trained('begun', { ...changes, maxSteps: 40, epochs: 20, validationEvery: 40 });
  const onwards = await trained('gone-on', { ...changes, method: goingOnFrom('begun') });
  const [bare, learnt] = first.validations;
  expect(onwards.validations[0]).toMatchObject({
    ...{ step: 0, loss: learnt?.loss, answers: learnt?.answers },
    base: { loss: bare?.loss, answers: bare?.answers },
  });
  expect(onwards.validations.slice(1).every(({ base }) => base === undefined)).toBe(true);
  expect(onwards.finished?.baseValidationLoss).toBe(bare?.loss);
});

test('the initial adapter may be in another folder when a run is resumed', async () => {
  const method = goingOnFrom('begun');
  const whole = await trained('moved-whole', { method });
  await trained('moved', { method }, 5);
  await cp(join(scratch, 'begun'), join(scratch, 'begun-elsewhere'), { recursive: true });
  expect((await trained('moved', { method: goingOnFrom('begun-elsewhere') })).files).toEqual(whole.files);
});

// Regression: a NaN measurement was passed on, and whoever followed the run crashed.
test('a validation loss that is not a number stops the run and names the rows', async () => {
  const changes = { learningRate: 1e30, validationEvery: 1, gradientClip: 0 };
  await expect(trained('unmeasurable', changes)).rejects.toMatchObject({
    code: 'RUN_DIVERGED',
    data: { step: expect.any(Number), split: 'validation', rows: expect.stringMatching(/^\d(, \d){0,7}$/) },
  });
});

test('a diverging loss stops the run, names its step and rows, and keeps the last checkpoint', async () => {
  const changes = { learningRate: 1e30, checkpointEvery: 1, gradientClip: 0 };
  await expect(trained('diverging', changes)).rejects.toMatchObject({
    code: 'RUN_DIVERGED',
    data: { step: expect.any(Number), split: 'train', rows: expect.stringMatching(/^\d+(, \d+){0,3}$/) },
  });
  expect(await readdir(join(scratch, 'diverging-checkpoint'))).toEqual(['checkpoint.safetensors']);
});

test('rows that are too long or of another tokenizer, and no rows, are refused before the first step', async () => {
  await writeTokenFile(join(scratch, 'long'), [{ ids: Array(65).fill(1), targetStart: 3 }]);
  await expect(trained('long-rows', { trainFile: join(scratch, 'long') })).rejects.toMatchObject({
    code: 'CONTEXT_TOO_LONG',
  });
  await writeTokenFile(join(scratch, 'foreign'), [{ ids: [1, 64, 2], targetStart: 1 }]);
  await expect(trained('foreign-rows', { validationFile: join(scratch, 'foreign') })).rejects.toMatchObject({
    code: 'MODEL_FILE_INVALID',
    data: { file: 'tokenizer.json' },
  });
  await writeTokenFile(join(scratch, 'none'), []);
  await expect(trained('no-rows', { trainFile: join(scratch, 'none') })).rejects.toMatchObject({
    code: 'DATASET_TOO_SMALL',
  });
});

/** Targets that repeat the first token of their context, then end: learnt in a few steps. */
function copyTask(count: number, seed: number): TokenExample[] {
  const random = new Random(seed);
  const token = () => 1 + Math.floor(random.uniform() * 8);
  return Array.from({ length: count }, () => {
    const context = [token(), ...Array.from({ length: 2 + Math.floor(random.uniform() * 6) }, token), 60];
    return { ids: [...context, context[0] as number, 0], targetStart: context.length };
  });
}

function goingOnFrom(name: string): TrainJob['method'] {
  return { ...(jobOf(name).method as LoraSettings), initFolder: join(scratch, name) };
}

function jobOf(name: string, changes: Partial<TrainJob> = {}): TrainJob {
  return {
    ...{ modelFolder, trainFile: join(scratch, 'train'), validationFile: join(scratch, 'validation') },
    method: {
      kind: 'lora',
      rank: 4,
      alpha: 8,
      targets: ['q', 'v', 'o', 'down'],
      dropout: 0.1,
      initialisation: 'gradient',
      initFolder: null,
    },
    ...{ learningRate: 1e-2, schedule: 'cosine', warmupSteps: 2, weightDecay: 0.01, gradientClip: 1 },
    ...{ epochs: 2, maxSteps: null, batchSize: 4, seed: 7, shuffle: true, validationEvery: 3, checkpointEvery: null },
    ...{ outputFolder: join(scratch, name), checkpointFolder: join(scratch, `${name}-checkpoint`) },
    ...changes,
  };
}

type EventOf<K extends TrainEvent['kind']> = Extract<TrainEvent, { kind: K }>;

/** The events of a training, without what varies from run to run (time, memory), and the bytes that it leaves. */
async function trained(name: string, changes: Partial<TrainJob> = {}, stopAfter?: number) {
  const stop = new AbortController();
  const events: TrainEvent[] = [];
  for await (const event of engine.train(jobOf(name, changes), stop.signal)) {
    events.push(event);
    if (event.kind === 'step' && event.step === stopAfter) stop.abort();
  }
  const ofKind = <K extends TrainEvent['kind']>(kind: K) =>
    events.filter((event): event is EventOf<K> => event.kind === kind);
  const weights = (await readdir(join(scratch, name))).filter((file) => file.endsWith('.safetensors'));
  return {
    started: ofKind('started')[0],
    steps: ofKind('step').map(({ kind: _, seconds: __, rssBytes: ___, ...same }) => same),
    validations: ofKind('validation').map(({ kind: _, ...same }) => same),
    finished: ofKind('finished').map(({ peakRssBytes: _, ...same }) => same)[0],
    files: await Promise.all(weights.map((file) => readFile(join(scratch, name, file), 'base64'))),
  };
}

function lossesOf(finished: Partial<EventOf<'finished'>> | undefined) {
  return { bestValidationLoss: finished?.bestValidationLoss, baseValidationLoss: finished?.baseValidationLoss };
}

/** Trains in a process of its own and kills it as soon as it has reported a step; returns the last step it reported. */
async function trainUntilKilled(job: TrainJob, step: number): Promise<number> {
  const at = (path: string) =>
    JSON.stringify(pathToFileURL(join(import.meta.dirname, '../../src-main/engine', path)).href);
  const source = `
    const { localEngine } = await import(${at('local-engine.ts')});
    const { onnxruntimeBackend } = await import(${at('backends/onnxruntime/onnxruntime-backend.ts')});
    const engine = localEngine(onnxruntimeBackend({ threads: 2 }));
    const job = ${JSON.stringify(job)};
    for await (const event of engine.train(job, new AbortController().signal)) console.log(JSON.stringify(event));
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', source], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<NodeJS.Signals | null>((resolve) => child.once('exit', (_code, signal) => resolve(signal)));
  let last = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    const event = JSON.parse(line) as TrainEvent;
    if (event.kind === 'step') last = event.step;
    if (last >= step) child.kill('SIGKILL');
  }
  expect(await ended).toBe('SIGKILL');
  return last;
}
