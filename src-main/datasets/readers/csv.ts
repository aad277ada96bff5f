import { createReadStream } from 'node:fs';
import type { CsvFormat } from './csv-format.ts';
import { createDecoder, hasMark, withoutMarks } from './decoder.ts';
import { fileError, isFileSystemError } from './file-survey.ts';
import { textRecords } from './line-records.ts';
import type { TablePiece, TableRecord } from './table.ts';

/**
 * Streams a table's records, including header, blank lines and a title line, holding only one piece of the file and the
 * current record. Records with bytes invalid in the encoding are marked. Throws FILE_UNREADABLE.
 */
export async function* readCsv(
  file: { path: string; name: string },
  format: CsvFormat,
  signal?: AbortSignal,
): AsyncGenerator<TablePiece, void> {
  const decoder = createDecoder(format.encoding);
  const reader = textRecords(format, { width: format.columns.length, line: format.droppedLines + 1 });
  const skipper = new LineSkipper(format.droppedLines);
  let bytesRead = format.bomBytes;
  const checked = (records: TableRecord[]) => (decoder.isDamaged ? records.map(withProblem) : records);
  try {
    const stream = createReadStream(file.path, { start: format.bomBytes, highWaterMark: pieceBytes, signal });
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      bytesRead += chunk.length;
      const text = skipper.take(decoder.write(chunk));
      for (const records of reader.pieces(text)) yield { records: checked(records), bytesRead };
    }
    const last = skipper.take(decoder.end());
    for (const records of reader.pieces(last, { isEnd: true })) yield { records: checked(records), bytesRead };
  } catch (error) {
    signal?.throwIfAborted();
    throw isFileSystemError(error) ? fileError(error, file.name) : error;
  }
}

const pieceBytes = 256 * 1024;

/** Marks a record with undecodable bytes, or with replacement characters from an earlier accident. */
function withProblem(record: TableRecord): TableRecord {
  const isDamaged = record.cells.some(hasMark);
  if (!isDamaged && !record.cells.some((cell) => cell.includes('\ufffd'))) return record;
  if (!isDamaged) return { ...record, problem: record.problem ?? 'REPLACED' };
  return { ...record, cells: record.cells.map(withoutMarks), problem: 'ENCODING' };
}

/** Drops the first lines of a text that comes in pieces. */
class LineSkipper {
  #left: number;
  #afterCr = false;

  constructor(lines: number) {
    this.#left = lines;
  }

  take(text: string): string {
    if (this.#left === 0 && !this.#afterCr) return text;
    let place = 0;
    while (place < text.length && (this.#left > 0 || this.#afterCr)) {
      if (this.#afterCr) {
        this.#afterCr = false;
        if (text[place] === '\n') place++;
        continue;
      }
      const sign = text[place++];
      if (sign === '\n') this.#left--;
      else if (sign === '\r') {
        this.#left--;
        this.#afterCr = true;
      }
    }
    return text.slice(place);
  }
}
