import { type FileHandle, open } from 'node:fs/promises';
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';
import {
  type AsyncBuffer,
  type Compressors,
  type FileMetaData,
  parquetMetadataAsync,
  parquetReadObjects,
} from 'hyparquet';
import { StudioError } from '../../../src-contract/errors.ts';
import { fileKinds } from '../../../src-contract/file-kind.ts';
import { hasMark, withoutMarks } from './decoder.ts';
import type { FileFingerprint } from './file-fingerprint.ts';
import type { NamedValues } from './known-shape.ts';
import { unpackLz4, unpackLz4Block } from './lz4.ts';
import { NamedTable } from './named-table.ts';
import { separateColumns } from './parquet-columns.ts';
import { exactColumns, parquetParsers } from './parquet-values.ts';
import { type OpenTable, type TablePiece, type TableRecord, undelimited } from './table.ts';

/** Throws FILE_NOT_A_TABLE if the file is damaged, too large to unpack, or has no rows. */
export async function openParquet(
  file: { path: string; name: string },
  print: FileFingerprint,
  signal?: AbortSignal,
): Promise<OpenTable> {
  const damaged = (cause: unknown) =>
    new StudioError('FILE_NOT_A_TABLE', { file: file.name, found: fileKinds.PARQUET_DAMAGED }, { cause });
  const { metadata, columns } = await withFile(file.path, async (source) => {
    const metadata = await parquetMetadataAsync(source, { parsers: parquetParsers });
    return { metadata, columns: separateColumns(metadata) };
  }).catch((error) => {
    throw damaged(error);
  });
  const packed = metadata.row_groups[0]?.columns[0]?.meta_data?.codec;
  if (packed === 'LZO') {
    throw new StudioError('FILE_NOT_A_TABLE', { file: file.name, found: fileKinds.PARQUET_LZO });
  }
  const groups = metadata.row_groups.map((group) => {
    const rows = Number(group.num_rows);
    // Blank or repeated values take next to nothing in the file, however many there are.
    return { rows, bytes: Math.max(Number(group.total_byte_size), rows * group.columns.length * valueBytes) };
  });
  if (groups.some(({ bytes }) => bytes > largestGroup)) {
    throw new StudioError('FILE_NOT_A_TABLE', {
      file: file.name,
      found: fileKinds.PARQUET_LARGE,
    });
  }
  signal?.throwIfAborted();
  const exact = exactColumns(metadata);
  const read = async (source: AsyncBuffer, rowStart: number, rowEnd: number) =>
    (await readRows(source, metadata, rowStart, rowEnd)).map(exact);
  const sample = await withFile(file.path, (source) => read(source, 0, Math.min(200, Number(metadata.num_rows)))).catch(
    (error) => {
      throw damaged(error);
    },
  );
  if (sample.length === 0) throw new StudioError('FILE_EMPTY', { file: file.name });
  const table = new NamedTable(sample, columns);
  async function* rows(signal?: AbortSignal): AsyncGenerator<TablePiece, void> {
    const handle = await open(file.path);
    try {
      const source = bufferOf(handle, (await handle.stat()).size);
      let start = 0;
      for (const group of groups) {
        signal?.throwIfAborted();
        const values = await read(source, start, start + group.rows).catch((error) => {
          throw damaged(error);
        });
        for (let from = 0; from < values.length; from += sliceRows) {
          const records = values
            .slice(from, from + sliceRows)
            .flatMap((record, place) => table.rows(record, start + from + place + 1).map(checked));
          const done = (start + Math.min(from + sliceRows, values.length)) / Math.max(1, Number(metadata.num_rows));
          yield { records, bytesRead: Math.round(done * print.bytes) };
        }
        start += group.rows;
      }
    } finally {
      await handle.close();
    }
  }
  return {
    facts: {
      ...{ name: file.name, format: 'parquet', encoding: 'utf-8', ...undelimited, header: true },
      ...{ skippedLines: 0, bytes: print.bytes },
      reasons: [
        { about: 'format', code: 'FORMAT_SIGNATURE', data: {} },
        { about: 'header', code: 'HEADER_KEYS', data: {} },
        ...table.reasons,
      ],
    },
    sha256: async () => print.sha256,
    columns: table.columns,
    bytesTotal: print.bytes,
    rows,
    async *raw(signal) {
      yield { records: [{ cells: table.columns, line: 0 }], bytesRead: 0 };
      yield* rows(signal);
    },
    close: async () => {},
  };
}

/** Maximum unpacked size of a row group, which is held in memory while its rows are read. */
const largestGroup = 512 * 1024 * 1024;
const sliceRows = 1000;
/** What any value takes in memory at least: its place in a list. */
const valueBytes = 8;

async function readRows(
  file: AsyncBuffer,
  metadata: FileMetaData,
  rowStart: number,
  rowEnd: number,
): Promise<NamedValues[]> {
  if (rowEnd <= rowStart) return [];
  return parquetReadObjects({
    ...{ file, metadata, rowStart, rowEnd, compressors, parsers: parquetParsers },
    // Data not declared as text may be anything; `cellOf` looks at it.
    ...{ utf8: false, geoparquet: false },
  });
}

function checked(record: TableRecord): TableRecord {
  if (!record.cells.some(hasMark)) return record;
  return { ...record, cells: record.cells.map(withoutMarks), problem: 'ENCODING' };
}

async function withFile<T>(path: string, use: (source: AsyncBuffer) => Promise<T>): Promise<T> {
  const handle = await open(path);
  try {
    return await use(bufferOf(handle, (await handle.stat()).size));
  } finally {
    await handle.close();
  }
}

function bufferOf(handle: FileHandle, byteLength: number): AsyncBuffer {
  return {
    byteLength,
    async slice(start, end = byteLength) {
      const bytes = new Uint8Array(Math.max(0, end - start));
      let done = 0;
      while (done < bytes.length) {
        const { bytesRead } = await handle.read(bytes, done, bytes.length - done, start + done);
        if (bytesRead === 0) throw new Error('the file ends too early');
        done += bytesRead;
      }
      return bytes.buffer;
    },
  };
}

/** The library has Snappy built in; Node.js decompresses the others, to no more than the size given by the file. */
const compressors: Compressors = {
  GZIP: (input, outputLength) => gunzipSync(input, { maxOutputLength: bounded(outputLength) }),
  BROTLI: (input, outputLength) => brotliDecompressSync(input, { maxOutputLength: bounded(outputLength) }),
  ZSTD: (input, outputLength) => zstdDecompressSync(input, { maxOutputLength: bounded(outputLength) }),
  LZ4: (input, outputLength) => unpackLz4(input, Math.min(outputLength, largestGroup)),
  LZ4_RAW: (input, outputLength) => unpackLz4Block(input, Math.min(outputLength, largestGroup)),
};

/** Node.js needs an output limit of at least one byte, but a page of a column without values has none. */
function bounded(length: number): number {
  return Math.min(Math.max(1, length), largestGroup);
}
