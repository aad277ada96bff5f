import { expect, test } from 'vitest';
import type { PrecisionChoice } from '../engine.ts';
import type { Precision } from '../weights/rounded-weights.ts';
import type { LoadedModel } from './loaded-model.ts';
import type { LoadingProgress } from './loading-progress.ts';
import { ModelSlot } from './model-slot.ts';

test('a model is loaded once for all its jobs', async () => {
  const { slot, told } = slotOf();
  const [first, second] = await Promise.all([slot.borrow('a'), slot.borrow('a')]);
  expect(first?.model).toBe(second?.model);
  expect(told).toEqual(['load a']);
});

test('an unused model stays loaded until another replaces it', async () => {
  const { slot, told } = slotOf();
  (await slot.borrow('a')).giveBack();
  (await slot.borrow('a')).giveBack();
  expect(told).toEqual(['load a']);
  await slot.borrow('b');
  expect(told).toEqual(['load a', 'load b', 'release a']);
});

test('a replaced model is released when its last job ends', async () => {
  const { slot, told } = slotOf();
  const [first, second] = [await slot.borrow('a'), await slot.borrow('a')];
  await slot.borrow('b');
  first.giveBack();
  first.giveBack();
  await settled();
  expect(told).toEqual(['load a', 'load b']);
  second.giveBack();
  await settled();
  expect(told).toEqual(['load a', 'load b', 'release a']);
});

test('a folder whose files have changed is loaded again', async () => {
  const { slot, told } = slotOf();
  (await slot.borrow('a')).giveBack();
  slot.forget('other');
  slot.forget('a');
  await slot.borrow('a');
  expect(told).toEqual(['load a', 'release a', 'load a']);
});

// Regression: after a damaged copy was replaced by a good one, answers and trainings were still of the damaged one.
test('a model whose files have been replaced is loaded again; one whose files are gone stays', async () => {
  let files: string | undefined = 'first';
  const { slot, told } = slotOf(async () => files);
  (await slot.borrow('a')).giveBack();
  files = undefined;
  (await slot.borrow('a')).giveBack();
  expect(told).toEqual(['load a']);
  files = 'second';
  const loans = await Promise.all([slot.borrow('a'), slot.borrow('a')]);
  for (const loan of loans) loan.giveBack();
  expect(told).toEqual(['load a', 'load a', 'release a']);
});

test('a failed load is retried', async () => {
  let loads = 0;
  const load = async () => {
    if (++loads === 1) throw new Error('broken');
    return modelOf('a', [], 'float32');
  };
  const slot = new ModelSlot({ filesOf: async () => 'files', load, comesTo: async () => 'float32' });
  await expect(slot.borrow('a')).rejects.toThrow('broken');
  await expect(slot.borrow('a')).resolves.toMatchObject({});
});

test('choices that resolve to the same precision share a model; others do not', async () => {
  const { slot, told } = slotOf();
  const first = await slot.borrow('a', 'auto');
  expect((await slot.borrow('a', 'float32')).model).toBe(first.model);
  expect(told).toEqual(['load a']);
  const others = await Promise.all([slot.borrow('a', 'int8'), slot.borrow('a', 'int8')]);
  expect(others[0]?.model).toBe(others[1]?.model);
  expect(told).toEqual(['load a', 'load a']);
});

// Regression: of two windows with a base each, the one whose base lost its place saw no progress.
test('each job gets the progress of its own model, whichever is in the slot by then', async () => {
  const loadings: LoadingProgress[] = [];
  const load = async (folder: string, _: PrecisionChoice, loading: LoadingProgress) => {
    loadings.push(loading);
    return modelOf(folder, [], 'float32');
  };
  const slot = new ModelSlot({ filesOf: async () => 'files', load, comesTo: async () => 'float32' });
  const heard: LoadingProgress[] = [];
  const borrow = (folder: string) => slot.borrow(folder, 'auto', (loading) => heard.push(loading));
  await Promise.all([borrow('a'), borrow('b')]);
  expect(heard).toEqual(loadings);
  expect(new Set(heard).size).toBe(2);
});

/** Here, `auto` resolves to floats. */
function slotOf(filesOf: (folder: string) => Promise<string | undefined> = async () => 'files') {
  const told: string[] = [];
  const comesTo = async (choice: PrecisionChoice) => (choice === 'auto' ? 'float32' : choice);
  const load = async (folder: string, choice: PrecisionChoice) => {
    told.push(`load ${folder}`);
    return modelOf(folder, told, await comesTo(choice));
  };
  return { slot: new ModelSlot({ filesOf, load, comesTo }), told };
}

/** Sound here because the slot only releases a model or reads its precision. */
function modelOf(folder: string, told: string[], precision: Precision): LoadedModel {
  return { precision, release: async () => void told.push(`release ${folder}`) } as unknown as LoadedModel;
}

function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
