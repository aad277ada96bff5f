import { beforeEach, expect, test, vi } from 'vitest';
import { StudioError } from '../../src-contract/errors.ts';
import type { Run, RunEvent } from '../../src-contract/run.ts';
import { client } from '../client.ts';
import { RunState } from './run-state.svelte.ts';

const { changes, changed } = await vi.hoisted(async () => {
  const { toldChanges } = await import('../../test/fixtures/told-changes.ts');
  return toldChanges('run');
});

vi.mock('../i18n/locale.svelte.ts', () => ({ locale: { current: 'en' } }));

// The fake replaces the studio, at the renderer's edge.
vi.mock('../client.ts', () => ({
  client: {
    runs: { get: vi.fn(), watch: vi.fn(), resume: vi.fn(), stop: vi.fn(), delete: vi.fn() },
    datasets: { get: vi.fn(async () => undefined) },
    baseModels: { get: vi.fn(async () => undefined) },
    adapters: { get: vi.fn(async () => undefined) },
    studio: { changes },
  },
  connection: { current: 'open', subscribe: () => () => {} },
}));

beforeEach(() => vi.clearAllMocks());

test('a page opened late gets every stored event before new ones', async () => {
  vi.mocked(client.runs.get).mockResolvedValue(run('running'));
  vi.mocked(client.runs.watch).mockImplementation(events([step(1, 3), step(2, 2)]));
  const state = new RunState('r');
  await vi.waitFor(() => expect(state.log).toHaveLength(2));
  expect(state.curve.steps.map((event) => event.loss)).toEqual([3, 2]);
  state.leave();
});

test('how far the base has loaded is known until the training starts, and not logged', async () => {
  vi.mocked(client.runs.get).mockResolvedValue(run('running'));
  vi.mocked(client.runs.watch).mockImplementation(events([{ kind: 'loading', share: 0.4 }], { goesOn: true }));
  const state = new RunState('r');
  await vi.waitFor(() => expect(state.loaded).toBe(0.4));
  expect(state.log).toEqual([]);
  state.leave();
  vi.mocked(client.runs.watch).mockImplementation(events([{ kind: 'loading', share: 0.4 }, step(1, 3)]));
  const begun = new RunState('r');
  await vi.waitFor(() => expect(begun.log).toHaveLength(1));
  expect(begun.loaded).toBeUndefined();
  begun.leave();
});

test('redraws a resumed run, which repeats the steps after its checkpoint', async () => {
  vi.mocked(client.runs.get).mockResolvedValue(run('interrupted'));
  vi.mocked(client.runs.resume).mockResolvedValue(run('running'));
  vi.mocked(client.runs.watch).mockImplementation(events([step(1, 3), step(2, 2)]));
  const state = new RunState('r');
  await vi.waitFor(() => expect(client.runs.get).toHaveBeenCalledTimes(2));
  expect(state.canResume).toBe(true);
  vi.mocked(client.runs.watch).mockImplementation(events([step(1, 3), step(2, 2.5), step(3, 2.2)]));
  await state.resume();
  await vi.waitFor(() => expect(state.curve.steps.map((event) => event.loss)).toEqual([3, 2.5, 2.2]));
  expect(state.log.map((line) => line.number)).toEqual([1, 2, 3]);
  state.leave();
});

test('an interrupted run knows the step that it would resume from', async () => {
  vi.mocked(client.runs.get).mockResolvedValue(run('interrupted'));
  vi.mocked(client.runs.watch).mockImplementation(
    events([step(1, 3), { kind: 'checkpoint', step: 1 }, step(2, 2), { kind: 'checkpoint', step: 2 }, step(3, 2)]),
  );
  const state = new RunState('r');
  expect(state.savedStep).toBe(0);
  await vi.waitFor(() => expect(state.savedStep).toBe(2));
  state.leave();
});

test('does not count the time a run was paused once it resumes', async () => {
  // It used to count from the run's first start, before it was paused.
  vi.mocked(client.runs.get).mockResolvedValue({ ...run('paused'), activeSince: 0, finishedAt: 9_000 });
  vi.mocked(client.runs.watch).mockImplementation(events([step(1, 3)]));
  const state = new RunState('r');
  await vi.waitFor(() => expect(state.secondsSoFar).toBe(9));
  await vi.waitFor(() => expect(client.runs.get).toHaveBeenCalledTimes(2));
  vi.mocked(client.runs.resume).mockResolvedValue({ ...run('queued'), secondsBefore: 8 });
  const active = { ...run('running'), secondsBefore: 8, activeSince: Date.now() };
  vi.mocked(client.runs.get).mockResolvedValue(active);
  vi.mocked(client.runs.watch).mockImplementation(events([step(1, 3), step(2, 2)], { goesOn: true }));
  await state.resume();
  await vi.waitFor(() => expect(state.secondsSoFar).toBeCloseTo(8, 0));
  state.leave();
});

