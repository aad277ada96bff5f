import { expect, test, vi } from 'vitest';
import type { DataFolders } from '../../src-contract/data-folder.ts';
import type { BackupEvent } from '../../src-contract/studio.ts';
import { client } from '../client.ts';
import { DataFoldersState } from './data-folders-state.svelte.ts';

const { connection } = vi.hoisted(() => {
  const listeners = new Set<(state: string) => void>();
  return {
    connection: {
      current: 'open',
      subscribe(listener: (state: string) => void) {
        listeners.add(listener);
        listener(this.current);
        return () => listeners.delete(listener);
      },
      become(state: string) {
        this.current = state;
        for (const listener of listeners) listener(state);
      },
    },
  };
});

vi.mock('../client.ts', () => ({ client: { dataFolders: { list: vi.fn(), restore: vi.fn() } }, connection }));

// The studio had restored and opened the folder, but closed the connection before a slow page had read its answer: the
// page said that the studio did not answer, and went on showing the old folder.
test.each([
  ['opens what was restored', '/restored', undefined],
  ['says so where nothing was opened', '/old', new Error('WebSocket closed')],
])('%s, though the connection is lost before the answer is here', async (_, openAfter, error) => {
  const reload = vi.fn();
  vi.stubGlobal('location', { hash: '#/settings', reload });
  const state = new DataFoldersState();
  const open = (path: string) => ({ ...listed('first'), studios: [{ id: path, path, isOpen: true }] });
  vi.mocked(client.dataFolders.list).mockResolvedValue(open('/old'));
  await state.begin('restore', 'Data');
  async function* events() {
    yield { kind: 'finished', folder: '/restored', files: 1, bytes: 1 } as BackupEvent;
    connection.become('lost');
    throw new Error('WebSocket closed');
  }
  // Sound: it is only iterated.
  vi.mocked(client.dataFolders.restore).mockResolvedValue(events() as never);
  const starting = state.start();
  await vi.waitFor(() => expect(state.stage).toEqual({ kind: 'opening' }));
  vi.mocked(client.dataFolders.list).mockResolvedValue(open(openAfter));
  connection.become('open');
  await starting;
  expect([reload.mock.calls.length, state.error]).toEqual([error === undefined ? 1 : 0, error]);
  vi.unstubAllGlobals();
});

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
