import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeTokenFile } from '../../tasks/token-file.ts';
import { writeSafetensors } from '../formats/safetensors.ts';
import { readTokenFile } from './token-file.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'token-file-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

test('rows written by tasks/token-file.ts are read back', async () => {
  const rows = [
    { ids: [1, 2, 3], targetStart: 1 },
    { ids: [4, 5], targetStart: 0 },
  ];
  await writeTokenFile(join(folder, 'rows'), rows);
  const file = await readTokenFile(join(folder, 'rows'));
  expect(file.count).toBe(2);
  rows.forEach(({ ids, targetStart }, row) => {
    expect([...file.ids(row)]).toEqual(ids);
    expect(file.targetStart(row)).toBe(targetStart);
  });
});

test('the hash depends on the ids and target starts, and is the same for the same rows', async () => {
  const hash = async (name: string, ids: number[], targetStart: number) => {
    await writeTokenFile(join(folder, name), [{ ids, targetStart }]);
    return (await readTokenFile(join(folder, name))).sha256;
  };
  const first = await hash('first', [1, 2, 3], 1);
  expect(await hash('again', [1, 2, 3], 1)).toBe(first);
  expect(await hash('other-start', [1, 2, 3], 2)).not.toBe(first);
  expect(await hash('other-id', [1, 2, 4], 1)).not.toBe(first);
});

test('an empty file has no rows', async () => {
  await writeTokenFile(join(folder, 'empty'), []);
  expect((await readTokenFile(join(folder, 'empty'))).count).toBe(0);
});

test.each<[name: string, ids: number[], offsets: number[], starts: number[], reason: string]>([
  ['offsets beyond the tokens', [1, 2], [0, 3], [1], 'rows do not fit'],
  ['an extra row', [1, 2], [0, 2], [1, 1], 'rows do not fit'],
  ['decreasing offsets', [1, 2, 3, 4], [0, 5, 4], [1, 1], 'row 1'],
  ['an empty target', [1, 2], [0, 2], [2], 'row 0'],
  ['a target that starts before its row', [1, 2], [0, 2], [-1], 'row 0'],
  ['a single token, which nothing predicts', [1], [0, 1], [0], 'row 0'],
])('refuses %s', async (name, ids, offsets, starts, reason) => {
  const path = join(folder, name);
  const tensor = (values: number[]) =>
    ({ dtype: 'I32', dims: [values.length], data: Int32Array.from(values) }) as const;
  await writeSafetensors(
    path,
    new Map([
      ['ids', tensor(ids)],
      ['offsets', tensor(offsets)],
      ['target_starts', tensor(starts)],
    ]),
  );
  await expect(readTokenFile(path)).rejects.toMatchObject({
    code: 'MODEL_FILE_INVALID',
    data: { reason: expect.stringContaining(reason) },
  });
});
