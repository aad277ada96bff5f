import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { GgufCursor } from './gguf-cursor.ts';

const arrayType = 9;
const empty = head(4, 0);

// Regression: each of millions got a buffer of its own, together 3 GB.
test('a few empty arrays in an array are read, and as many as would fill memory are refused', () => {
  expect(read(Buffer.concat([head(arrayType, 2), empty, empty]))).toEqual([new Uint32Array(), new Uint32Array()]);
  const many = Buffer.concat([head(arrayType, 20_000), Buffer.alloc(20_000 * empty.length, empty)]);
  expect(() => read(many)).toThrow('more elements than can be read');
});

function head(type: number, length: number): Buffer {
  const bytes = Buffer.alloc(12);
  bytes.writeUInt32LE(type);
  bytes.writeBigUInt64LE(BigInt(length), 4);
  return bytes;
}

function read(bytes: Buffer) {
  const folder = mkdtempSync(join(tmpdir(), 'studio-gguf-cursor-'));
  const path = join(folder, 'array');
  writeFileSync(path, bytes);
  const fd = openSync(path, 'r');
  onTestFinished(() => {
    closeSync(fd);
    rmSync(folder, { recursive: true, force: true });
  });
  return new GgufCursor(fd, bytes.length, path).value('x', arrayType);
}
