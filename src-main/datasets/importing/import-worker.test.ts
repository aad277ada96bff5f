import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { parquetMetadata } from 'hyparquet';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fileKinds } from '../../../src-contract/file-kind.ts';
import { tableFile } from '../../../test/fixtures/table-file.ts';
import { zipArchive } from '../../../test/fixtures/zip-archive.ts';
import { answerOfThread, needsThread } from './import-worker.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'import-worker-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const text = 'context,target\na,1\n';

test.each([
  ['a text', Buffer.from(text), false],
  ['a large text', Buffer.alloc(3_000_000, 'a,b\n'), true],
  ['a workbook or another archive', zipArchive([{ name: 'a.csv', text }]), true],
  ['a packed text', gzipSync(text), true],
  ['a Parquet file', Buffer.from('PAR1'), true],
  ['a PDF', Buffer.from('%PDF-1.4'), true],
  ['an empty file', Buffer.alloc(0), false],
])('whether %s is read in a thread', async (_, bytes, isThread) => {
  const path = join(folder, 'table');
  writeFileSync(path, bytes);
  expect(await needsThread({ path })).toBe(isThread);
});

// Regression: a file of a kilobyte was read where everything else is done, and nobody was answered any more.
test('a damaged Parquet file that is read for ever can be given up', async () => {
  const data = Array.from({ length: 300 }, (_, place) => place);
  const bytes = new Uint8Array(
    parquetWriteBuffer({ codec: 'UNCOMPRESSED', columnData: [{ name: 'context', data, type: 'INT32' }] }),
  );
  const place = parquetMetadata(bytes.buffer).row_groups[0]?.columns[0]?.meta_data?.data_page_offset;
  // In the header of the only page, the field for the encoding becomes one that nobody knows, and all behind it others.
  bytes[Number(place) + 14] = 0x83;
  const path = join(folder, 'endless.parquet');
  writeFileSync(path, bytes);
  const leaving = new AbortController();
  const reading = answerOfThread('inspect', [tableFile(path), {}], leaving.signal);
  setImmediate(() => leaving.abort(new Error('given up')));
  await expect(reading).rejects.toThrow('given up');
});

// Regression: a file of some kilobytes took all the memory that a thread may have, which was told as a fault of the studio.
test('a Parquet file with more blank values than fit into memory is refused', async () => {
  const data = Array.from({ length: 300 }, () => null);
  const columnData = [{ name: 'context', data, type: 'INT32' as const }];
  const bytes = Buffer.from(parquetWriteBuffer({ codec: 'UNCOMPRESSED', columnData }));
  const end = bytes.length - 8;
  const start = end - bytes.readUInt32LE(end);
  // The footer’s three counts of 300 become 80 million, as integers of Thrift’s compact protocol.
  const footer = Buffer.from(bytes.toString('latin1', start, end).replaceAll('\xd8\x04', '\x80\xd0\xa5\x4c'), 'latin1');
  const length = Buffer.alloc(4);
  length.writeUInt32LE(footer.length);
  const path = join(folder, 'blank.parquet');
  writeFileSync(path, Buffer.concat([bytes.subarray(0, start), footer, length, Buffer.from('PAR1')]));
  await expect(answerOfThread('inspect', [tableFile(path), {}], new AbortController().signal)).rejects.toMatchObject({
    code: 'FILE_NOT_A_TABLE',
    data: { found: fileKinds.PARQUET_LARGE },
  });
});

// Regression: it was told as a fault of the studio.
test('a file that takes more memory than a thread may have says so', async () => {
  const path = join(folder, 'wide.json');
  writeFileSync(
    path,
    JSON.stringify([Object.fromEntries(Array.from({ length: 100_000 }, (_, n) => [`column ${n}`, `${n}`]))]),
  );
  const { signal } = new AbortController();
  await expect(answerOfThread('inspect', [tableFile(path), {}], signal, 16)).rejects.toMatchObject({
    code: 'FILE_MEMORY',
    data: { file: 'wide.json', most: 16 },
  });
});
