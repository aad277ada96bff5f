import { expect, test, vi } from 'vitest';
import type { Adapter } from '../../src-contract/adapter.ts';
import { client } from '../client.ts';
import { AdaptersState } from './adapters-state.svelte.ts';

// The fake replaces the studio, at the renderer's edge.
vi.mock('../client.ts', () => ({
  client: {
    adapters: { list: vi.fn() },
    ...{ baseModels: { list: async () => [] }, datasets: { list: async () => [] }, runs: { list: async () => [] } },
    evaluations: { list: async () => [] },
    studio: { changes: () => new Promise(() => {}) },
  },
  connection: { current: 'open', subscribe: () => () => {} },
}));

// Two changes in a row sent two requests, and a late answer to the first put a deleted adapter back on the page.
test('when two list requests overlap, the later request wins, whichever answer arrives first', async () => {
  const adapter = { id: 'a', createdAt: 1 } as Adapter;
  const late = Promise.withResolvers<Adapter[]>();
  // Sound: it has every field that is read.
  vi.mocked(client.adapters.list).mockReturnValueOnce(late.promise as never);
  const list = new AdaptersState();
  vi.mocked(client.adapters.list).mockResolvedValueOnce([] as never);
  await list.load();
  expect([list.adapters, list.loading]).toEqual([[], false]);
  late.resolve([adapter]);
  await late.promise;
  await new Promise((resolve) => setImmediate(resolve));
  expect(list.adapters).toEqual([]);
  list.leave();
});
