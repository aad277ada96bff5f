import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { makeFolder, requireForDatabase } from './make-folder.ts';

test('folders above are made too, and the uppermost one is told', () => {
  const place = temporary();
  expect(makeFolder(join(place, 'a', 'b', 'c'), 'home')).toBe(join(place, 'a'));
  expect(existsSync(join(place, 'a', 'b', 'c'))).toBe(true);
  expect(makeFolder(join(place, 'a', 'b', 'c'), 'home')).toBeUndefined();
  expect(makeFolder(join(place, 'a', 'd'), 'home')).toBe(join(place, 'a', 'd'));
});

// Regression: other users of the machine could read the database, and in it the key for other programs.
test.skipIf(process.platform === 'win32')('only its owner may look into a new data folder', () => {
  const place = temporary();
  makeFolder(join(place, 'a', 'home'), 'home');
  makeFolder(join(place, 'out'), 'out');
  const usual = 0o777 & ~process.umask();
  expect(['a', 'a/home', 'out'].map((name) => statSync(join(place, name)).mode & 0o777)).toEqual([0o700, 0o700, usual]);
});

test('a link to a folder is one; a file in the way is reported', () => {
  const place = temporary();
  mkdirSync(join(place, 'folder'));
  symlinkSync(join(place, 'folder'), join(place, 'link'));
  expect(makeFolder(join(place, 'link'), 'home')).toBeUndefined();
  writeFileSync(join(place, 'file'), '');
  for (const path of [join(place, 'file'), join(place, 'file', 'home')]) {
    const refusal = {
      code: 'DATA_FOLDER_UNUSABLE',
      data: expect.objectContaining({ because: { code: 'PATH_FILE_IN_WAY', data: { path } } }),
    };
    expect(() => makeFolder(path, 'home')).toThrow(expect.objectContaining(refusal));
  }
  const refusal = expect.objectContaining({ code: 'OUT_UNUSABLE' });
  expect(() => makeFolder(join(place, 'file'), 'out')).toThrow(refusal);
});

// Regression: Node's own call never returned.
test.skipIf(!existsSync('/proc/self'))('a folder in which the system lets nothing be made is named', () => {
  for (const path of ['/proc/home', '/proc/home/below']) {
    const because = { code: 'PATH_TAKES_NOTHING', data: { folder: '/proc' } };
    const refusal = { code: 'DATA_FOLDER_UNUSABLE', data: expect.objectContaining({ because }) };
    expect(() => makeFolder(path, 'home')).toThrow(expect.objectContaining(refusal));
  }
});

// Regression: a data folder with a longer path was said to be forbidden, and a backup to one to be a fault of the studio.
test.skipIf(process.platform === 'win32')('a path by which SQLite opens nothing is told to be too long', () => {
  const path = `/${'길'.repeat(167)}/x`;
  const home = { option: 'home', path: '/the/folder' } as const;
  expect(() => requireForDatabase(path, home)).not.toThrow();
  expect(() => requireForDatabase(`${path}x`, home)).toThrow(
    'The data folder cannot be there: “/the/folder” cannot be created, because its path or name is too long.',
  );
});

function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), 'make-folder-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
