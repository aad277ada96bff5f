import fs, { existsSync, mkdtempSync, renameSync, writeFileSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { waitForHeldFiles } from './held-files.ts';

const own = { rename: fs.promises.rename, rm: fs.promises.rm, renameSync: fs.renameSync, rmSync: fs.rmSync };

afterEach(() => {
  Object.assign(fs.promises, { rename: own.rename, rm: own.rm });
  Object.assign(fs, { renameSync: own.renameSync, rmSync: own.rmSync });
  syncBuiltinESMExports();
});

/** Names a file as Windows would while another program has it open for this many attempts. */
function holdFor(attempts: number, code: string) {
  let left = attempts;
  const refuse = () => {
    if (left-- > 0) throw Object.assign(new Error(`${code}: held`), { code });
  };
  fs.promises.rename = async (from, to) => {
    refuse();
    await own.rename(from, to);
  };
  fs.promises.rm = async (path, options) => {
    refuse();
    await own.rm(path, options);
  };
  fs.renameSync = (from, to) => {
    refuse();
    own.renameSync(from, to);
  };
}

function newFile(): string {
  const path = join(mkdtempSync(join(tmpdir(), 'studio-held-')), 'new');
  writeFileSync(path, 'a');
  return path;
}

test('a file that is held for a moment is renamed and removed', async () => {
  holdFor(2, 'EBUSY');
  waitForHeldFiles('win32', [0, 0]);
  const path = newFile();
  await rename(path, `${path}.whole`);
  expect(existsSync(`${path}.whole`)).toBe(true);
  await rm(`${path}.whole`);
  expect(existsSync(`${path}.whole`)).toBe(false);
});

test('code that cannot wait asynchronously waits, too', () => {
  holdFor(2, 'EPERM');
  waitForHeldFiles('win32', [0, 0]);
  const path = newFile();
  renameSync(path, `${path}.whole`);
  expect(existsSync(`${path}.whole`)).toBe(true);
});

test('one that stays held is reported, and what is wrong otherwise at once', async () => {
  holdFor(3, 'EBUSY');
  waitForHeldFiles('win32', [0, 0]);
  const path = newFile();
  await expect(rename(path, `${path}.whole`)).rejects.toMatchObject({ code: 'EBUSY' });
  await expect(rename(`${path}.gone`, path)).rejects.toMatchObject({ code: 'ENOENT' });
});

test('other systems need no patience', () => {
  waitForHeldFiles('linux');
  expect(fs.promises.rename).toBe(own.rename);
});