test('a page that was watching before a run resumed shows each step once', async () => {
  vi.mocked(client.runs.get).mockResolvedValue(run('running'));
  const told = [validation(0), step(1, 3), step(2, 2), validation(2), step(3, 2)];
  vi.mocked(client.runs.watch).mockImplementation(events([...told, step(2, 2), validation(2), step(3, 1)]));
  const state = new RunState('r');
  await vi.waitFor(() => expect(state.curve.steps.map(({ loss }) => loss)).toEqual([3, 2, 1]));
  expect(state.log.map(({ event }) => `${event.kind} ${'step' in event ? event.step : ''}`)).toEqual([
    ...['validation 0', 'step 1', 'step 2', 'validation 2', 'step 3'],
  ]);
  expect(state.log.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5]);
  state.leave();
});

test('a run that starts once more shows nothing of its earlier start', async () => {
  vi.mocked(client.runs.get).mockResolvedValue(run('running'));
  // Sound here: nothing else of the event is read.
  const started = { kind: 'started', validationRows: 4 } as RunEvent;
  vi.mocked(client.runs.watch).mockImplementation(events([started, validation(0), started], { goesOn: true }));
  const state = new RunState('r');
  await vi.waitFor(() => expect(state.isMeasuringStart).toBe(true));
  expect(state.log.map(({ number, event }) => [number, event.kind])).toEqual([[1, 'started']]);
  state.leave();
});

test('reopens a run that could not be followed at the next change', async () => {
  vi.mocked(client.runs.get).mockResolvedValue(run('running'));
  vi.mocked(client.runs.watch).mockRejectedValueOnce(new Error('the disk is full'));
  const state = new RunState('r');
  await vi.waitFor(() => expect(state.error).toBeDefined());

  vi.mocked(client.runs.get).mockResolvedValue(run('interrupted'));
  vi.mocked(client.runs.watch).mockImplementation(events([step(1, 3)]));
  changed();
  await vi.waitFor(() => expect(state.canResume).toBe(true));
  expect(state.error).toBeUndefined();
  state.leave();
});

// It stayed paused in one window after it had been resumed in another.
test('follows a run that was resumed elsewhere', async () => {
  vi.mocked(client.runs.get).mockResolvedValue(run('paused'));
  vi.mocked(client.runs.watch).mockImplementation(events([step(1, 3)]));
  const state = new RunState('r');
  await vi.waitFor(() => expect(client.runs.get).toHaveBeenCalledTimes(2));

  vi.mocked(client.runs.get).mockResolvedValue(run('running'));
  vi.mocked(client.runs.watch).mockImplementation(events([step(1, 3), step(2, 2)], { goesOn: true }));
  changed();
  await vi.waitFor(() => expect(state.curve.steps.map(({ loss }) => loss)).toEqual([3, 2]));
  expect([state.isActive, state.canResume]).toEqual([true, false]);
  changed();
  await vi.waitFor(() => expect(client.runs.get).toHaveBeenCalledTimes(4));
  expect(client.runs.watch).toHaveBeenCalledTimes(2);
  state.leave();
});

// Regression: it said that the run was still training, as if that were a fault.
test('a run that another window has just resumed is shown as resumed, and any other refusal is told', async () => {
  vi.mocked(client.runs.get).mockResolvedValue(run('paused'));
  vi.mocked(client.runs.watch).mockImplementation(events([step(1, 3)]));
  const state = new RunState('r');
  await vi.waitFor(() => expect(state.canResume).toBe(true));
  vi.mocked(client.runs.resume).mockRejectedValue(new StudioError('DATA_FOLDER_BUSY', { folder: 'f' }));
  await state.resume();
  expect(state.error).toMatchObject({ code: 'DATA_FOLDER_BUSY' });

  vi.mocked(client.runs.resume).mockRejectedValue(new StudioError('RUN_ALREADY_ACTIVE', { run: 'r' }));
  vi.mocked(client.runs.get).mockResolvedValue(run('running'));
  vi.mocked(client.runs.watch).mockImplementation(events([step(1, 3), step(2, 2)], { goesOn: true }));
  await state.resume();
  expect([state.isActive, state.error]).toEqual([true, undefined]);
  await vi.waitFor(() => expect(state.curve.steps.map(({ loss }) => loss)).toEqual([3, 2]));
  state.leave();
});

