import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { BaseModel } from '../../src-contract/base-model.ts';
import { client } from '../client.ts';
import { BaseModelsState } from './base-models-state.svelte.ts';

const model = { id: 'm', parameters: 1_000 } as BaseModel;

// The studio itself is what the fake stands for: the renderer's edge.
vi.mock('../client.ts', () => ({
  client: {
    studio: { status: async () => ({ totalMemoryBytes: 6_000 }) },
    baseModels: { list: vi.fn(async () => [{ id: 'm' }]), delete: vi.fn(async () => {}) },
    adapters: { list: async () => [{ baseModelId: 'm' }, { baseModelId: 'other' }] },
  },
}));

beforeEach(() => {
  vi.useFakeTimers();
  vi.clearAllMocks();
});

afterEach(() => {
  vi.useRealTimers();
});

test('weights take four bytes each, judged by the memory of this machine', async () => {
  const state = new BaseModelsState();
  await state.shelf.load();
  expect(state.memory(model)).toEqual({ bytes: 4_000, fit: 'tight' });
  expect(state.memory({ ...model, parameters: 2_000 }).fit).toBe('tooBig');
  expect(state.adaptersOf(model)).toBe(1);
});

test('a model taken off the shelf can be had back until it is deleted', async () => {
  const state = new BaseModelsState();
  await state.shelf.load();
  const undo = state.delete(model, 10_000, () => {});
  expect(state.models).toEqual([]);
  undo();
  await vi.advanceTimersByTimeAsync(20_000);
  expect(state.models).toHaveLength(1);
  expect(client.baseModels.delete).not.toHaveBeenCalled();
});

test('a model that is in use comes back, and the reason is told', async () => {
  const state = new BaseModelsState();
  await state.shelf.load();
  const failure = new Error('in use');
  vi.mocked(client.baseModels.delete).mockRejectedValue(failure);
  const told = vi.fn();
  state.delete(model, 10_000, told);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(told).toHaveBeenCalledWith(failure);
  expect(state.models).toHaveLength(1);
});
