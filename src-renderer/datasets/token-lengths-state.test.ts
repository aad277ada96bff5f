import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import type { BaseModel } from '../../src-contract/base-model.ts';
import { client } from '../client.ts';
import { TokenLengthsState } from './token-lengths-state.svelte.ts';

const { changes, changed } = await vi.hoisted(async () => {
  const { toldChanges } = await import('../../test/fixtures/told-changes.ts');
  return toldChanges('base-model');
});

// The fake replaces the studio, at the renderer's edge.
vi.mock('../client.ts', () => ({
  client: {
    studio: { changes },
    baseModels: { list: vi.fn() },
    runs: { tokenLengths: vi.fn(async () => [{ kind: 'finished', lengths: { whole: [] } }]) },
  },
  connection: { current: 'open', subscribe: () => () => {} },
}));

beforeEach(() => vi.clearAllMocks());

// Regression: one that had been downloaded meanwhile was not offered, and a deleted one stayed.
test('base models come and go with the shelf, and rows are counted again only for another one', async () => {
  basesAre('starter');
  const work = new TokenLengthsState('d');
  const leaving = new AbortController();
  onTestFinished(() => leaving.abort());
  work.follow(leaving.signal);
  await vi.waitFor(() => expect(work.lengths).toBeDefined());
  basesAre('starter', 'large');
  changed();
  await vi.waitFor(() => expect(work.baseModels.value).toHaveLength(2));
  expect([work.base?.id, countedFor()]).toEqual(['starter', ['starter']]);
  basesAre('large');
  changed();
  await vi.waitFor(() => expect(countedFor().at(-1)).toBe('large'));
});

function basesAre(...ids: readonly string[]): void {
  // Sound: nothing else of them is read here.
  vi.mocked(client.baseModels.list).mockResolvedValue(ids.map((id) => ({ id })) as BaseModel[]);
}

function countedFor(): string[] {
  return vi.mocked(client.runs.tokenLengths).mock.calls.map(([{ baseModelId }]) => baseModelId);
}
