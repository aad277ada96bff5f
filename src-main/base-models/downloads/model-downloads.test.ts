import { getEventListeners } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { BaseModel, CatalogueEntry } from '../../../src-contract/base-model.ts';
import { ModelDownloads } from './model-downloads.ts';

// The model is already fetched and unpacked, so that no network is needed.

const entry = {
  id: 'tiny',
  sources: [{ kind: 'wheel', package: 'tiny', file: 'tiny.whl', sizeBytes: 9, memberBytes: 4 }],
} as unknown as CatalogueEntry;

let folder: string;
let downloads: ModelDownloads;
/** One for each time the model is imported. */
let imports: PromiseWithResolvers<BaseModel>[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'studio-downloads-'));
  mkdirSync(join(folder, 'tiny/wheel'), { recursive: true });
  writeFileSync(join(folder, 'tiny/wheel/tiny.gguf'), 'GGUF');
  imports = [];
  downloads = makeDownloads();
});

function makeDownloads(): ModelDownloads {
  return new ModelDownloads({
    ...{ folder, environment: {}, modelFolder: () => folder, changed: () => {} },
    process: { token: 'mine', isAlive: (token) => token !== 'gone' },
    bringIn: () => {
      const bringing = Promise.withResolvers<BaseModel>();
      imports.push(bringing);
      return bringing.promise;
    },
  });
}
afterEach(() => rmSync(folder, { recursive: true, force: true }));

// Regression: the second was ignored as if it were the first, or forgotten with it.
test('a download started while an earlier one is stopping runs after it', async () => {
  downloads.start(entry, {});
  await expect.poll(() => imports.length).toBe(1);
  const stopped = downloads.stop(entry, { discard: false });
  downloads.start(entry, {});
  expect(imports.length).toBe(1);
  imports[0]?.reject(new Error('given up'));
  await stopped;
  await expect.poll(() => imports.length).toBe(2);
  expect(await downloads.stateOf(entry)).toMatchObject({ kind: 'downloading' });
  imports[1]?.resolve({} as BaseModel);
  await downloads.close();
});

// Regression: both appended to one file, whose end was corrupted.
test('a download of a living process is left alone, and one of a dead process is resumed', async () => {
  const claim = join(folder, 'tiny/claimed-by');
  writeFileSync(claim, 'other');
  downloads.start(entry, {});
  const watching = Array.fromAsync(downloads.watch('tiny', undefined));
  await expect(watching).rejects.toMatchObject({ code: 'WORK_ELSEWHERE' });
  await expect(downloads.stop(entry, { discard: true })).rejects.toMatchObject({ code: 'WORK_ELSEWHERE' });
  expect(readFileSync(claim, 'utf8')).toBe('other');
  writeFileSync(claim, 'gone');
  downloads.start(entry, {});
  await expect.poll(() => imports.length).toBe(1);
  expect(readFileSync(claim, 'utf8')).toBe('mine');
  imports[0]?.reject(new Error('given up'));
  await downloads.close();
  expect(existsSync(claim)).toBe(false);
});

test('a model of the hub is remembered from the start of its download until that is done or discarded', async () => {
  const source = { kind: 'hub' as const, repository: 'maker/tiny', revision: 'c0', dtype: 'F32', sizeBytes: 4 };
  const facts = { parameters: 1, layers: 1, hidden: 1, vocabulary: 1, contextLength: 1 };
  const told = { licence: '', languages: [], chats: false, gated: false };
  const onHub: CatalogueEntry = { id: 'maker/tiny:a.gguf', name: 'a', ...facts, ...told, sources: [source] };
  downloads.start(onHub, { from: 'wheel' });
  expect(await downloads.begunOnHub()).toEqual([onHub]);
  await expect(Array.fromAsync(downloads.watch(onHub.id, undefined))).rejects.toMatchObject({
    code: 'DOWNLOAD_FAILED',
  });
  await downloads.close();
  // As in the next session.
  const later = makeDownloads();
  expect(await later.begunOnHub()).toEqual([onHub]);
  expect(await later.stateOf(onHub)).toEqual({ kind: 'partial', bytesDone: 0 });
  await later.stop(onHub, { discard: true });
  expect(await later.begunOnHub()).toEqual([]);
  expect(await later.stateOf(onHub)).toEqual({ kind: 'absent' });
});

// Its files are linked to those of the model: they would take their space for ever, once that is deleted.
test('what a killed process has left of a finished download is removed, and nothing that is not done', async () => {
  for (const name of ['hub-0123456789abcdef', 'hub-fedcba9876543210', 'hub-of-mine']) mkdirSync(join(folder, name));
  for (const name of ['hub-0123456789abcdef/tiny.gguf', 'hub-fedcba9876543210/entry.json'])
    writeFileSync(join(folder, name), '{}');
  await downloads.clearDone();
  expect(readdirSync(folder).sort()).toEqual(['hub-fedcba9876543210', 'hub-of-mine', 'tiny']);
});

test('watching a download leaves no abort listener behind', async () => {
  const { signal } = new AbortController();
  downloads.start(entry, {});
  const kinds: string[] = [];
  for await (const { kind } of downloads.watch('tiny', signal)) {
    kinds.push(kind);
    if (kind === 'checking') setImmediate(() => imports[0]?.resolve({} as BaseModel));
  }
  expect(kinds).toEqual(['started', 'checking', 'finished']);
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});
