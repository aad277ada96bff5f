import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { writeTokenFile } from '../tasks/token-file.ts';
import type { TrainJob } from './engine.ts';
import { localEngine } from './local-engine.ts';
import { LoadedModel } from './model/loaded-model.ts';
import { LoadingProgress } from './model/loading-progress.ts';

// Regression: a training of a large base showed nothing for as long as the base loaded.
test('a training tells how far its base has loaded, as does each of several', async () => {
  const scratch = await mkdtemp(join(tmpdir(), 'local-engine-'));
  onTestFinished(async () => {
    vi.restoreAllMocks();
    await rm(scratch, { recursive: true });
  });
  // A tiny base tells nothing, and is there at once.
  vi.spyOn(LoadingProgress.prototype, 'share', 'get').mockReturnValue(0.5);
  const { feeds } = LoadedModel.prototype;
  vi.spyOn(LoadedModel.prototype, 'feeds').mockImplementation(async function (this: LoadedModel) {
    await sleep(400);
    return feeds.call(this);
  });
  const trainFile = join(scratch, 'train.tokens');
  await writeTokenFile(trainFile, [{ ids: [1, 2, 3], targetStart: 1 }]);
  const job = (name: string): TrainJob => ({
    ...{ modelFolder: join(import.meta.dirname, '../../test/numerics/golden/llama-tiny'), trainFile },
    ...{ validationFile: null, validationEvery: null, checkpointEvery: null, epochs: 1, maxSteps: 1, batchSize: 1 },
    method: {
      ...{ kind: 'lora', rank: 2, alpha: 4, targets: ['q'], dropout: 0, initialisation: 'kaiming', initFolder: null },
    },
    ...{ learningRate: 1e-2, schedule: 'constant', warmupSteps: 0, weightDecay: 0, gradientClip: 0 },
    ...{ seed: 0, shuffle: false, outputFolder: join(scratch, name), checkpointFolder: join(scratch, `${name}-kept`) },
  });
  const engine = localEngine();
  const { signal } = new AbortController();
  const alone = await Array.fromAsync(engine.train(job('a'), signal));
  const loading = { kind: 'loading', share: 0.5 };
  expect(alone.map(({ kind }) => kind)).toEqual(['loading', 'started', 'step', 'checkpoint', 'finished']);
  expect(alone[0]).toEqual(loading);
  const together = await Array.fromAsync(engine.trainTogether({ jobs: [job('b'), job('c')] }, signal));
  expect(together.slice(0, 2)).toEqual([0, 1].map((place) => ({ job: place, event: loading })));
});
