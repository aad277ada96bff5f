import { expect, onTestFinished, test, vi } from 'vitest';
import type { Run, RunEvent } from '../../src-contract/run.ts';
import { client } from '../client.ts';
import { HomeState } from './home-state.svelte.ts';

const { changes, changed } = await vi.hoisted(async () => {
  const { toldChanges } = await import('../../test/fixtures/told-changes.ts');
  return toldChanges('run');
});

// The fake replaces the studio, at the renderer's edge.
vi.mock('../client.ts', () => ({
  client: {
    runs: { listed: vi.fn(), watch: vi.fn() },
    ...{
      datasets: { list: async () => [], cutOff: async () => [] },
      adapters: { list: async () => [] },
      baseModels: { list: async () => [] },
    },
    ...{ evaluations: { list: async () => [] }, chat: { conversations: async () => [] } },
    answeredTables: { list: async () => [] },
    studio: { status: async () => ({}), changes },
  },
  connection: { current: 'open', subscribe: () => () => {} },
}));

// It was counted as “step 15 of 0”: the total is known once the rows are read, and no list is fetched then.
test('a run that starts while the page is open shows its total number of steps', async () => {
  vi.mocked(client.runs.listed).mockResolvedValue([{ id: 'r', state: 'running', step: 0, totalSteps: 0 } as Run]);
  const told = [
    { kind: 'started', totalSteps: 40 },
    { kind: 'step', step: 1, loss: 3, secondsLeft: 9 },
  ] as RunEvent[];
  // Sound: it has every field that the page reads.
  vi.mocked(client.runs.watch).mockResolvedValue(told as never);
  const leave = new AbortController();
  const home = new HomeState();
  expect(home.totalSteps).toBe(0);
  home.follow(leave.signal);
  await vi.waitFor(() => expect(home.step).toEqual({ step: 1, secondsLeft: 9 }));
  expect(home.totalSteps).toBe(40);
  leave.abort();
});

// Regression: the loss of the last step alone stood here, and the mean of ten on the page of the run, under one name;
// and a resumed run had the steps after its checkpoint twice.
test('the loss of the run in progress is that of the chart on its page', async () => {
  vi.mocked(client.runs.listed).mockResolvedValue([{ id: 'r', state: 'running', step: 0, totalSteps: 2 } as Run]);
  const step = (at: number, loss: number) => ({ kind: 'step', step: at, loss, secondsLeft: 9 }) as RunEvent;
  // Sound: it has every field that the page reads.
  vi.mocked(client.runs.watch).mockResolvedValue([step(1, 3), step(2, 8), step(2, 1)] as never);
  const leave = new AbortController();
  const home = new HomeState();
  home.follow(leave.signal);
  await vi.waitFor(() => expect(home.losses).toHaveLength(2));
  // 0.9 · 0.1 · 3 + 0.1 · 1, over the sum of both weights.
  expect(home.losses[1]).toBeCloseTo(0.37 / 0.19, 10);
  leave.abort();
});

// Regression: what the stopped run had told last was drawn for the next one, until that had made a step of its own.
test('the plot of the next run does not begin with the losses of the one before', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const run = (id: string) => ({ id, state: 'running', step: 0, totalSteps: 0 }) as Run;
  const step = { kind: 'step', step: 1, loss: 3, secondsLeft: 9 } as RunEvent;
  vi.mocked(client.runs.listed)
    .mockResolvedValueOnce([run('a')])
    .mockResolvedValueOnce([run('b')]);
  // Sound: it has every field that the page reads.
  const watched = vi.mocked(client.runs.watch).mockResolvedValueOnce([step] as never);
  watched.mockResolvedValueOnce(new Promise(() => {}) as never);
  const leave = new AbortController();
  const home = new HomeState();
  home.follow(leave.signal);
  await vi.waitFor(() => expect(watched).toHaveBeenCalledTimes(1));
  changed();
  await vi.waitFor(() => expect(home.running?.id).toBe('b'));
  await vi.waitFor(() => expect(watched).toHaveBeenCalledTimes(2));
  vi.runAllTimers();
  expect([home.losses, home.step]).toEqual([[], undefined]);
  leave.abort();
});
