import { beforeEach, expect, test, vi } from 'vitest';
import type { BaseModel } from '../../src-contract/base-model.ts';
import type { Dataset } from '../../src-contract/dataset.ts';
import type { Run } from '../../src-contract/run.ts';
import { client } from '../client.ts';
import { type NewRunDraft, NewRunState } from './new-run-state.svelte.ts';

const { changes, changed } = await vi.hoisted(async () => {
  const { toldChanges } = await import('../../test/fixtures/told-changes.ts');
  return toldChanges('run');
});

// The fake replaces the studio, at the renderer's edge.
vi.mock('../client.ts', () => ({
  client: {
    studio: { changes, status: async () => ({ totalMemoryBytes: 24e9 }) },
    datasets: { list: vi.fn() },
    findings: {
      ...{ report: async () => null, check: async () => [] },
      doubts: async () => ({ doubts: [], checked: 0, rows: 0 }),
    },
    baseModels: { list: vi.fn() },
    adapters: { list: vi.fn() },
    runs: {
      ...{ listed: vi.fn(), get: vi.fn() },
      settings: { list: async () => [], save: vi.fn() },
      estimate: vi.fn(async ({ preset }) => ({ preset, fits: true, time: { basis: 'run' } })),
      probe: vi.fn(async () => ({ measured: true })),
      start: vi.fn(),
    },
  },
  connection: { current: 'open', subscribe: () => () => {} },
}));

// Sound here, as below: the state reads no other field.
const starter = { id: 'b', builtIn: true, createdAt: 0 } as BaseModel;
const nothingElse = { ranks: [], seeds: [], learningRates: [] };

beforeEach(() => {
  vi.clearAllMocks();
  vi.mocked(client.datasets.list).mockResolvedValue([dataset('old', 1), dataset('new', 2)]);
  vi.mocked(client.adapters.list).mockResolvedValue([]);
  vi.mocked(client.runs.listed).mockResolvedValue([]);
  vi.mocked(client.baseModels.list).mockResolvedValue([starter]);
});

test('proposes the newest dataset unless one was requested', async () => {
  expect((await opened(undefined)).datasetId).toBe('new');
  expect((await opened('old')).datasetId).toBe('old');
});

// Regression: until the settings of the run had arrived, the page said that the chosen dataset was deleted.
test('shows nothing before it is known what was asked for', async () => {
  const asked = Promise.withResolvers<Run>();
  vi.mocked(client.runs.get).mockReturnValue(asked.promise);
  const state = new NewRunState(() => '', { run: 'r' });
  await vi.waitFor(() => expect(state.datasets).toHaveLength(2));
  expect(state.loading).toBe(true);
  asked.resolve({ ...run('b', 1), datasetId: 'old', options: {} as Run['options'] });
  await vi.waitFor(() => expect(state.loading).toBe(false));
  expect(state.lacks).toBeUndefined();
});

// Regression: with the settings of an earlier run all three cards were alike, and choosing another changed nothing.
test('the settings of an earlier run give way to a preset that is chosen by hand', async () => {
  const options = { epochs: 2, rank: 4 } as Run['options'];
  vi.mocked(client.runs.get).mockResolvedValue({ ...run('b', 1), datasetId: 'old', options });
  const state = new NewRunState(() => '', { run: 'r' });
  await vi.waitFor(() => expect(Object.keys(state.estimates)).toHaveLength(3));
  const asked = vi
    .mocked(client.runs.estimate)
    .mock.calls.slice(-3)
    .map(([{ preset, options }]) => [preset, options]);
  expect(asked).toEqual([
    ['quick', {}],
    ['balanced', options],
    ['thorough', {}],
  ]);
  state.choosePreset('thorough');
  expect(state.changed).toEqual({});
  state.change('rank', 32);
  state.choosePreset('quick');
  expect(state.changed).toEqual({ rank: 32 });
});

