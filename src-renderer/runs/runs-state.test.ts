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

// Regression: where the connection was lost meanwhile, they stayed empty until the run had made another step.
test('curves that could not be fetched are fetched the next time', async () => {
  vi.mocked(client.runs.listed).mockResolvedValue([failed('a', 0)]);
  vi.mocked(client.runs.curves)
    .mockRejectedValueOnce(new Error('lost'))
    .mockResolvedValueOnce({ a: [2, 1] });
  const page = new RunsState();
  await page.list.load();
  await page.loadCurves();
  await page.loadCurves();
  expect(page.lossesOf(failed('a', 0))).toEqual([2, 1]);
});

// Regression: the list showed the step at which it had been read; and of a replay only the first loss until the next
// step, which takes a minute with a large base.
test('how far a run has come is shown as its events tell it, though no list is read and no further step follows', async () => {
  const run = running('a');
  vi.mocked(client.runs.listed).mockResolvedValue([run]);
  vi.mocked(client.runs.watch).mockImplementation(async () => {
    async function* told() {
      yield { kind: 'started', totalSteps: 40 } as RunEvent;
      yield* [step(1), step(2)];
      await new Promise(() => {});
    }
    // Sound: it is only iterated.
    return told() as never;
  });
  const page = new RunsState();
  await page.list.load();
  expect(page.progressOf(run)).toMatchObject({ step: 0, totalSteps: 0, lastLoss: null });
  await vi.waitFor(() => expect(page.progressOf(run)).toMatchObject({ step: 2, totalSteps: 40, lastLoss: 2 }));
  expect(page.lossesOf(run)).toEqual([3, 2]);
  const stopped = { ...run, state: 'stopped', step: 2, totalSteps: 40 } as const;
  expect(page.progressOf(stopped)).toBe(stopped);
});

// Regression: once the clock had been put back by an hour, nothing was drawn for an hour.
test('the curve of a run under way goes on when the clock is put back', async () => {
  vi.useFakeTimers({ toFake: ['Date', 'performance'] });
  onTestFinished(() => void vi.useRealTimers());
  const run = running('a');
  vi.mocked(client.runs.listed).mockResolvedValue([run]);
  const page = new RunsState();
  const drawn = (losses: readonly number[]) => vi.waitFor(() => expect(page.lossesOf(run)).toEqual(losses));
  vi.mocked(client.runs.watch).mockImplementation(async () => {
    async function* steps() {
      yield step(1);
      await drawn([3]);
      vi.setSystemTime(Date.now() - 3_600_000);
      yield step(2);
      await new Promise(() => {});
    }
    // Sound: it is only iterated.
    return steps() as never;
  });
  await page.list.load();
  await drawn([3, 2]);
});

function running(id: string): Run {
  // Sound: the list looks at nothing else.
  return { id, name: id, createdAt: 0, state: 'running', step: 0, totalSteps: 0, lastLoss: null, result: null } as Run;
}

function step(number: number): RunEvent {
  // Sound: the page looks at nothing else of a step.
  return { kind: 'step', step: number, loss: 4 - number } as RunEvent;
}

function failed(id: string, createdAt: number): Run {
  // Sound: the list looks at nothing else.
  return { id, name: id, createdAt, state: 'failed', step: 20_000, result: null } as Run;
}
