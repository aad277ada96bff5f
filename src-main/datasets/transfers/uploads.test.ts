import { getEventListeners } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ProcessFolder } from './process-folder.ts';
import { Uploads } from './uploads.ts';

let root: string;
const [dead, living] = ['0000000000dead000000', '00000000000ther00000'];
let folder: ProcessFolder;
let uploads: Uploads;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'uploads-'));
  folder = new ProcessFolder(root, { token: 'mine', isAlive: (token) => token !== dead });
  uploads = new Uploads(folder);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

test('a file name never becomes a path', async () => {
  const fileId = await uploads.begin({ name: '..\\..\\etc/pass\nwd', sizeBytes: 0 });
  const file = uploads.find(fileId);
  expect(file.name).toBe('pass wd');
  expect(file.path).toBe(join(root, 'mine', fileId));
  expect(() => uploads.find('../mine')).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }));
});

test('a local file is read in place and never removed', async () => {
  const path = join(root, 'rivers.csv');
  writeFileSync(path, 'a,b\n');
  const { fileId, name } = await uploads.open(path);
  expect([name, uploads.find(fileId)]).toEqual(['rivers.csv', { path, name: 'rivers.csv' }]);
  await expect(uploads.append({ fileId, offset: 4, chunk: new Blob(['x']) })).rejects.toMatchObject({
    code: 'OPTION_INVALID',
  });
  const lent = uploads.lend(fileId);
  await uploads.discard(fileId);
  await lent[Symbol.asyncDispose]();
  await folder.close();
  expect(readFileSync(path, 'utf8')).toBe('a,b\n');
  await expect(uploads.open(join(root, 'gone.csv'))).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
});

test('pieces that are too large, too many or out of order are refused', async () => {
  const fileId = await uploads.begin({ name: 'a.csv', sizeBytes: 4 });
  const append = (offset: number, text: string) => uploads.append({ fileId, offset, chunk: new Blob([text]) });
  await expect(append(1, 'a')).rejects.toMatchObject({ code: 'OPTION_INVALID' });
  await expect(append(0, 'abcde')).rejects.toMatchObject({ code: 'OPTION_INVALID' });
  const both = await Promise.allSettled([append(0, 'ab'), append(0, 'xy')]);
  expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  expect(await append(2, 'cd')).toBe(4);
  expect(readFileSync(uploads.find(fileId).path, 'utf8')).toBe('abcd');
});

test('a piece has at most 1 MiB, whatever the file has', async () => {
  const fileId = await uploads.begin({ name: 'a.csv', sizeBytes: 2 * 1024 ** 2 });
  const append = (bytes: number) => uploads.append({ fileId, offset: 0, chunk: new Blob([new Uint8Array(bytes)]) });
  await expect(append(1024 ** 2 + 1)).rejects.toMatchObject({ code: 'OPTION_INVALID' });
  expect(await append(1024 ** 2)).toBe(1024 ** 2);
});

// Regression: those begun at once were not counted.
test('no more than 64 files are open, even if all are begun at once', async () => {
  const begin = () => uploads.begin({ name: 'a.csv', sizeBytes: 0 });
  const begun = await Promise.allSettled(Array.from({ length: 66 }, begin));
  expect(begun.map(({ status }) => status)).toEqual([...Array(64).fill('fulfilled'), 'rejected', 'rejected']);
  const [first] = begun;
  await uploads.discard(first?.status === 'fulfilled' ? first.value : '');
  await expect(begin()).resolves.toBeTypeOf('string');
});

// Regression: those that the studio had been opened with counted, and nobody ends them: after 64 nothing could be sent.
test('local files do not count', async () => {
  const path = join(root, 'rivers.csv');
  writeFileSync(path, 'a,b\n');
  for (let opened = 0; opened < 64; opened++) await uploads.open(path);
  await expect(uploads.begin({ name: 'a.csv', sizeBytes: 0 })).resolves.toBeTypeOf('string');
});

test('a discarded file leaves nothing with the page that sent it', async () => {
  const { signal } = new AbortController();
  await uploads.discard(await uploads.begin({ name: 'a.csv', sizeBytes: 0 }, signal));
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

test('a file that is too large is refused before it is sent', async () => {
  await expect(uploads.begin({ name: 'a.csv', sizeBytes: 9 * 1024 ** 3 })).rejects.toMatchObject({
    code: 'OPTION_INVALID',
  });
});

test('leftovers of ended processes are removed, and files of live ones stay', async () => {
  for (const token of [dead, living, 'a-person’s']) mkdirSync(join(root, token));
  const fileId = await uploads.begin({ name: 'a.csv', sizeBytes: 0 });
  await folder.clear();
  expect(readdirSync(root).sort()).toEqual([living, 'a-person’s', 'mine']);
  const { path } = uploads.find(fileId);
  await uploads.discard(fileId);
  expect(existsSync(path)).toBe(false);
  await folder.close();
  expect(readdirSync(root)).toEqual([living, 'a-person’s']);
});

// Regression: every reloaded page left its file of gigabytes until the studio closed.
test('files sent by a page are removed with it, once nobody reads them any more', async () => {
  const leaving = new AbortController();
  const [sent, read] = [
    await uploads.begin({ name: 'a.csv', sizeBytes: 9 }, leaving.signal),
    await uploads.begin({ name: 'b.csv', sizeBytes: 0 }, leaving.signal),
  ];
  const other = await uploads.begin({ name: 'c.csv', sizeBytes: 0 }, new AbortController().signal);
  const lent = uploads.lend(read);
  leaving.abort();
  await vi.waitFor(() => expect(readdirSync(join(root, 'mine')).sort()).toEqual([read, other].sort()), {
    timeout: 30_000,
  });
  expect(() => uploads.find(sent)).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }));
  await lent[Symbol.asyncDispose]();
  await uploads.begin({ name: 'late.csv', sizeBytes: 0 }, leaving.signal);
  await vi.waitFor(() => expect(readdirSync(join(root, 'mine'))).toEqual([other]), { timeout: 30_000 });
});

test('a file discarded while being read stays until its last reader is done', async () => {
  const fileId = await uploads.begin({ name: 'a.csv', sizeBytes: 0 });
  const { path } = uploads.find(fileId);
  {
    await using _one = uploads.lend(fileId);
    {
      await using _other = uploads.lend(fileId);
      await uploads.discard(fileId);
      expect(() => uploads.find(fileId)).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }));
    }
    expect(existsSync(path)).toBe(true);
  }
  expect(existsSync(path)).toBe(false);
});