// Regression: all settings of the earlier run were told as changed by hand.
test('tells which run the settings come from, and how many were changed since', async () => {
  const options = { epochs: 2, rank: 4, initAdapterId: null } as Run['options'];
  vi.mocked(client.runs.get).mockResolvedValue({ ...run('b', 1), name: 'rivers', datasetId: 'old', options });
  const state = new NewRunState(() => '', { run: 'r' });
  await vi.waitFor(() => expect(state.loading).toBe(false));
  expect([state.reusedFrom, state.changes]).toEqual(['rivers', 0]);
  state.change('rank', 32);
  expect([state.reusedFrom, state.changes]).toEqual(['rivers', 1]);
  const again = new NewRunState(() => '', { run: 'r' }, state.draft);
  await vi.waitFor(() => expect(again.loading).toBe(false));
  expect([again.reusedFrom, again.changes]).toEqual(['rivers', 1]);
  state.forgetChanges();
  expect([state.reusedFrom, state.changes]).toEqual([undefined, 0]);
});

// Having added a model for real work, a person still got the starter model for every run.
test.each([
  ['large', 'large'],
  ['gone', 'b'],
])('proposes the last base model trained with while it exists: %s', async (last, proposed) => {
  vi.mocked(client.baseModels.list).mockResolvedValue([starter, added('large', 0)]);
  vi.mocked(client.runs.listed).mockResolvedValue([run('b', 1), run(last, 2)]);
  expect((await opened('new')).baseModelId).toBe(proposed);
});

// Having downloaded a model for real work before ever training, a person was given the starter model.
test('proposes a base model added since the last run over the one of that run', async () => {
  vi.mocked(client.baseModels.list).mockResolvedValue([starter, added('large', 3), added('older', 1)]);
  expect((await opened('new')).baseModelId).toBe('large');
  vi.mocked(client.runs.listed).mockResolvedValue([run('b', 2)]);
  expect((await opened('new')).baseModelId).toBe('large');
  vi.mocked(client.runs.listed).mockResolvedValue([run('b', 4)]);
  expect((await opened('new')).baseModelId).toBe('b');
});

// Regression: a reload, or a look at another page, discarded the name and every setting.
test('what was chosen by hand is a draft, taken up at the next visit unless its dataset is gone', async () => {
  const state = await opened('old');
  expect(state.draft).toBeUndefined();
  state.name = 'Second try';
  state.preset = 'thorough';
  state.change('rank', 4);
  const { draft } = state;
  const again = await opened('old', undefined, draft);
  expect(again).toMatchObject({ name: 'Second try', preset: 'thorough', changed: { rank: 4 }, datasetId: 'old' });
  expect(again.draft).toEqual(draft);
  vi.mocked(client.datasets.list).mockResolvedValue([dataset('new', 2)]);
  expect(await opened('new', undefined, draft)).toMatchObject({ preset: 'balanced', changed: {}, datasetId: 'new' });
});

// Rows that nobody had asked for were proposed as if they had been.
test('chooses no dataset when the requested one is gone', async () => {
  const state = await opened('gone');
  expect([state.dataset, state.lacks, state.name]).toEqual([undefined, 'dataset', '']);
  expect(client.runs.estimate).not.toHaveBeenCalled();
  state.chooseDataset('old');
  await vi.waitFor(() => expect(state.estimate).toBeDefined());
});

test('continues from the requested adapter on its own base and dataset', async () => {
  const adapter = { id: 'a', name: 'rivers', baseModelId: 'b', datasetId: 'old' };
  vi.mocked(client.adapters.list).mockResolvedValue([adapter] as never);
  const state = new NewRunState((known) => `${known.name} answers`, { adapter: 'a' });
  await vi.waitFor(() => expect(state.loading).toBe(false));
  expect([state.baseModelId, state.datasetId, state.changed]).toEqual(['b', 'old', { initAdapterId: 'a' }]);
});

