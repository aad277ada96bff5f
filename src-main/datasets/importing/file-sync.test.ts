import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FileSync } from './file-sync.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sync-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('finish waits for the disk and leaves the file unchanged', async () => {
  const path = join(folder, 'rows');
  writeFileSync(path, 'some rows');
  const sync = new FileSync(path);
  sync.grown(100 * 1024 * 1024);
  await sync.finish(new AbortController().signal);
  await sync.close();
  expect(readFileSync(path, 'utf8')).toBe('some rows');
});

test('an aborted caller does not wait, and the file can be removed meanwhile', async () => {
  const path = join(folder, 'rows');
  writeFileSync(path, Buffer.alloc(8 * 1024 * 1024, 1));
  const sync = new FileSync(path);
  const abort = new AbortController();
  const finished = sync.finish(abort.signal);
  abort.abort(new Error('left'));
  await expect(finished).rejects.toThrow('left');
  rmSync(path);
  expect(existsSync(path)).toBe(false);
  await sync.close();
});

test('a file that cannot be opened is reported by finish, not before', async () => {
  const sync = new FileSync(join(folder, 'none'));
  sync.grown(100 * 1024 * 1024);
  await expect(sync.finish(new AbortController().signal)).rejects.toMatchObject({ code: 'ENOENT' });
  await sync.close();
});
