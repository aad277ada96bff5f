import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { folderNameSchema } from '../../src-contract/data-folder.ts';
import { type FolderHost, freeFolder, KnownFolders } from './data-folders.ts';

test('only listed folders can be named, each only as its own kind', async () => {
  const { folders, own, other, documents } = scene();
  const { studios, places, backups } = await folders.list();
  expect(studios.map(({ path, isOpen }) => [path, isOpen])).toEqual([
    [own, true],
    [other, false],
  ]);
  expect(places.map(({ path }) => path)).toEqual([documents]);
  expect(backups).toEqual([]);
  expect(await folders.pathOf(studios[1]?.id ?? '', 'studio')).toBe(other);
  for (const [id, kind] of [
    [other, 'studio'],
    ['../other', 'studio'],
    [studios[1]?.id ?? '', 'place'],
    [places[0]?.id ?? '', 'studio'],
    ['', 'backup'],
  ] as const) {
    await expect(folders.pathOf(id, kind)).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
  }
});

test('a folder chosen in the system dialog is listed from then on', async () => {
  const { folders, elsewhere } = scene();
  const chosen = await folders.choose();
  expect(chosen?.path).toBe(elsewhere);
  expect(await folders.pathOf(chosen?.id ?? '', 'place')).toBe(elsewhere);
});

test('without a host that can change folders, nothing is changed', async () => {
  const folders = new KnownFolders('/nowhere', undefined);
  expect(await folders.list()).toMatchObject({ available: false, canChoose: false, places: [] });
  expect(() => folders.change({ folder: '/tmp/x', move: false })).toThrow();
  await expect(folders.choose()).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
});

test('a new folder gets a free name with a timestamp', () => {
  const place = temporary();
  const first = freeFolder(place, 'Backup', Date.UTC(2026, 0, 2, 3, 4));
  mkdirSync(first);
  expect(freeFolder(place, 'Backup', Date.UTC(2026, 0, 2, 3, 4))).toBe(`${first} (2)`);
});

test.each(['..', '.', '.hidden', 'a/b', 'a\\b', 'C:', 'con', 'NUL.txt', 'ends.', 'two\nlines', '', '\u202Egnp'])(
  '%j is not a valid folder name',
  (name) => expect(folderNameSchema.safeParse(name).success).toBe(false),
);

test.each(['Adapter Studio data', '데이터 2', 'a.b-c_d'])('%j is a valid folder name', (name) =>
  expect(folderNameSchema.safeParse(name).success).toBe(true),
);

function scene() {
  const root = temporary();
  const [own, other] = [join(root, 'own'), join(root, 'other')];
  const [documents, elsewhere] = [join(root, 'documents'), join(root, 'elsewhere')];
  for (const path of [own, other, documents, elsewhere]) mkdirSync(path);
  for (const path of [own, other]) writeFileSync(join(path, 'studio.sqlite'), '');
  const host: FolderHost = {
    places: () => [documents],
    known: () => [other, join(root, 'gone')],
    choose: async () => elsewhere,
    change: () => {},
  };
  return { folders: new KnownFolders(own, host), own, other, documents, elsewhere };
}

function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), 'data-folders-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