// Home suggested to train for longer and opened a run that, with many rows, was as short as the one before.
test.each([
  ['3', { epochs: 3 }],
  ['many', {}],
])('makes the requested number of epochs: %s', async (epochs, changes) => {
  const state = new NewRunState((known) => known.name, { epochs });
  await vi.waitFor(() => expect(state.loading).toBe(false));
  expect(state.changed).toEqual(changes);
});

test('the shape of an adapter to continue from replaces the chosen one', async () => {
  const state = await opened('new');
  state.change('rank', 4);
  state.change('epochs', 2);
  state.startFrom('a');
  expect(state.changed).toEqual({ epochs: 2, initAdapterId: 'a' });
});

// The studio rejected them, in a field that could no longer be changed.
test('continuing from an adapter drops further ranks but keeps further seeds', async () => {
  const state = await opened('new');
  state.trainAlso({ ranks: [2, 4], seeds: [7] });
  state.startFrom('a');
  expect(state.also).toMatchObject({ ranks: [], seeds: [7] });
});

// Regression: “Fix “Rank” first” kept the run from starting, and there was no such field any more.
test('continuing from an adapter discards invalid input, whose field may be gone', async () => {
  const state = await opened('new');
  state.wrongs.set('Rank', 'eight');
  state.startFrom('a');
  expect(state.wrongs.fields).toEqual([]);
});

// A recipe or “Back to …” used to switch to fresh weights without saying so.
test('applying or resetting settings keeps the starting adapter and its shape', async () => {
  const state = await opened('new');
  state.startFrom('a');
  state.change('epochs', 2);
  expect(state.changes).toBe(1);
  state.use({ rank: 4, alpha: 32, targets: ['q', 'v'], learningRate: 2e-4 });
  expect(state.changed).toEqual({ learningRate: 2e-4, initAdapterId: 'a' });
  state.forgetChanges();
  expect(state.changed).toEqual({ initAdapterId: 'a' });
  expect(state.changes).toBe(0);
  state.startFrom(null);
  state.use({ rank: 4 });
  expect(state.changed).toEqual({ rank: 4 });
});

test('saved settings do not include the starting adapter', async () => {
  const state = await opened('new');
  state.startFrom('a');
  state.change('epochs', 2);
  await state.save('short');
  expect(client.runs.settings.save).toHaveBeenCalledWith({ name: 'short', preset: 'balanced', options: { epochs: 2 } });
});

test('a proposed name that is taken gets a number', async () => {
  vi.mocked(client.adapters.list).mockResolvedValue([{ name: 'new answers' }] as never);
  expect((await opened('new')).name).toBe('new answers 2');
});

// Whoever went there with the Tab key typed behind a name that had come since: nothing was selected any more.
test('the proposed name stays as it is while somebody is in its field', async () => {
  const state = await opened('new');
  state.holdName(true);
  vi.mocked(client.adapters.list).mockResolvedValue([{ name: 'new answers' }] as never);
  changed();
  await vi.waitFor(() => expect(state.takenNames).toEqual(['new answers']));
  expect(state.name).toBe('new answers');
  state.holdName(false);
  expect(state.name).toBe('new answers 2');
  state.leave();
});

test('further ranks and seeds make one adapter per combination', async () => {
  const state = await opened('new');
  state.trainAlso({ ranks: [2, 8] });
  state.trainAlso({ seeds: [1] });
  expect(state.count).toBe(6);
  const also = { ranks: [2, 8], seeds: [1], learningRates: [] };
  await vi.waitFor(() =>
    expect(client.runs.estimate).toHaveBeenLastCalledWith(expect.objectContaining({ also }), expect.anything()),
  );
});

