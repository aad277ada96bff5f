import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openFolderWeights, readShardIndex } from './folder-weights.ts';
import { writeSafetensors } from './safetensors.ts';

let scratch: string;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'weight-source-'));
});

afterAll(() => rm(scratch, { recursive: true, force: true }));

test('tensors of two shards are found through the index, with their types', async () => {
  const folder = await shardedFolder({ a: 'one.safetensors', b: 'two.safetensors', c: 'two.safetensors' });
  const source = await openFolderWeights(folder);
  expect(Object.fromEntries(source.tensors)).toMatchObject({
    a: { dtype: 'F32', dims: [2] },
    b: { dtype: 'F16', dims: [1, 2] },
    c: { dtype: 'BF16', dims: [2] },
  });
  expect([...(await source.read('a'))]).toEqual([1.5, -2]);
  expect([...(await source.read('b'))]).toEqual([0.5, 4]);
  expect([...(await source.read('c'))]).toEqual([1, -3]);
  expect(source.file).toBe('model.safetensors.index.json');
  await source.close();
});

test('model.safetensors takes precedence over an index, as in transformers', async () => {
  const folder = await shardedFolder({ a: 'one.safetensors', b: 'two.safetensors', c: 'two.safetensors' });
  await writeSafetensors(
    join(folder, 'model.safetensors'),
    new Map([['whole', { dtype: 'F32', dims: [1], data: Float32Array.of(7) }]]),
  );
  const source = await openFolderWeights(folder);
  expect([...source.tensors.keys()]).toEqual(['whole']);
  await source.close();
});

test('an index that names a tensor missing from its shard is refused', async () => {
  const folder = await shardedFolder({ a: 'two.safetensors', b: 'two.safetensors' });
  await expect(openFolderWeights(folder)).rejects.toMatchObject({
    code: 'MODEL_FILE_INVALID',
    data: { reason: 'it says a is in two.safetensors, but it is not there' },
  });
});

test('a missing shard is reported with its path', async () => {
  const folder = await shardedFolder({ a: 'one.safetensors', b: 'three.safetensors' });
  await expect(openFolderWeights(folder)).rejects.toMatchObject({
    code: 'FILE_NOT_FOUND',
    data: { file: join(folder, 'three.safetensors') },
  });
});

test.each([
  ['../one.safetensors'],
  ['/etc/one.safetensors'],
  ['C:\\one.safetensors'],
  ['https://example.org/one.safetensors'],
  ['one.bin'],
  [7],
])('a shard named %j is refused before anything is opened', async (shard) => {
  const index = join(scratch, 'index.json');
  await writeFile(index, JSON.stringify({ weight_map: { a: shard } }));
  await expect(readShardIndex(index)).rejects.toMatchObject({ code: 'MODEL_FILE_INVALID' });
});

test.each(['', '[]', 'null', '{}', '{"weight_map":[]}', '{"weight_map":{}}'])(
  'an index of %j is refused',
  async (text) => {
    const index = join(scratch, 'index.json');
    await writeFile(index, text);
    await expect(readShardIndex(index)).rejects.toMatchObject({ code: 'MODEL_FILE_INVALID' });
  },
);

/** Two shards: `a` in the first as F32, `b` and `c` in the second as F16 and BF16. */
async function shardedFolder(map: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(scratch, 'model-'));
  const a = { dtype: 'F32', dims: [2], data: Float32Array.of(1.5, -2) } as const;
  const b = { dtype: 'F16', dims: [1, 2], data: Float16Array.of(0.5, 4) } as const;
  // The upper halves of 1 and −3 as float32.
  const c = { dtype: 'BF16', dims: [2], data: Uint16Array.of(0x3f80, 0xc040) } as const;
  await writeSafetensors(join(folder, 'one.safetensors'), new Map([['a', a]]));
  await writeSafetensors(
    join(folder, 'two.safetensors'),
    new Map<string, typeof b | typeof c>([
      ['b', b],
      ['c', c],
    ]),
  );
  await writeFile(join(folder, 'model.safetensors.index.json'), JSON.stringify({ weight_map: map }));
  return folder;
}
