import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { BaseModel } from '../../src-contract/base-model.ts';
import { hashModel, readModelFolder } from './model-folder.ts';
import type { Remembered } from './model-library.ts';
import { UnchangedFiles } from './unchanged-base.ts';

let base: BaseModel;
beforeEach(async () => {
  const path = mkdtempSync(join(tmpdir(), 'studio-unchanged-'));
  for (const name of ['config.json', 'tokenizer.json', 'model.safetensors']) writeFileSync(join(path, name), name);
  // Sound: only these fields are read.
  base = { id: 'b', name: 'Tiny', path, sha256: await hashOf(path) } as BaseModel;
});
afterEach(() => rmSync(base.path, { recursive: true, force: true }));

test('files are read once, also by the next process, and not at all after they were added', async () => {
  const { opened, told } = studio();
  await opened().require(base);
  await opened().require(base);
  expect(told).toEqual(['read']);

  const added = studio();
  await added.opened().note(base);
  await added.opened().require(base);
  expect(added.told).toEqual([]);
});

// Regression: answers were of whatever weights lay there, under the hash of the base that was added.
test('a base with other weights is refused until those that were added are back', async () => {
  const { opened, told } = studio();
  const files = opened();
  await files.note(base);
  put('others of that size', 5);
  const refusal = { code: 'MODEL_FILE_INVALID', data: { file: 'Tiny', because: { code: 'FILES_CHANGED' } } };
  await expect(files.require(base)).rejects.toMatchObject(refusal);
  await expect(files.require(base)).rejects.toMatchObject(refusal);
  expect(told).toEqual(['read']);
  put('model.safetensors', 6);
  await files.require(base);
  expect(told).toEqual(['read', 'read']);
});

test('files with another time are read, and those beside the model are not looked at', async () => {
  const { opened, told } = studio();
  await opened().note(base);
  writeFileSync(join(base.path, 'README.md'), 'A note.');
  await opened().require(base);
  expect(told).toEqual([]);
  put('model.safetensors', 7);
  await opened().require(base);
  expect(told).toEqual(['read']);
});

test('files that cannot be remembered, as on a full disk, are read again', async () => {
  const { opened, told } = studio({
    write: () => {
      throw new Error('the disk is full');
    },
  });
  const files = opened();
  await files.note(base);
  await files.require(base);
  await files.require(base);
  expect(told).toEqual(['read', 'read']);
});

test('a base without its files is left to whoever needs them', async () => {
  const { opened, told } = studio();
  rmSync(base.path, { recursive: true });
  await opened().require(base);
  await opened().note(base);
  expect(told).toEqual([]);
});

// Regression: each of several answers that were asked for at once read gigabytes.
test('answers at once wait for one reading, and the next one reads if whoever asked for it leaves', async () => {
  const ends: (() => void)[] = [];
  const settings = new Map<string, string>();
  const hashBase = ({ sha256 }: BaseModel, signal?: AbortSignal) =>
    new Promise<string>((resolve, reject) => {
      ends.push(() => resolve(sha256));
      signal?.addEventListener('abort', () => reject(signal.reason));
    });
  const files = new UnchangedFiles(hashBase, {
    read: (name) => settings.get(name),
    write: settings.set.bind(settings),
  });
  const [first, third] = [new AbortController(), new AbortController()];
  const reading = files.require(base, first.signal);
  await vi.waitFor(() => expect(ends).toHaveLength(1));
  const others = [undefined, third.signal, undefined].map((signal) => files.require(base, signal));
  const outcomes = Promise.allSettled([reading, ...others]);
  third.abort(new Error('third left'));
  await expect(others[1]).rejects.toThrow('third left');
  first.abort(new Error('first left'));
  await vi.waitFor(() => expect(ends).toHaveLength(2));
  ends[1]?.();
  expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'rejected', 'fulfilled']);
  expect(ends).toHaveLength(2);
});

function put(weights: string, atSecond: number): void {
  const file = join(base.path, 'model.safetensors');
  writeFileSync(file, weights);
  utimesSync(file, atSecond, atSecond);
}

function studio({ write }: Partial<Remembered> = {}) {
  const settings = new Map<string, string>();
  const told: string[] = [];
  const hashBase = ({ path }: BaseModel) => {
    told.push('read');
    return hashOf(path);
  };
  const remembered = { read: (name: string) => settings.get(name), write: write ?? settings.set.bind(settings) };
  return { opened: () => new UnchangedFiles(hashBase, remembered), told };
}

async function hashOf(path: string): Promise<string> {
  return hashModel(path, (await readModelFolder(path)).hashed);
}