test('a value that the first adapter already has adds no further adapter', async () => {
  // Settings about to change used to remove it from what was typed: of “2, 4” only the 2 was left.
  const state = await opened('new');
  state.change('rank', 4);
  state.trainAlso({ ranks: [2, 4] });
  expect(state.also.ranks).toEqual([2, 4]);
  expect([state.valuesOf('rank', 'ranks'), state.count]).toEqual([[4, 2], 2]);
  state.change('rank', 8);
  expect([state.valuesOf('rank', 'ranks'), state.count]).toEqual([[8, 2, 4], 3]);
});

// A run was started with the value that preceded the invalid one.
test('an invalid field is remembered until it is corrected or discarded', async () => {
  const state = await opened('new');
  state.wrongs.set('Rank', '5000');
  state.wrongs.set('Alpha', 'much');
  expect(state.wrongs.fields).toEqual(['Rank', 'Alpha']);
  state.wrongs.set('Alpha', undefined);
  expect(state.wrongs.in('Rank')).toBe('5000');
  state.forgetChanges();
  expect(state.wrongs.fields).toEqual([]);
  state.wrongs.set('Rank', '5000');
  state.use({ rank: 8 });
  expect(state.wrongs.in('Rank')).toBeUndefined();
});

test('loads on another try after a failure, including the estimate', async () => {
  vi.mocked(client.datasets.list).mockRejectedValueOnce(new Error('full'));
  const state = await opened(undefined);
  expect([state.error, state.datasets]).toEqual([new Error('full'), []]);
  await state.load({});
  expect([state.error, state.datasetId]).toEqual([undefined, 'new']);
  await vi.waitFor(() => expect(state.estimate).toBeDefined());
});

// The starter's time and memory used to stay below a larger model until its own arrived.
test('choosing another base clears the previous estimate at once', async () => {
  const state = await opened('new');
  await vi.waitFor(() => expect(state.estimate).toBeDefined());
  state.chooseBaseModel('b');
  expect([state.estimate, state.estimating]).toEqual([undefined, true]);
});

// A matrix chosen meanwhile was added to those that the preset trains on the other base.
test('after another base is chosen, the options are not its own until its estimate has arrived', async () => {
  vi.mocked(client.baseModels.list).mockResolvedValue([starter, added('large', 0)]);
  const state = await opened('new');
  await vi.waitFor(() => expect(state.estimate).toBeDefined());
  state.change('rank', 4);
  expect([state.estimating, state.showsOtherBase]).toEqual([true, false]);
  state.chooseBaseModel('b');
  expect(state.showsOtherBase).toBe(true);
  await vi.waitFor(() => expect(state.estimating).toBe(false));
  expect(state.showsOtherBase).toBe(false);
});

// Regression: the matrices were disabled during the next estimate, and lost the focus.
test('after a first estimate that failed, the options wait for no other base', async () => {
  vi.mocked(client.runs.estimate).mockRejectedValueOnce(new Error('full'));
  const state = await opened('new');
  await vi.waitFor(() => expect(state.estimateError).toEqual(new Error('full')));
  state.change('targets', ['q']);
  expect([state.estimating, state.showsOtherBase]).toEqual([true, false]);
});

test('a failed estimate can be retried', async () => {
  vi.mocked(client.runs.estimate).mockRejectedValueOnce(new Error('full'));
  const state = await opened(undefined);
  await vi.waitFor(() => expect(state.estimateError).toEqual(new Error('full')));
  const again = state.estimateAll();
  expect([state.estimateError, state.estimating]).toEqual([undefined, true]);
  await again;
  expect([state.estimateError, state.estimating]).toEqual([undefined, false]);
  expect(state.estimate).toBeDefined();
});

test('a typed name is kept when the dataset changes', async () => {
  const state = await opened('new');
  state.name = 'Mine';
  state.chooseDataset('old');
  expect(state.name).toBe('Mine');
});

test('estimates the three presets with the manual changes', async () => {
  const state = await opened('new');
  state.change('rank', 4);
  await vi.waitFor(() => expect(state.estimating).toBe(false));
  expect(Object.keys(state.estimates)).toEqual(['quick', 'balanced', 'thorough']);
  expect(client.runs.estimate).toHaveBeenLastCalledWith(
    { datasetId: 'new', baseModelId: 'b', preset: 'thorough', also: nothingElse, options: { rank: 4 } },
    expect.anything(),
  );
});

