import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { nameWhole, unfinishedPath } from './unfinished-path.ts';

test('two writers to one path get separate places, and the second is refused the name', async () => {
  const path = join(temporary(), 'out');
  const [one, two] = [await unfinishedPath(path), await unfinishedPath(path)];
  writeFileSync(one, 'one');
  writeFileSync(two, 'two');
  await nameWhole(one, path);
  await expect(nameWhole(two, path)).rejects.toMatchObject({
    ...{ code: 'OUT_UNUSABLE', message: `It cannot be written there: ${path} already exists.` },
    hint: expect.stringContaining('another place'),
  });
  expect(readFileSync(path, 'utf8')).toBe('one');
});

test('a path that is taken is refused before anything is written', async () => {
  const path = join(temporary(), 'out');
  writeFileSync(path, 'taken');
  await expect(unfinishedPath(path)).rejects.toMatchObject({ data: { because: { code: 'PATH_TAKEN' } } });
});

test('an existing path with .partial appended is left alone', async () => {
  const folder = temporary();
  mkdirSync(join(folder, 'out.partial'));
  expect(await unfinishedPath(join(folder, 'out'))).not.toBe(join(folder, 'out.partial'));
  expect(readdirSync(folder)).toEqual(['out.partial']);
});

// Regression: a mistyped folder was created silently.
test('a path in a missing folder is refused', async () => {
  const folder = join(temporary(), 'mistyped');
  await expect(unfinishedPath(join(folder, 'out'))).rejects.toMatchObject({
    data: { because: { code: 'PATH_FOLDER_MISSING', data: { folder } } },
  });
  expect(existsSync(folder)).toBe(false);
});

test('a path inside a file is refused', async () => {
  const file = join(temporary(), 'file');
  writeFileSync(file, '');
  await expect(unfinishedPath(join(file, 'out'))).rejects.toMatchObject({
    data: { because: { code: 'PATH_FILE_IN_WAY' } },
  });
});

// Regression: a backup never ended in one such folder, and reported a fault of the studio in others.
test.skipIf(!existsSync('/proc/self'))('a path in a folder in which nothing can be made is refused', async () => {
  await expect(unfinishedPath('/proc/out')).rejects.toMatchObject({
    data: { because: { code: 'PATH_TAKES_NOTHING', data: { folder: '/proc' } } },
  });
});

function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), 'unfinished-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
