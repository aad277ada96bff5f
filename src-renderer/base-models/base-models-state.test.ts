import { beforeEach, expect, test, vi } from 'vitest';
import type { BaseModel } from '../../src-contract/base-model.ts';
import { client } from '../client.ts';
import { BaseModelsState } from './base-models-state.svelte.ts';

// Sound: no other field is read.
const model = { id: 'm' } as BaseModel;

// The fake replaces the studio, at the renderer's edge.
vi.mock('../client.ts', () => ({
  client: {
    studio: { status: async () => ({ totalMemoryBytes: 6_000 }) },
    baseModels: {
      list: vi.fn(async () => [{ id: 'm' }]),
      answeringNeeds: async () => [{ id: 'm', bytes: 5_000 }],
      ...{ delete: vi.fn(async () => {}), restore: vi.fn() },
    },
    adapters: { list: async () => [{ baseModelId: 'm' }, { baseModelId: 'other' }] },
    chat: { conversations: async () => [{ baseModelId: 'm' }, { baseModelId: 'm' }, { baseModelId: 'other' }] },
  },
}));

beforeEach(() => {
  vi.clearAllMocks();
});

test('tells what was made with a model, and what answers need once its files have been looked into', async () => {
  const state = new BaseModelsState();
  await state.shelf.load();
  expect(state.answeringNeedOf(model)).toBeUndefined();
  await state.needs.load();
  expect(state.answeringNeedOf(model)).toMatchObject({ bytes: 5_000 });
  expect(state.answeringNeedOf({ ...model, id: 'damaged' })).toBeUndefined();
  expect(state.adaptersOf(model)).toBe(1);
  expect(state.conversationsWith(model)).toBe(2);
});

test('restores a deleted model', async () => {
  const state = new BaseModelsState();
  await state.shelf.load();
  await state.delete(model);
  expect(client.baseModels.delete).toHaveBeenCalledWith({ id: 'm' });
  await state.restore(model);
  expect(client.baseModels.restore).toHaveBeenCalledWith({ id: 'm' });
  expect(client.baseModels.list).toHaveBeenCalledTimes(3);
});

test('a model in use is kept, and the deletion fails with the reason', async () => {
  const state = new BaseModelsState();
  await state.shelf.load();
  const failure = new Error('in use');
  vi.mocked(client.baseModels.delete).mockRejectedValueOnce(failure);
  await expect(state.delete(model)).rejects.toBe(failure);
  expect(state.models).toHaveLength(1);
});