// The fields of all settings were empty as soon as one of them was rejected.
test('keeps the settings of the preset when the estimate fails', async () => {
  const told = async ({ preset }: { preset?: string }) => ({ preset, options: { rank: 16 }, time: { basis: 'run' } });
  for (let each = 0; each < 3; each++) vi.mocked(client.runs.estimate).mockImplementationOnce(told as never);
  const state = await opened('new');
  await vi.waitFor(() => expect(state.options).toEqual({ rank: 16 }));
  for (let each = 0; each < 3; each++) vi.mocked(client.runs.estimate).mockRejectedValueOnce(new Error('too long'));
  state.change('maxLength', 1_000_000);
  await vi.waitFor(() => expect(state.estimateError).toBeDefined());
  expect(state.estimate).toBeUndefined();
  expect(state.options).toEqual({ rank: 16 });
});

test('takes over the settings of another run', async () => {
  const other = { id: 'r', name: 'r', state: 'finished', datasetId: 'old', baseModelId: 'b', options: { rank: 3 } };
  vi.mocked(client.runs.get).mockResolvedValue(other as never);
  const state = await opened(undefined, 'r');
  expect([state.datasetId, state.changed]).toEqual(['old', { rank: 3 }]);
});

test('measures a guessed speed once, then estimates all presets again', async () => {
  const guess = async ({ preset }: { preset?: string }) => ({ preset, fits: true, time: { basis: 'guess' } });
  vi.mocked(client.runs.estimate).mockImplementationOnce(guess as never);
  vi.mocked(client.runs.estimate).mockImplementationOnce(guess as never);
  const state = await opened('new');
  await vi.waitFor(() => expect(client.runs.estimate).toHaveBeenCalledTimes(6));
  expect(client.runs.probe).toHaveBeenCalledTimes(1);
  await vi.waitFor(() => expect(state.estimate?.time.basis).toBe('run'));
});

// A setting changed while the speed was measured: its estimate remained a guess.
test('a speed that was measured counts for what was changed meanwhile', async () => {
  const guess = async ({ preset }: { preset?: string }) => ({ preset, fits: true, time: { basis: 'guess' } });
  for (let each = 0; each < 6; each++) vi.mocked(client.runs.estimate).mockImplementationOnce(guess as never);
  const probe = Promise.withResolvers<{ measured: boolean }>();
  vi.mocked(client.runs.probe).mockReturnValueOnce(probe.promise as never);
  const state = await opened('new');
  await vi.waitFor(() => expect(state.probing).toBe(true));
  state.change('rank', 4);
  await vi.waitFor(() => expect(state.estimating).toBe(false));
  probe.resolve({ measured: true });
  await vi.waitFor(() => expect(state.estimate?.time.basis).toBe('run'));
});

// A guess remained until a setting was changed, however long ago what was training had ended.
test('a speed that was not measured beside a training is measured once that has ended', async () => {
  const guess = async ({ preset }: { preset?: string }) => ({ preset, fits: true, time: { basis: 'guess' } });
  for (let each = 0; each < 3; each++) vi.mocked(client.runs.estimate).mockImplementationOnce(guess as never);
  vi.mocked(client.runs.probe).mockResolvedValueOnce({ measured: false });
  const state = await opened('new');
  await vi.waitFor(() => expect(client.runs.probe).toHaveBeenCalledTimes(1));
  await vi.waitFor(() => expect(state.probing).toBe(false));
  changed();
  await vi.waitFor(() => expect(state.estimate?.time.basis).toBe('run'));
  expect(client.runs.probe).toHaveBeenCalledTimes(2);
});

