import { mkdir, mkdtemp, open, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openSafetensors, writeSafetensors } from './safetensors.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'safetensors-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

test('types, shapes, bytes and metadata round-trip', async () => {
  const path = join(folder, 'round-trip.safetensors');
  const tensors = new Map([
    ['b', { dtype: 'F32', dims: [2, 3], data: Float32Array.of(1, -2, 3.5, 0, 1e-30, 6) }],
    ['a', { dtype: 'I32', dims: [3], data: Int32Array.of(-1, 0, 2 ** 31 - 1) }],
    ['scalar', { dtype: 'F32', dims: [], data: Float32Array.of(7) }],
    ['empty', { dtype: 'F32', dims: [0, 4], data: new Float32Array() }],
  ] as const);
  await writeSafetensors(path, tensors, { format: 'pt' });
  const file = await openSafetensors(path);
  expect(file.metadata).toEqual({ format: 'pt' });
  expect([...file.tensors.keys()].sort()).toEqual(['a', 'b', 'empty', 'scalar']);
  for (const [name, { dtype, dims, data }] of tensors) {
    expect(file.tensors.get(name)).toMatchObject({ dtype, dims });
    expect(await file.readBytes(name)).toEqual(Buffer.from(data.buffer));
  }
  await file.close();
});

test('a written file has the layout of the format', async () => {
  const path = join(folder, 'layout.safetensors');
  await writeSafetensors(path, new Map([['x', { dtype: 'F32', dims: [1], data: Float32Array.of(1) }]]));
  const bytes = await readFile(path);
  const length = Number(bytes.readBigUInt64LE());
  expect(length % 8).toBe(0);
  expect(JSON.parse(bytes.toString('utf8', 8, 8 + length))).toEqual({
    x: { dtype: 'F32', shape: [1], data_offsets: [0, 4] },
  });
  expect([...bytes.subarray(8 + length)]).toEqual([0, 0, 0x80, 0x3f]);
});

test.each(['ENOSPC', 'EDQUOT'])(
  'a full disk that only shows when syncing (%s) is reported as DISK_SHORT',
  async (code) => {
    const inside = join(folder, code);
    await mkdir(inside);
    const any = await open(inside);
    const sync = vi
      .spyOn(Object.getPrototypeOf(any), 'sync')
      .mockRejectedValueOnce(Object.assign(new Error(), { code }));
    await any.close();
    const tensors = new Map([['x', { dtype: 'F32', dims: [1], data: Float32Array.of(1) }]] as const);
    await expect(writeSafetensors(join(inside, 'x'), tensors)).rejects.toMatchObject({
      code: 'DISK_SHORT',
      data: { folder: inside },
    });
    expect(sync).toHaveBeenCalledOnce();
    sync.mockRestore();
    expect(await readdir(inside)).toEqual([]);
  },
);

test('only the viewed part of a larger buffer is written', async () => {
  const path = join(folder, 'view.safetensors');
  const data = Float32Array.of(1, 2, 3, 4).subarray(1, 3);
  await writeSafetensors(path, new Map([['x', { dtype: 'F32', dims: [2], data }]]));
  const file = await openSafetensors(path);
  expect(await file.readBytes('x')).toEqual(Buffer.from(Float32Array.of(2, 3).buffer));
  await file.close();
});

test('the bytes of a tensor are read into their own ArrayBuffer', async () => {
  const path = join(folder, 'own-buffer.safetensors');
  await writeSafetensors(path, new Map([['x', { dtype: 'F32', dims: [1], data: Float32Array.of(5) }]]));
  const file = await openSafetensors(path);
  const bytes = await file.readBytes('x');
  expect(bytes.byteOffset).toBe(0);
  expect(bytes.buffer.byteLength).toBe(4);
  await file.close();
});

test('a failed write leaves no partial file', async () => {
  const target = join(folder, 'in-the-way');
  await mkdir(join(target, 'occupied'), { recursive: true });
  await expect(writeSafetensors(target, new Map())).rejects.toThrow();
  expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
});

const one = { dtype: 'F32', shape: [1], data_offsets: [0, 4] };
const four = Buffer.alloc(4);

