import { beforeEach, expect, test, vi } from 'vitest';
import { StudioError } from '../../src-contract/errors.ts';
import type { LabEvent, LabExperiment } from '../../src-contract/lab.ts';
import { client } from '../client.ts';
import { ExperimentState } from './experiment-state.svelte.ts';

const { changes, changed } = await vi.hoisted(async () => {
  const { toldChanges } = await import('../../test/fixtures/told-changes.ts');
  return toldChanges('lab');
});

vi.mock('../i18n/locale.svelte.ts', () => ({ locale: { current: 'en' } }));

// The fake replaces the studio, at the renderer's edge.
vi.mock('../client.ts', () => ({
  client: {
    lab: {
      get: vi.fn(),
      view: vi.fn(async () => ({ question: 'Which rank?' })),
      list: async () => [],
      watch: vi.fn(),
      delete: vi.fn(),
    },
    studio: { changes },
  },
  connection: { current: 'open', subscribe: () => () => {} },
}));

beforeEach(() => vi.clearAllMocks());

// Its page kept showing it as queued until it had ended.
test('shows a queued experiment as running as soon as its turn comes', async () => {
  vi.mocked(client.lab.get).mockResolvedValue(experiment('queued'));
  vi.mocked(client.lab.watch).mockImplementation(events([]));
  const state = new ExperimentState('e');
  await vi.waitFor(() => expect(client.lab.watch).toHaveBeenCalledTimes(1));
  vi.mocked(client.lab.get).mockResolvedValue(experiment('running'));
  changed();
  await vi.waitFor(() => expect(state.experiment?.state).toBe('running'));
  expect(client.lab.watch).toHaveBeenCalledTimes(1);
  state.leave();
});

test('progress from a queued experiment reloads it as running', async () => {
  vi.mocked(client.lab.get).mockResolvedValueOnce(experiment('queued')).mockResolvedValue(experiment('running'));
  vi.mocked(client.lab.watch).mockImplementation(events([progress(1), progress(2)]));
  const state = new ExperimentState('e');
  await vi.waitFor(() => expect(state.experiment?.state).toBe('running'));
  expect([state.progress?.step, vi.mocked(client.lab.get).mock.calls.length]).toEqual([2, 2]);
  state.leave();
});

test('follows an experiment that was resumed elsewhere', async () => {
  vi.mocked(client.lab.get).mockResolvedValue(experiment('stopped'));
  vi.mocked(client.lab.watch).mockImplementation(events([progress(1)]));
  const state = new ExperimentState('e');
  await vi.waitFor(() => expect(state.view).toBeDefined());
  vi.mocked(client.lab.get).mockResolvedValue(experiment('running'));
  changed();
  await vi.waitFor(() => expect(state.progress?.step).toBe(1));
  expect([state.isGoing, state.canResume]).toEqual([true, false]);
  state.leave();
});

test('an experiment deleted elsewhere is reported as not found until it is restored', async () => {
  vi.mocked(client.lab.get).mockResolvedValue(experiment('stopped'));
  const state = new ExperimentState('e');
  await vi.waitFor(() => expect(state.view).toBeDefined());
  vi.mocked(client.lab.get).mockRejectedValue(new StudioError('EXPERIMENT_NOT_FOUND', { experiment: 'e' }));
  changed();
  await vi.waitFor(() => expect(state.error).toMatchObject({ code: 'EXPERIMENT_NOT_FOUND' }));
  expect([state.experiment, state.view]).toEqual([undefined, undefined]);
  vi.mocked(client.lab.get).mockResolvedValue(experiment('stopped'));
  changed();
  await vi.waitFor(() => expect([state.experiment?.state, state.error]).toEqual(['stopped', undefined]));
  state.leave();
});

test('an experiment deleted on its own page stays shown until the page is left', async () => {
  vi.mocked(client.lab.get).mockResolvedValue(experiment('stopped'));
  const state = new ExperimentState('e');
  await vi.waitFor(() => expect(state.view).toBeDefined());
  vi.mocked(client.lab.get).mockRejectedValue(new StudioError('EXPERIMENT_NOT_FOUND', { experiment: 'e' }));
  vi.mocked(client.lab.delete).mockImplementation(async () => changed());
  await state.delete();
  expect([state.experiment?.state, state.error]).toEqual(['stopped', undefined]);
  state.leave();
});

/** Remains in progress after these events. */
function events(list: readonly LabEvent[]): typeof client.lab.watch {
  const watch = async () =>
    (async function* () {
      yield* list;
      await new Promise(() => {});
    })();
  // Sound: the state only iterates over it.
  return watch as unknown as typeof client.lab.watch;
}

function progress(step: number): LabEvent {
  return { kind: 'progress', done: 0, total: 2, now: 'r8 seed 0', step, steps: 60, secondsLeft: null };
}

function experiment(state: LabExperiment['state']): LabExperiment {
  // Sound here: the state reads no other field.
  return { id: 'e', kind: 'table5', state, cells: [] } as unknown as LabExperiment;
}
