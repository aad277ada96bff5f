import { expect, test } from 'vitest';
import type { BaseModel } from '../../src-contract/base-model.ts';
import type { ModelTexts } from '../base-models/model-texts.ts';
import type { DatasetStore } from '../datasets/dataset-store.ts';
import { LabSpeed } from './lab-speed.ts';

// Sound: no other field is read.
const base = { path: 'folder', sha256: 'of the base' } as BaseModel;

function speedOf(studio: { isBusy: () => boolean; score?: () => Promise<{ logprobs: number[][] }> }) {
  const told = { passes: 0 };
  const score = async () => {
    told.passes++;
    return studio.score?.() ?? { logprobs: [] };
  };
  const rest = { datasets: {} as DatasetStore, modelTexts: {} as ModelTexts };
  return { told, speed: new LabSpeed({ engine: { score }, ...rest, isBusy: studio.isBusy }) };
}

// Regression: what was measured beside a training was told until the studio was closed.
test('a speed measured beside a training is not kept, and one measured at rest is', async () => {
  let busy = true;
  const { told, speed } = speedOf({ isBusy: () => busy });
  expect(await speed.of(base, null)).not.toBeNull();
  const first = told.passes;
  busy = false;
  await speed.of(base, null);
  expect(told.passes).toBe(2 * first);
  await speed.of(base, null);
  expect(told.passes).toBe(2 * first);
  await speed.of({ ...base, sha256: 'of another' }, null);
  expect(told.passes).toBe(3 * first);
});

// Regression: after an engine had ended in the middle, no experiment had an estimate any more.
test('after a failure nothing is known, and the next try measures', async () => {
  let fails = true;
  const score = async () => {
    if (fails) throw new Error('the engine has ended');
    return { logprobs: [] };
  };
  const { speed } = speedOf({ isBusy: () => false, score });
  expect(await speed.of(base, null)).toBeNull();
  fails = false;
  expect(await speed.of(base, null)).not.toBeNull();
});
