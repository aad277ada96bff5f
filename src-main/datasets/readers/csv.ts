import { createReadStream } from 'node:fs';
import { StudioError } from '../../../src-contract/errors.ts';
import type { CsvFormat } from './csv-format.ts';
import { type CsvRecord, CsvRecords } from './csv-records.ts';
import { createDecoder, isStrict } from './encoding.ts';
import { fileError } from './file-survey.ts';

/** The records that one piece of the file ends, and how much of the file has been read with it. */
export interface CsvPiece {
  readonly records: readonly CsvRecord[];
  readonly bytesRead: number;
}

/**
 * Streams a table's records, header and blank lines included, `sep=` line left out. Only one piece of the file (64 KB) and
 * the record being read are held. Throws CSV_QUOTE_OPEN, FILE_ENCODING, FILE_UNREADABLE.
 */
export async function* readCsv(
  file: { path: string; name: string },
  format: CsvFormat,
  signal?: AbortSignal,
): AsyncGenerator<CsvPiece, void> {
  const decoder = createDecoder(format.encoding);
  const reader = new CsvRecords(format);
  let skip = format.skippedRecords;
  let bytesRead = 0;
  const check = (text: string) => {
    if (isStrict(format.encoding) && text.includes('\ufffd')) {
      const line = reader.line + text.slice(0, text.indexOf('\ufffd')).split(/\r\n|\r|\n/).length - 1;
      throw new StudioError('FILE_ENCODING', { file: file.name, encoding: format.encoding, line });
    }
    return text;
  };
  const kept = (records: CsvRecord[]) => {
    const dropped = records.splice(0, skip).length;
    skip -= dropped;
    return records;
  };
  try {
    const stream = createReadStream(file.path, { start: format.bomBytes, highWaterMark: 64 * 1024, signal });
    bytesRead = format.bomBytes;
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      bytesRead += chunk.length;
      const records = kept(reader.push(check(decoder.write(chunk))));
      const open = reader.openQuote;
      if (open && open.length > longestCell) throw quoteOpen(file.name, open.line);
      yield { records, bytesRead };
    }
    const records = kept(reader.push(check(decoder.end())));
    const open = reader.openQuote;
    if (open) throw quoteOpen(file.name, open.line);
    records.push(...kept(reader.end()));
    yield { records, bytesRead };
  } catch (error) {
    signal?.throwIfAborted();
    throw isFileSystemError(error) ? fileError(error, file.name) : error;
  }
}

/** A quoted cell of 64 Mi letters is an open quote that swallows the file. */
const longestCell = 64 * 1024 * 1024;

function quoteOpen(file: string, line: number): StudioError {
  return new StudioError('CSV_QUOTE_OPEN', { file, line });
}

function isFileSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}