test.each<[name: string, bytes: Buffer, reason: string]>([
  ['an empty file', Buffer.alloc(0), 'too short'],
  ['a header length of 2⁶⁴ − 1', withLength(2n ** 64n - 1n, '{}'), 'header is longer'],
  ['a header length of 1 TiB', withLength(2n ** 40n, '{}'), 'header is longer'],
  ['a header that is an array', file([]), 'not start with {'],
  ['a byte order mark before the header', raw('\uFEFF{}'), 'not start with {'],
  ['a header with bytes after its JSON', raw('{}x'), 'not valid JSON'],
  ['a header that is not UTF-8', withLength(4n, Buffer.from([0x7b, 0xff, 0xfe, 0x7d])), 'not valid JSON'],
  ['an unknown type', file({ x: { ...one, dtype: 'F31' } }, four), 'unknown type F31'],
  ['a type named like a property of every object', file({ x: { ...one, dtype: 'toString' } }, four), 'unknown type'],
  // Regression: the sentence was to quote it, for which the stack is too small.
  ['a type of lists in lists', raw(`{"x":{"dtype":${'['.repeat(1e5)}${']'.repeat(1e5)}}}`), 'unknown type array'],
  ['a negative dimension', file({ x: { ...one, shape: [-1, -1] } }, four), 'no valid shape'],
  ['a broken dimension', file({ x: { ...one, shape: [1.5] } }, four), 'no valid shape'],
  ['a shape of 4 TiB in a file of 4 bytes', file({ x: { ...one, shape: [2 ** 40] } }, four), 'where its shape needs'],
  ['a shape whose size overflows', file({ x: { ...one, shape: [2 ** 32, 2 ** 32] } }, four), 'where its shape needs'],
  ['a tensor beyond the end', file({ x: { ...one, shape: [2 ** 40], data_offsets: [0, 2 ** 42] } }, four), 'cut off'],
  ['a tensor that ends before it begins', file({ x: { ...one, data_offsets: [4, 0] } }, four), 'where its shape needs'],
  ['a null tensor', file({ x: null }), 'unknown type'],
  ['overlapping tensors', file({ x: one, y: one }, four), 'overlap'],
  ['a gap between tensors', file({ x: one, y: { ...one, data_offsets: [8, 12] } }, Buffer.alloc(12)), 'gaps'],
  ['bytes after the last tensor', file({ x: one }, Buffer.alloc(8)), '4 bytes follow'],
  [
    'a duplicate name',
    raw(`{"x":${JSON.stringify(one)},"x":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}`),
    'gaps',
  ],
  ['metadata that is not text', file({ __metadata__: { a: 1 } }), 'metadata'],
  ['metadata that is a list', file({ __metadata__: [] }), 'metadata'],
  ['a Git LFS pointer', Buffer.from('version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n'), 'Git LFS'],
])('%s is refused with its reason', async (name, bytes, reason) => {
  const path = join(folder, `${name.replace(/\W/g, '-')}.safetensors`);
  await writeFile(path, bytes);
  await expect(openSafetensors(path)).rejects.toMatchObject({
    code: 'MODEL_FILE_INVALID',
    data: { reason: expect.stringContaining(reason) },
  });
});

// Regression: it was said to be longer than its file. Later, 95 MB of brackets were parsed, in 2.5 GB of memory.
test('a header above the limit is told as that', async () => {
  const path = join(folder, 'long-header.safetensors');
  await writeFile(path, withLength(BigInt(2 ** 24 + 1), '{}'));
  await truncate(path, 2 ** 24 + 9);
  await expect(openSafetensors(path)).rejects.toMatchObject({
    code: 'MODEL_FILE_INVALID',
    data: { because: { code: 'HEADER_TOO_LONG', data: { size: 16 } } },
  });
});

test('a file truncated after it was opened is refused', async () => {
  const path = join(folder, 'shrinking.safetensors');
  await writeFile(path, file({ x: one }, four));
  const opened = await openSafetensors(path);
  await truncate(path, 20);
  await expect(opened.readBytes('x')).rejects.toMatchObject({ code: 'MODEL_FILE_INVALID' });
  await opened.close();
});

test('a folder and a missing file give different errors', async () => {
  await expect(openSafetensors(folder)).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
  await expect(openSafetensors(join(folder, 'nothing'))).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
});

function file(header: unknown, data: Buffer = Buffer.alloc(0)): Buffer {
  return Buffer.concat([raw(JSON.stringify(header)), data]);
}

function raw(header: string): Buffer {
  return withLength(BigInt(Buffer.byteLength(header)), header);
}

function withLength(length: bigint, header: string | Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeBigUInt64LE(length);
  return Buffer.concat([head, Buffer.from(header)]);
}
