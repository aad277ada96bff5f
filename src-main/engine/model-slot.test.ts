import { expect, test } from 'vitest';
import type { LoadedModel } from './loaded-model.ts';
import { ModelSlot } from './model-slot.ts';

test('a model is loaded once for all its jobs', async () => {
  const { slot, told } = slotOf();
  const [first, second] = await Promise.all([slot.borrow('a'), slot.borrow('a')]);
  expect(first?.model).toBe(second?.model);
  expect(told).toEqual(['load a']);
});

test('a model stays when nobody uses it, until another takes its place', async () => {
  const { slot, told } = slotOf();
  (await slot.borrow('a')).giveBack();
  (await slot.borrow('a')).giveBack();
  expect(told).toEqual(['load a']);
  await slot.borrow('b');
  expect(told).toEqual(['load a', 'load b', 'release a']);
});

test('a model that lost its place is released by the last of its jobs', async () => {
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
  expect(told).toEqual(['load a', 'load a', 'release a']);
});

test('a load that failed is tried again', async () => {
  let loads = 0;
  const slot = new ModelSlot(async () => {
    if (++loads === 1) throw new Error('broken');
    return modelOf('a', []);
  });
  await expect(slot.borrow('a')).rejects.toThrow('broken');
  await expect(slot.borrow('a')).resolves.toMatchObject({});
});

function slotOf() {
  const told: string[] = [];
  const slot = new ModelSlot(async (folder) => {
    told.push(`load ${folder}`);
    return modelOf(folder, told);
  });
  return { slot, told };
}

/** Sound here because the slot does nothing with a model but release it. */
function modelOf(folder: string, told: string[]): LoadedModel {
  return { release: async () => void told.push(`release ${folder}`) } as unknown as LoadedModel;
}

function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
