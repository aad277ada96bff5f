import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { f32, padded, string, u32, u64 } from './gguf-bytes.ts';
import { partsReadFirst } from './parts-read-first.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'studio-heads-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, bytes: Buffer): string {
  writeFileSync(join(folder, name), bytes);
  return join(folder, name);
}

// Llama 3's divisors lie where the converter puts them, behind gigabytes in some files, and the config is made of them.
test('of a GGUF file its header is read first, and its rotary divisors wherever they are', async () => {
  const tensor = (name: string, count: number, offset: number) =>
    Buffer.concat([string(name), u32(1), u64(count), u32(0), u64(offset)]);
  const about = [string('general.architecture'), u32(8), string('llama')];
  const counts = [Buffer.from('GGUF'), u32(3), u64(2), u64(1)];
  const head = Buffer.concat([
    ...counts,
    ...about,
    tensor('output.weight', 1000, 0),
    tensor('rope_freqs.weight', 4, 4000),
  ]);
  const sizeBytes = padded(head).length + 4016;
  const parts = [
    { offset: 0, bytes: head.length },
    { offset: padded(head).length + 4000, bytes: 16 },
  ];
  expect(await partsReadFirst(write('head.gguf', head), sizeBytes)).toMatchObject(parts);
  expect(await partsReadFirst(write('less.gguf', head.subarray(0, -1)), sizeBytes)).toBeUndefined();
  expect(await partsReadFirst(write('none.gguf', Buffer.alloc(0)), sizeBytes)).toBeUndefined();
  // All there is, and yet not all of a header.
  const cut = write('cut.gguf', head.subarray(0, -1));
  await expect(partsReadFirst(cut, head.length - 1)).rejects.toMatchObject({ code: 'MODEL_FILE_INVALID' });
  await expect(partsReadFirst(write('not.gguf', f32(1)), sizeBytes)).rejects.toMatchObject({
    code: 'MODEL_FILE_INVALID',
  });
});

test('of a safetensors file its header is read first, as far as its length can be right', async () => {
  const head = Buffer.concat([u64(100), Buffer.from('{}')]);
  expect(await partsReadFirst(write('less.safetensors', head), 5000)).toBeUndefined();
  expect(await partsReadFirst(write('none.safetensors', Buffer.alloc(0)), 5000)).toBeUndefined();
  const whole = write('whole.safetensors', Buffer.concat([head, Buffer.alloc(98)]));
  expect(await partsReadFirst(whole, 5000)).toEqual([{ offset: 0, bytes: 108 }]);
  const wrong = write('wrong.safetensors', Buffer.alloc(200, 255));
  expect(await partsReadFirst(wrong, 5000)).toEqual([{ offset: 0, bytes: 8 }]);
});
