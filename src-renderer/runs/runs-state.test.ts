import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import type { Run, RunEvent } from '../../src-contract/run.ts';
import { client } from '../client.ts';
import { RunsState } from './runs-state.svelte.ts';

// The fake replaces the studio, at the renderer's edge.
vi.mock('../client.ts', () => ({
  client: {
    ...{ datasets: { list: async () => [] }, baseModels: { list: async () => [] }, adapters: { list: async () => [] } },
    runs: { listed: vi.fn(), curves: vi.fn(), watch: vi.fn() },
  },
  connection: { current: 'open', subscribe: () => () => {} },
}));

beforeEach(() => void vi.clearAllMocks());

// Regression: for its curve, every event of every failed run was fetched: two hundred streams of thousands of events.
test('of hundreds of failed runs, the curves of those drawn are fetched, each once', async () => {
  vi.mocked(client.runs.listed).mockResolvedValue(Array.from({ length: 300 }, (_, age) => failed(`r${age}`, age)));
  vi.mocked(client.runs.curves).mockImplementation(async ({ ids }) =>
    Object.fromEntries(ids.map((id) => [id, [2, 1]])),
  );
  const page = new RunsState();
  await page.list.load();
  await page.loadCurves();
  page.named.drawMore();
  await page.loadCurves();
  await page.loadCurves();
  const asked = vi.mocked(client.runs.curves).mock.calls.map(([{ ids }]) => [ids.length, ids[0]]);
  expect(asked).toEqual([
    [40, 'r299'],
    [40, 'r259'],
  ]);
  expect(page.lossesOf(page.named.drawn[79] as Run)).toEqual([2, 1]);
  expect(client.runs.watch).not.toHaveBeenCalled();
});

// Regression: once the clock had been put back by an hour, nothing was drawn for an hour.
test('the curve of a run under way goes on when the clock is put back', async () => {
  vi.useFakeTimers({ toFake: ['Date', 'performance'] });
  onTestFinished(() => void vi.useRealTimers());
  // Sound: the list looks at nothing else.
  const run = { id: 'a', name: 'a', createdAt: 0, state: 'running', step: 0, result: null } as Run;
  vi.mocked(client.runs.listed).mockResolvedValue([run]);
  const isDrawn: boolean[] = [];
  const page = new RunsState();
  vi.mocked(client.runs.watch).mockImplementation(async () => {
    // Sound: the page looks at nothing else of a step.
    const step = (number: number) => ({ kind: 'step', step: number, loss: 4 - number }) as RunEvent;
    async function* steps() {
      yield step(1);
      vi.advanceTimersByTime(600);
      vi.setSystemTime(Date.now() - 3_600_000);
      yield step(2);
      isDrawn.push(page.lossesOf(run).length === 2);
    }
    // Sound: it is only iterated.
    return steps() as never;
  });
  await page.list.load();
  await vi.waitFor(() => expect(isDrawn).toEqual([true]));
});

function failed(id: string, createdAt: number): Run {
  // Sound: the list looks at nothing else.
  return { id, name: id, createdAt, state: 'failed', step: 20_000, result: null } as Run;
}
