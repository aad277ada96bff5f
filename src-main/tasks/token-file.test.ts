import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeTokenFile } from './token-file.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'token-file-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('rows are stored end to end, with their offsets and target starts', async () => {
  const path = join(folder, 'train.safetensors');
  const facts = await writeTokenFile(path, [
    { ids: [5, 6, 7], targetStart: 2 },
    { ids: [70_000, 9], targetStart: 0 },
  ]);
  expect(facts).toEqual({ rows: 2, tokens: 5, targetTokens: 3 });
  expect(readTensors(path)).toEqual({
    ids: { dtype: 'I32', shape: [5], values: [5, 6, 7, 70_000, 9] },
    offsets: { dtype: 'I32', shape: [3], values: [0, 3, 5] },
    target_starts: { dtype: 'I32', shape: [2], values: [2, 0] },
  });
  expect(readdirSync(folder)).toEqual(['train.safetensors']);
});

test('a split without rows makes a valid file', async () => {
  const path = join(folder, 'empty.safetensors');
  await writeTokenFile(path, []);
  expect(readTensors(path)).toMatchObject({
    ids: { values: [] },
    offsets: { values: [0] },
    target_starts: { values: [] },
  });
});

test('many rows keep their order across writes', async () => {
  const path = join(folder, 'many.safetensors');
  async function* rows() {
    for (let i = 0; i < 30_000; i++) yield { ids: [i, i, i], targetStart: 1 };
  }
  await writeTokenFile(path, rows());
  const { ids, offsets } = readTensors(path);
  expect(ids?.values.every((id, place) => id === Math.floor(place / 3))).toBe(true);
  expect(offsets?.values.at(-1)).toBe(90_000);
});

test('an abort leaves no file behind', async () => {
  const abort = new AbortController();
  async function* rows() {
    yield { ids: [1], targetStart: 0 };
    abort.abort();
    yield { ids: [2], targetStart: 0 };
  }
  await expect(writeTokenFile(join(folder, 'a.safetensors'), rows(), abort.signal)).rejects.toThrow();
  expect(readdirSync(folder)).toEqual([]);
});

function readTensors(path: string) {
  const bytes = readFileSync(path);
  const length = Number(bytes.readBigUInt64LE(0));
  const head = JSON.parse(bytes.toString('utf8', 8, 8 + length)) as Record<
    string,
    { dtype: string; shape: number[]; data_offsets: [number, number] }
  >;
  const tensors: Record<string, { dtype: string; shape: number[]; values: number[] }> = {};
  for (const [name, { dtype, shape, data_offsets: offsets }] of Object.entries(head)) {
    if (name === '__metadata__') continue;
    const part = bytes.subarray(8 + length + offsets[0], 8 + length + offsets[1]);
    tensors[name] = {
      dtype,
      shape,
      values: Array.from({ length: part.length / 4 }, (_, i) => part.readInt32LE(i * 4)),
    };
  }
  return tensors;
}