test('a run deleted elsewhere is reported as not found until it is restored', async () => {
  vi.mocked(client.runs.get).mockResolvedValue(run('stopped'));
  vi.mocked(client.runs.watch).mockImplementation(events([step(1, 3)]));
  const state = new RunState('r');
  await vi.waitFor(() => expect(client.runs.get).toHaveBeenCalledTimes(2));

  vi.mocked(client.runs.get).mockRejectedValue(new StudioError('RUN_NOT_FOUND', { run: 'r' }));
  changed();
  await vi.waitFor(() => expect(state.run).toBeUndefined());
  expect(state.error).toMatchObject({ code: 'RUN_NOT_FOUND' });

  vi.mocked(client.runs.get).mockResolvedValue(run('stopped'));
  changed();
  await vi.waitFor(() => expect(state.run?.name).toBe('Visit notes'));
  expect(state.error).toBeUndefined();
  state.leave();
});

test('a run deleted on its own page keeps its name until the page is left', async () => {
  vi.mocked(client.runs.get).mockResolvedValue(run('stopped'));
  vi.mocked(client.runs.watch).mockImplementation(events([step(1, 3)]));
  const state = new RunState('r');
  await vi.waitFor(() => expect(client.runs.get).toHaveBeenCalledTimes(2));
  vi.mocked(client.runs.get).mockRejectedValue(new StudioError('RUN_NOT_FOUND', { run: 'r' }));
  vi.mocked(client.runs.delete).mockImplementation(async () => changed());
  expect(await state.delete()).toBeDefined();
  expect([state.run?.name, state.error]).toEqual(['Visit notes', undefined]);
  state.leave();
});

// Regression: a step takes half a minute on a large model, and only the buttons showed that Stop had been pressed.
test('tells that it is ending until it has ended', async () => {
  vi.mocked(client.runs.get).mockResolvedValue(run('running'));
  vi.mocked(client.runs.watch).mockImplementation(events([step(1, 3)], { goesOn: true }));
  const ended = Promise.withResolvers<never>();
  vi.mocked(client.runs.stop).mockReturnValue(ended.promise);
  const state = new RunState('r');
  await vi.waitFor(() => expect(state.secondsLeft).toBe(5));
  const stopping = state.stop();
  expect([state.ending, state.secondsLeft]).toEqual(['stop', undefined]);
  ended.reject(new Error('ended by itself'));
  await stopping;
  expect(state.ending).toBeUndefined();
  state.leave();
});

test('does not offer to resume a run that diverged', async () => {
  const error = { code: 'RUN_DIVERGED', message: '', hint: '' };
  vi.mocked(client.runs.get).mockResolvedValue({ ...run('failed'), error });
  vi.mocked(client.runs.watch).mockImplementation(events([]));
  const state = new RunState('r');
  await vi.waitFor(() => expect(state.run).toBeDefined());
  expect(state.canResume).toBe(false);
  state.leave();
});

test('shows an error, not a blank page, for a run that does not exist', async () => {
  vi.mocked(client.runs.get).mockRejectedValue(new Error('no such run'));
  const state = new RunState('r');
  await vi.waitFor(() => expect(state.error).toBeInstanceOf(Error));
  state.leave();
});

function events(list: RunEvent[], { goesOn = false } = {}): typeof client.runs.watch {
  const watch = async () =>
    (async function* () {
      yield* list;
      if (goesOn) await new Promise(() => {});
    })();
  // Sound: the state only iterates over it.
  return watch as unknown as typeof client.runs.watch;
}

function step(number: number, loss: number): RunEvent {
  return {
    kind: 'step',
    step: number,
    loss,
    learningRate: 1e-3,
    gradientNorm: 1,
    tokensPerSecond: 100,
    rssBytes: 1e9,
    secondsLeft: 5,
  };
}

function validation(step: number): RunEvent {
  return { kind: 'validation', step, loss: 3, best: false };
}

function run(state: Run['state']): Run {
  return {
    id: 'r',
    name: 'Visit notes',
    state,
    task: 'mrc',
    datasetId: 'd',
    datasetName: 'Notes',
    datasetSha256: '',
    datasetVersion: 1,
    baseSha256: '',
    baseModelId: 'b',
    adapterId: null,
    // Sound here: no test reads the options.
    options: {} as Run['options'],
    step: 2,
    totalSteps: 10,
    lastLoss: null,
    result: null,
    error: null,
    createdAt: 0,
    startedAt: 0,
    finishedAt: null,
    activeSince: null,
    secondsBefore: 0,
    machine: null,
    initialSha256: null,
    repeats: null,
    queuePlace: null,
    group: null,
    awaitsTurn: false,
  };
}
