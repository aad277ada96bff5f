import { getEventListeners } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { Downloads } from './downloads.ts';
import { ProcessFolder } from './process-folder.ts';

let root: string;
let folder: ProcessFolder;
let downloads: Downloads;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'downloads-'));
  folder = new ProcessFolder(root, { token: 'own', isAlive: () => true });
  downloads = new Downloads(folder);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

test('a file is gone once its last piece has been read', async () => {
  const { fileId, bytes } = await downloads.offer(async (path) => writeFileSync(path, 'three rows'));
  expect(bytes).toBe(10);
  expect(await (await downloads.read(fileId, 0)).text()).toBe('three rows');
  expect(readdirSync(folder.path)).toEqual([]);
  await expect(downloads.read(fileId, 0)).rejects.toMatchObject({ code: 'OPTION_INVALID' });
});

// Regression: on a full disk, what had been written kept it full until the studio closed.
test('nothing is left of a file that could not be written whole', async () => {
  const writing = downloads.offer(async (path) => {
    writeFileSync(path, 'half of the ro');
    throw new Error('the disk is full');
  });
  await expect(writing).rejects.toThrow('the disk is full');
  expect(readdirSync(folder.path)).toEqual([]);
});

// Regression: exports that were left halfway filled the disk until the studio closed.
test('a file goes with its page, whether that leaves after it was offered or while it is written', async () => {
  const page = new AbortController();
  const { fileId } = await downloads.offer(async (path) => writeFileSync(path, 'three rows'), page.signal);
  page.abort();
  await vi.waitFor(() => expect(readdirSync(folder.path)).toEqual([]));
  await expect(downloads.read(fileId, 0)).rejects.toMatchObject({ code: 'OPTION_INVALID' });
  await downloads.offer(async (path) => writeFileSync(path, 'three rows'), page.signal);
  await vi.waitFor(() => expect(readdirSync(folder.path)).toEqual([]));
});

test('a page is no longer watched once its file has been read', async () => {
  const page = new AbortController();
  const { fileId } = await downloads.offer(async (path) => writeFileSync(path, 'three rows'), page.signal);
  await downloads.read(fileId, 0);
  expect(getEventListeners(page.signal, 'abort')).toEqual([]);
});