// A second press, right after the first, started a second run.
test('stays in the starting state after a start, and allows another try after a failure', async () => {
  const state = await opened('new');
  vi.mocked(client.runs.start).mockRejectedValueOnce(new Error('full'));
  await state.start();
  expect([state.starting, state.error]).toEqual([false, new Error('full')]);
  await state.start();
  expect([state.starting, state.error]).toEqual([true, undefined]);
});

// Another window had deleted it; it was still offered here but could not be started.
test('a dataset deleted elsewhere is missing until it is restored, and all other choices stay', async () => {
  const state = await opened('old');
  await vi.waitFor(() => expect(state.estimate).toBeDefined());
  state.change('rank', 4);
  vi.mocked(client.datasets.list).mockResolvedValue([dataset('new', 2)]);
  changed();
  await vi.waitFor(() => expect(state.lacks).toBe('dataset'));
  expect([state.estimate, state.estimating]).toEqual([undefined, false]);
  vi.mocked(client.datasets.list).mockResolvedValue([dataset('old', 1), dataset('new', 2)]);
  changed();
  await vi.waitFor(() => expect(state.estimate).toBeDefined());
  expect([state.lacks, state.datasetId, state.changed]).toEqual([undefined, 'old', { rank: 4 }]);
  state.leave();
});

test('a starting adapter deleted elsewhere is missing until fresh weights are chosen', async () => {
  vi.mocked(client.adapters.list).mockResolvedValue([{ id: 'a', name: 'rivers', baseModelId: 'b' }] as never);
  const state = await opened('new');
  state.startFrom('a');
  expect(state.lacks).toBeUndefined();
  vi.mocked(client.adapters.list).mockResolvedValue([]);
  changed();
  await vi.waitFor(() => expect(state.lacks).toBe('adapter'));
  state.startFrom(null);
  expect(state.lacks).toBeUndefined();
  state.leave();
});

// Regression: every field under Advanced went blank, beside an error without a way on.
test('after another base is chosen, an adapter to continue from is missing until fresh weights are chosen', async () => {
  vi.mocked(client.baseModels.list).mockResolvedValue([starter, added('large', 0)]);
  vi.mocked(client.adapters.list).mockResolvedValue([{ id: 'a', name: 'rivers', baseModelId: 'b' }] as never);
  const state = await opened('new');
  state.chooseBaseModel('b');
  state.startFrom('a');
  await vi.waitFor(() => expect(state.estimate).toBeDefined());
  const { options } = state;
  state.chooseBaseModel('large');
  expect([state.lacks, state.estimating, state.options]).toEqual(['adapterHere', false, options]);
  state.chooseBaseModel('b');
  expect(state.lacks).toBeUndefined();
  state.chooseBaseModel('large');
  state.startFrom(null);
  expect([state.lacks, state.estimating]).toEqual([undefined, true]);
  state.leave();
});

test('chooses the first dataset imported elsewhere', async () => {
  vi.mocked(client.datasets.list).mockResolvedValue([]);
  const state = await opened(undefined);
  vi.mocked(client.datasets.list).mockResolvedValue([dataset('new', 2)]);
  changed();
  await vi.waitFor(() => expect(state.datasetId).toBe('new'));
  state.leave();
});

async function opened(datasetId: string | undefined, runId?: string, left?: NewRunDraft): Promise<NewRunState> {
  const state = new NewRunState((known) => `${known.name} answers`, { dataset: datasetId, run: runId }, left);
  await vi.waitFor(() => expect(state.loading).toBe(false));
  return state;
}

function dataset(id: string, createdAt: number): Dataset {
  return { id, name: id, task: 'mrc', createdAt, splits: { train: 50, validation: 5, test: 5 } } as Dataset;
}

function run(baseModelId: string, createdAt: number): Run {
  return { id: baseModelId, baseModelId, createdAt } as Run;
}

function added(id: string, createdAt: number): BaseModel {
  return { id, builtIn: false, createdAt } as BaseModel;
}
