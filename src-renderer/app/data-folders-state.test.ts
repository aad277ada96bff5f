import { expect, test, vi } from 'vitest';
import type { DataFolders } from '../../src-contract/data-folder.ts';
import { client } from '../client.ts';
import { DataFoldersState } from './data-folders-state.svelte.ts';

vi.mock('../client.ts', () => ({ client: { dataFolders: { list: vi.fn() } } }));

// With outdated lists a folder could be moved to no place at all, and choices made meanwhile were reset.
test('offers nothing to choose until the current lists have loaded', async () => {
  const state = new DataFoldersState();
  answerWith('first');
  await state.begin('move', 'Data');
  expect([state.isListed, state.placeId]).toEqual([true, 'first']);
  const later = Promise.withResolvers<DataFolders>();
  vi.mocked(client.dataFolders.list).mockReturnValue(later.promise);
  const beginning = state.begin('move', 'Data');
  expect(state.isListed).toBe(false);
  later.resolve(listed('second'));
  await beginning;
  expect([state.isListed, state.placeId]).toEqual([true, 'second']);
});

test('retries lists that failed to load, then chooses the first place', async () => {
  const state = new DataFoldersState();
  vi.mocked(client.dataFolders.list).mockRejectedValue(new Error('lost'));
  await state.begin('backUp', 'Data');
  expect(state.isListed).toBe(false);
  answerWith('first');
  await state.list();
  expect([state.isListed, state.placeId]).toEqual([true, 'first']);
});

function answerWith(place: string): void {
  vi.mocked(client.dataFolders.list).mockResolvedValue(listed(place));
}

function listed(place: string): DataFolders {
  const places = [{ id: place, path: `/${place}`, freeBytes: 1, isSameDisk: true }];
  return { studios: [], backups: [], places, canChoose: false, available: true, failure: null };
}
