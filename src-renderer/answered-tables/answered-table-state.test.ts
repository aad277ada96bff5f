import { beforeEach, expect, test, vi } from 'vitest';
import type { AnsweredTable, AnsweredTableEvent } from '../../src-contract/answered-table.ts';
import { StudioError } from '../../src-contract/errors.ts';
import { client } from '../client.ts';
import { AnsweredTableState } from './answered-table-state.svelte.ts';

const { changes, changed } = await vi.hoisted(async () => {
  const { toldChanges } = await import('../../test/fixtures/told-changes.ts');
  return toldChanges('answered-table');
});

vi.mock('../i18n/locale.svelte.ts', () => ({ locale: { current: 'en' } }));

// The fake replaces the studio, at the renderer's edge.
vi.mock('../client.ts', () => ({
  client: {
    baseModels: { list: async () => [{ id: 'b' }] },
    adapters: { list: vi.fn(async () => [{ id: 'a' }]) },
    answeredTables: { get: vi.fn(), rows: vi.fn(), counts: vi.fn(), watch: vi.fn(), resume: vi.fn(), stop: vi.fn() },
    studio: { changes },
  },
  connection: { current: 'open', subscribe: () => () => {} },
}));

const row = (position: number, answer: string | null) => ({
  ...{ position, cells: [`row ${position}`], answer, note: null, certainty: null },
});

beforeEach(() => {
  vi.clearAllMocks();
  vi.mocked(client.answeredTables.counts).mockResolvedValue({
    ...{ answers: [], others: 0, notes: { empty: 0, unnamed: 0, shortened: 0, cut: 0, replaced: 0, unrunnable: 0 } },
    hasCertainty: false,
  });
  vi.mocked(client.answeredTables.rows).mockResolvedValue({ total: 2, rows: [row(0, 'yes'), row(1, null)] });
});

test('while rows are answered, progress and the rows in view are told; at the end they are read once more', async () => {
  vi.mocked(client.answeredTables.get).mockResolvedValue(table('running', 1));
  const end = Promise.withResolvers<void>();
  const watch = async () =>
    (async function* (): AsyncGenerator<AnsweredTableEvent> {
      yield { kind: 'progress', done: 1, total: 2, secondsLeft: 3 };
      await end.promise;
    })();
  // Sound: the page only iterates.
  vi.mocked(client.answeredTables.watch).mockImplementation(watch as never);
  const shown = new AnsweredTableState('t');
  await vi.waitFor(() => expect(shown.progress?.secondsLeft).toBe(3));
  await vi.waitFor(() => expect(shown.rows.at(1)?.answer).toBeNull());
  expect(shown.canResume).toBe(false);

  vi.mocked(client.answeredTables.get).mockResolvedValue(table('finished', 2));
  vi.mocked(client.answeredTables.rows).mockResolvedValue({ total: 2, rows: [row(0, 'yes'), row(1, 'no')] });
  end.resolve();
  await vi.waitFor(() => expect(shown.rows.at(1)?.answer).toBe('no'));
  expect(shown.answered).toBe(2);
  shown.leave();
});

test('a filter and an order are asked of the studio', async () => {
  vi.mocked(client.answeredTables.get).mockResolvedValue(table('finished', 2));
  const shown = new AnsweredTableState('t');
  await vi.waitFor(() => expect(shown.rows.total).toBe(2));
  shown.selected = 1;
  shown.show({ answer: 'yes' });
  expect(shown.selected).toBeUndefined();
  shown.orderBy('unsure');
  expect(client.answeredTables.rows).toHaveBeenLastCalledWith({
    ...{ id: 't', offset: 0, limit: 100, only: { answer: 'yes' }, order: 'unsure' },
  });
  shown.leave();
});

test('one that was stopped can be resumed as long as its adapter is there', async () => {
  vi.mocked(client.answeredTables.get).mockResolvedValue(table('stopped', 1));
  const shown = new AnsweredTableState('t');
  await vi.waitFor(() => expect(shown.canResume).toBe(true));
  vi.mocked(client.adapters.list).mockResolvedValue([]);
  changed();
  await vi.waitFor(() => expect(shown.canResume).toBe(false));
  shown.leave();
});

test('a stop is in progress until it is answered, and says why it failed', async () => {
  vi.mocked(client.answeredTables.get).mockResolvedValue(table('running', 1));
  const shown = new AnsweredTableState('t');
  await vi.waitFor(() => expect(shown.isRunning).toBe(true));
  const answer = Promise.withResolvers<never>();
  vi.mocked(client.answeredTables.stop).mockReturnValue(answer.promise);
  const stopped = shown.stop();
  expect(shown.stopping).toBe(true);
  answer.reject(new Error('no connection'));
  await stopped;
  expect([shown.stopping, shown.error]).toEqual([false, new Error('no connection')]);
  shown.leave();
});

test('one that is deleted in another window is gone, and says so', async () => {
  vi.mocked(client.answeredTables.get).mockResolvedValue(table('finished', 2));
  const shown = new AnsweredTableState('t');
  await vi.waitFor(() => expect(shown.table).toBeDefined());
  vi.mocked(client.answeredTables.get).mockRejectedValue(new StudioError('ANSWERED_TABLE_NOT_FOUND', { table: 't' }));
  changed();
  await vi.waitFor(() => expect(shown.table).toBeUndefined());
  expect(shown.error).toMatchObject({ code: 'ANSWERED_TABLE_NOT_FOUND' });
  shown.leave();
});

// Sound: it has every field that the state reads.
function table(state: AnsweredTable['state'], answered: number): AnsweredTable {
  return { id: 't', state, answered, rows: 2, baseModelId: 'b', adapterId: 'a' } as AnsweredTable;
}
