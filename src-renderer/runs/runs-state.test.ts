import { expect, test, vi } from 'vitest';
import type { Run } from '../../src-contract/run.ts';
import { client } from '../client.ts';
import { RunsState } from './runs-state.svelte.ts';

// The fake replaces the studio, at the renderer's edge.
vi.mock('../client.ts', () => ({
  client: {
    runs: { list: vi.fn() },
    ...{ datasets: { list: async () => [] }, baseModels: { list: async () => [] }, adapters: { list: async () => [] } },
    studio: { changes: () => new Promise(() => {}) },
  },
  connection: { current: 'open', subscribe: () => () => {} },
}));

// A late answer to the first request put a deleted run back on the page.
test('when two list requests overlap, the later request wins, whichever answer arrives first', async () => {
  const run = { id: 'r', createdAt: 1, state: 'queued', step: 0, result: null, queuePlace: 1 } as Run;
  const late = Promise.withResolvers<Run[]>();
  // Sound: it has every field that is read.
  vi.mocked(client.runs.list).mockReturnValueOnce(late.promise as never);
  const list = new RunsState();
  expect([list.runs, list.loading]).toEqual([[], true]);
  vi.mocked(client.runs.list).mockResolvedValueOnce([] as never);
  await list.load();
  expect([list.runs, list.loading]).toEqual([[], false]);
  late.resolve([run]);
  await late.promise;
  await new Promise((resolve) => setImmediate(resolve));
  expect(list.runs).toEqual([]);
  list.leave();
});
