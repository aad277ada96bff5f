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

// It suggested the name of the folder that was open, which then could not be used.
test('suggests a folder name that no known data folder has', async () => {
  const state = new DataFoldersState();
  const studios = ['/home/Data', 'C:\\Users\\Data 2'].map((path) => ({ id: path, path, isOpen: false }));
  vi.mocked(client.dataFolders.list).mockResolvedValue({ ...listed('first'), studios });
  await state.begin('open', 'Data');
  expect(state.name).toBe('Data 3');
});

function answerWith(place: string): void {
  vi.mocked(client.dataFolders.list).mockResolvedValue(listed(place));
}

function listed(place: string): DataFolders {
  const places = [{ id: place, path: `/${place}`, freeBytes: 1, isSameDisk: true }];
  return { studios: [], backups: [], places, canChoose: false, available: true, failure: null };
}
