import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import type { BlindChoice, BlindResult, BlindRow } from '../../src-contract/blind-vote.ts';
import { StudioError } from '../../src-contract/errors.ts';
import type { Evaluation, EvaluationResult } from '../../src-contract/evaluation.ts';
import { client } from '../client.ts';
import { BlindVoteState } from './blind-vote-state.svelte.ts';

vi.mock('../i18n/locale.svelte.ts', () => ({ locale: { current: 'en' } }));

const { changes, changed } = await vi.hoisted(async () => {
  const { toldChanges } = await import('../../test/fixtures/told-changes.ts');
  return toldChanges('evaluation');
});

// The fake replaces the studio, at the renderer's edge.
vi.mock('../client.ts', () => ({
  client: {
    evaluations: { get: vi.fn(), blindRows: vi.fn(), blindRow: vi.fn(), blindVote: vi.fn(), blindResult: vi.fn() },
    studio: { changes },
  },
  connection: { current: 'open', subscribe: () => () => {} },
}));

beforeEach(() => {
  vi.clearAllMocks();
  vi.mocked(client.evaluations.get).mockResolvedValue(threeModels);
  rowsAre([7, null], [3, 'equal'], [5, null], [1, null]);
  vi.mocked(client.evaluations.blindRow).mockImplementation(async ({ position }) => ({
    ...{ context: `asked ${position}`, target: '', first: 'one', second: 'other' },
  }));
  vi.mocked(client.evaluations.blindVote).mockResolvedValue(undefined);
});

test('it begins with the best adapter and the base, on the first row that is not judged', async () => {
  const vote = await opened();
  expect(vote.pair).toEqual({ id: 'e', of: 2, against: 0 });
  expect(vote.row).toMatchObject({ place: 0, context: 'asked 7' });
  expect(vote.judged).toBe(1);
  expect(vote.result).toBeUndefined();
});

test('a choice is kept and leads to the next row that is not judged, until none is left', async () => {
  const vote = await opened();
  await vote.choose('first');
  expect(client.evaluations.blindVote).toHaveBeenCalledWith({
    ...{ id: 'e', of: 2, against: 0, position: 7, choice: 'first' },
  });
  expect(vote.row).toMatchObject({ context: 'asked 5' });
  await vote.choose('second');
  expect(vote.canSkip).toBe(false);
  await vote.choose('equal');
  expect(vote.row).toBeUndefined();
  expect(vote.rows.map(({ choice }) => choice)).toEqual(['first', 'equal', 'second', 'equal']);
});

test('a row that is skipped comes again after the others', async () => {
  const vote = await opened();
  await vote.skip();
  expect(vote.row).toMatchObject({ context: 'asked 5' });
  await vote.choose('first');
  await vote.choose('first');
  expect(vote.row).toMatchObject({ context: 'asked 7' });
});

test('back leads to the rows shown before with what was chosen, also to those of the last time, and a new choice replaces it', async () => {
  const vote = await opened();
  await vote.choose('first');
  await vote.back();
  expect(vote.row).toMatchObject({ context: 'asked 7' });
  expect(vote.choice).toBe('first');
  await vote.choose('second');
  expect(vote.rows[0]).toEqual({ position: 7, choice: 'second' });
  await vote.back();
  await vote.back();
  expect(vote.row).toMatchObject({ context: 'asked 3' });
  expect(vote.choice).toBe('equal');
  expect(vote.canGoBack).toBe(false);
});

test('a choice made while the next row is on its way does not count for it', async () => {
  const vote = await opened();
  const next = Promise.withResolvers<BlindRow>();
  vi.mocked(client.evaluations.blindRow).mockReturnValueOnce(next.promise);
  const one = vote.choose('first');
  await vi.waitFor(() => expect(client.evaluations.blindRow).toHaveBeenCalledTimes(2));
  // Nor is the first one counted yet: that would say that the next key is of another row.
  expect(vote.judged).toBe(1);
  await vote.choose('second');
  next.resolve({ context: 'asked 5', target: '', first: 'one', second: 'other' });
  await one;
  expect(client.evaluations.blindVote).toHaveBeenCalledTimes(1);
  expect(vote.judged).toBe(2);
});

