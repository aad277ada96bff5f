import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Checkpoint, readCheckpoint, writeCheckpoint } from './checkpoint.ts';

const checkpoint: Checkpoint = {
  progress: {
    step: 7,
    validatedStep: 5,
    fruitless: 1,
    baseValidationLoss: 3.5,
    bestValidationLoss: null,
    peakRssBytes: 1,
    settings: 'the settings',
    data: 'the data',
    told: [{ kind: 'checkpoint', step: 6 }],
  },
  weights: new Map([['a', Float32Array.of(1, -0, 1e-45)]]),
  moments: new Map([['a', { first: Float32Array.of(4, 5, 6), second: Float32Array.of(7, 8, 9) }]]),
  best: null,
};
const expected = { settings: 'the settings', data: 'the data', sizes: new Map([['a', 3]]) };
let root: string;
let folder: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'checkpoint-'));
});

beforeEach(async () => {
  folder = await mkdtemp(join(root, 'run-'));
});

afterAll(() => rm(root, { recursive: true, force: true }));

test('a checkpoint round-trips bit for bit', async () => {
  await writeCheckpoint(folder, checkpoint);
  expect(await readCheckpoint(folder, expected)).toEqual(checkpoint);
  const best = { ...checkpoint, best: new Map([['a', Float32Array.of(0, 0, 1)]]) };
  await writeCheckpoint(folder, best);
  expect(await readCheckpoint(folder, expected)).toEqual(best);
});

test('a checkpoint of an earlier version, without reported events, can still be read', async () => {
  const { told: _, ...progress } = checkpoint.progress;
  await writeCheckpoint(folder, { ...checkpoint, progress: progress as Checkpoint['progress'] });
  expect((await readCheckpoint(folder, expected))?.progress).toEqual({ ...progress, told: [] });
});

test('a missing checkpoint reads as undefined, even if its folder does not exist', async () => {
  expect(await readCheckpoint(folder, expected)).toBeUndefined();
  expect(await readCheckpoint(join(folder, 'not-made-yet'), expected)).toBeUndefined();
});

test.each([
  ['other settings', { settings: 'others' }, 'settings have changed'],
  ['other data', { data: 'others' }, 'data has changed'],
  ['a base with other sizes', { sizes: new Map([['a', 4]]) }, 'base model has changed'],
  ['a base with other tensors', { sizes: new Map([['b', 3]]) }, 'base model has changed'],
])('%s: the run is not resumable', async (_name, changes, reason) => {
  await writeCheckpoint(folder, checkpoint);
  await expect(readCheckpoint(folder, { ...expected, ...changes })).rejects.toMatchObject({
    code: 'RUN_NOT_RESUMABLE',
    data: { reason: expect.stringContaining(reason) },
  });
});

test('a damaged checkpoint is refused as damaged', async () => {
  await writeCheckpoint(folder, checkpoint);
  const path = join(folder, 'checkpoint.safetensors');
  const whole = await readFile(path);
  for (const damaged of [
    whole.subarray(0, whole.length - 1),
    Buffer.from('x'),
    Buffer.from(String(whole).replace('"step\\":7', '"step\\":x')),
  ]) {
    await writeFile(path, damaged);
    await expect(readCheckpoint(folder, expected)).rejects.toMatchObject({
      code: 'RUN_NOT_RESUMABLE',
      data: { reason: 'its checkpoint is damaged' },
    });
  }
});

test('an interrupted write leaves the previous checkpoint intact and is overwritten by the next', async () => {
  await writeCheckpoint(folder, checkpoint);
  // What a crash in the middle of the next write leaves: part of a file under the temporary name.
  const whole = await readFile(join(folder, 'checkpoint.safetensors'));
  await writeFile(join(folder, 'checkpoint.safetensors.tmp'), whole.subarray(0, 50));
  expect(await readCheckpoint(folder, expected)).toEqual(checkpoint);
  const next = { ...checkpoint, progress: { ...checkpoint.progress, step: 8 } };
  await writeCheckpoint(folder, next);
  expect(await readCheckpoint(folder, expected)).toEqual(next);
  expect(await readdir(folder)).toEqual(['checkpoint.safetensors']);
});

test('the checkpoint before the latest is kept on request', async () => {
  const next = { ...checkpoint, progress: { ...checkpoint.progress, step: 8 } };
  await writeCheckpoint(folder, checkpoint, { keepsPrevious: true });
  await writeCheckpoint(folder, next, { keepsPrevious: true });
  expect(await readCheckpoint(folder, expected)).toEqual(next);
  expect(await readCheckpoint(folder, expected, { isPrevious: true })).toEqual(checkpoint);
});