test('a choice that could not be kept is told, and its row stays to be judged', async () => {
  const vote = await opened();
  vi.mocked(client.evaluations.blindVote).mockRejectedValueOnce(
    new StudioError('EVALUATION_NOT_FOUND', { evaluation: 'e' }),
  );
  await vote.choose('first');
  expect(vote.error).toBeInstanceOf(StudioError);
  expect(vote.choice).toBeNull();
  await vote.choose('first');
  expect(vote.error).toBeUndefined();
});

test('a choice is counted also if the next row cannot be read', async () => {
  const vote = await opened();
  vi.mocked(client.evaluations.blindRow).mockRejectedValueOnce(
    new StudioError('EVALUATION_NOT_FOUND', { evaluation: 'e' }),
  );
  await vote.choose('first');
  expect(vote.error).toBeInstanceOf(StudioError);
  expect(vote.choice).toBe('first');
  expect(vote.judged).toBe(2);
});

test('the result is read when it is asked for, and put away to continue or to compare two others', async () => {
  const vote = await opened();
  // Sound: nothing of it is read here.
  vi.mocked(client.evaluations.blindResult).mockResolvedValue({ of: 2 } as BlindResult);
  await vote.showResult();
  expect(vote.result).toEqual({ of: 2 });
  vote.goOn();
  expect(vote.result).toBeUndefined();
  await vote.showResult();
  rowsAre([4, null]);
  await vote.compare(2, 1);
  expect(client.evaluations.blindRows).toHaveBeenLastCalledWith({ id: 'e', of: 2, against: 1 });
  expect(vote.result).toBeUndefined();
  expect(vote.row).toMatchObject({ context: 'asked 4' });
});

// Regression: two windows asked about the same rows, and each counted its own choices.
test('what is judged in another window counts here, while the row on screen stays', async () => {
  const vote = await opened();
  // Sound, as below: nothing of it is read here.
  vi.mocked(client.evaluations.blindResult).mockResolvedValueOnce({ of: 1 } as BlindResult);
  await vote.showResult();
  vi.mocked(client.evaluations.blindResult).mockResolvedValueOnce({ of: 2 } as BlindResult);
  rowsAre([7, 'second'], [3, 'equal'], [5, 'first'], [1, null]);
  changed();
  await vi.waitFor(() => expect(vote.judged).toBe(3));
  expect(vote.result).toEqual({ of: 2 });
  vote.goOn();
  expect([vote.row?.context, vote.choice]).toEqual(['asked 7', 'second']);
  await vote.skip();
  expect(vote.row?.context).toBe('asked 1');
});

async function opened(): Promise<BlindVoteState> {
  const vote = new BlindVoteState('e');
  const leaving = new AbortController();
  onTestFinished(() => leaving.abort());
  vote.follow(leaving.signal);
  await vi.waitFor(() => expect(vote.row).toBeDefined());
  // The attempt that shows it ends a moment later.
  await Promise.resolve();
  return vote;
}

function rowsAre(...rows: [position: number, choice: BlindChoice | null][]): void {
  const told = { rows: rows.map(([position, choice]) => ({ position, choice })), identical: 0 };
  vi.mocked(client.evaluations.blindRows).mockResolvedValue(told);
}

const result = (adapterId: string | null, rougeL: number): EvaluationResult => ({
  ...{ adapterId, adapter: adapterId ?? 'base', n: 4, metrics: { rougeL }, interval: null, seconds: 1 },
});

const threeModels: Evaluation = {
  ...{ id: 'e', task: 'summarisation', datasetId: 'd', baseModelId: 'b', adapterIds: ['r', 's'], split: 'test' },
  ...{ state: 'finished', mainMetric: 'rougeL', results: [result(null, 0.2), result('r', 0.3), result('s', 0.4)] },
  ...{ comparisons: [], provenance: null, error: null, createdAt: 1 },
};
