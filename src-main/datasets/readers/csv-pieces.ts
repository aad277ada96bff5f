import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { mayBeInPieces } from '../importing/composed-text.ts';
import type { CsvFormat } from './csv-format.ts';
import { CsvPlaces, type PlacedPiece } from './csv-places.ts';
import { CsvRecords } from './csv-records.ts';
import { cutSequence } from './decoder.ts';
import { fileError, isFileSystemError } from './file-survey.ts';
import type { Skipping } from './record-skipper.ts';
import type { TablePiece, TableRecord } from './table.ts';
import { withoutBlanks } from './table-breaks.ts';

/** Whether the records of a format can be located in the raw bytes. */
export function canBePlaced(format: CsvFormat): boolean {
  const { encoding, delimiter, recordEnd, isWrapped, quote, escape: quoteEscape } = format;
  const isByte = (sign: string) => sign.length === 1 && sign < '\x80';
  if (encoding !== 'utf-8' || recordEnd !== undefined || isWrapped) return false;
  return isByte(delimiter) && (quote === '' || (isByte(quote) && quoteEscape === quote));
}

/**
 * The records of a table in valid UTF-8, including the header but no blank lines: as byte positions where its quotes
 * are in order, else, for the rest of a piece, as records; the same ones that `readCsv` returns. `start` is where the
 * records begin in the file; `onHash` is called with the file's SHA-256 once all of it has been read.
 */
export async function* readCsvPieces(
  file: { path: string; name: string },
  format: CsvFormat,
  { start, signal, onHash }: { start: number; signal?: AbortSignal | undefined; onHash: (sha256: string) => void },
): AsyncGenerator<PlacedPiece | TablePiece, void> {
  const handle = await open(file.path).catch((error) => {
    throw fileError(error, file.name);
  });
  try {
    const window = new Window(handle);
    await window.skip(start);
    const places = new CsvPlaces(format);
    let line = format.droppedLines + 1;
    let skipping: Skipping | undefined;
    while (await window.fill()) {
      signal?.throwIfAborted();
      const { bytes, isEnd } = window;
      // What does not fit into a usual window is read as text, which knows the maximum record length.
      const inPieces = mayBeInPieces(bytes);
      const isUnusual =
        skipping !== undefined || bytes.length > windowBytes || bytes.includes(0) || bytes.includes(replacement);
      places.place = 0;
      places.line = line;
      let end = isUnusual ? 'odd' : places.read(bytes, isEnd);
      for (;;) {
        if (places.records > 0 && !isUnusual)
          yield {
            ...{ bytes, places, from: 0, end: places.records },
            ...{ bytesRead: window.bytesRead, mayBeInPieces: inPieces },
          };
        if (end !== 'through' || places.place >= bytes.length) break;
        end = places.read(bytes, isEnd);
      }
      line = places.line;
      let done = places.place;
      // A record that fills the window may be an unclosed quote.
      if (end === 'odd' || (end === 'more' && (isEnd || bytes.length - done > longestPlaced))) {
        const rest = bytes.subarray(done);
        const cut = isEnd ? 0 : cutSequence(rest);
        const reader: CsvRecords = new CsvRecords(format, { width: format.columns.length, line, skipping });
        const text = rest.toString('utf8', 0, rest.length - cut);
        for (const records of reader.pieces(text, { isEnd })) {
          const { kept, isBlank } = withoutBlanks(records, places.isBlank);
          places.isBlank = isBlank;
          yield { records: kept.map(told), bytesRead: window.bytesRead };
        }
        line = reader.line;
        skipping = reader.skipping;
        done = bytes.length - cut - Buffer.byteLength(reader.rest);
      }
      window.drop(done);
    }
    onHash(window.hash());
  } catch (error) {
    signal?.throwIfAborted();
    throw isFileSystemError(error) ? fileError(error, file.name) : error;
  } finally {
    await handle.close();
  }
}

const replacement = Buffer.from('\ufffd');
const windowBytes = 1024 * 1024;
const longestPlaced = windowBytes / 2;

/** A record with U+FFFD lost characters before the file was written. */
function told(record: TableRecord): TableRecord {
  if (!record.cells.some((cell) => cell.includes('\ufffd'))) return record;
  return { ...record, problem: record.problem ?? 'REPLACED' };
}

/** A window of a file in memory; its unread rest is moved to the front. */
class Window {
  readonly #handle: FileHandle;
  #buffer = Buffer.allocUnsafeSlow(windowBytes);
  #used = 0;
  #place = 0;
  readonly #hash = createHash('sha256');
  isEnd = false;

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  get bytes(): Buffer {
    return this.#buffer.subarray(0, this.#used);
  }

  get bytesRead(): number {
    return this.#place;
  }

  /** False at the end of the file. */
  async fill(): Promise<boolean> {
    if (this.isEnd) return this.#used > 0;
    if (this.#used > this.#buffer.length / 2) {
      const larger = Buffer.allocUnsafeSlow(this.#buffer.length * 2);
      this.#buffer.copy(larger, 0, 0, this.#used);
      this.#buffer = larger;
    } else if (this.#buffer.length > windowBytes && this.#used < windowBytes / 2) {
      const smaller = Buffer.allocUnsafeSlow(windowBytes);
      this.#buffer.copy(smaller, 0, 0, this.#used);
      this.#buffer = smaller;
    }
    while (this.#used < this.#buffer.length) {
      const { bytesRead } = await this.#handle.read(
        this.#buffer,
        this.#used,
        this.#buffer.length - this.#used,
        this.#place,
      );
      if (bytesRead === 0) {
        this.isEnd = true;
        break;
      }
      this.#hash.update(this.#buffer.subarray(this.#used, this.#used + bytesRead));
      this.#used += bytesRead;
      this.#place += bytesRead;
    }
    return this.#used > 0;
  }

  /** Skips the file's first bytes; only valid at the beginning. */
  async skip(bytes: number): Promise<void> {
    const skipped = Buffer.alloc(bytes);
    const { bytesRead } = await this.#handle.read(skipped, 0, bytes, 0);
    this.#hash.update(skipped.subarray(0, bytesRead));
    this.#place = bytesRead;
  }

  hash(): string {
    return this.#hash.digest('hex');
  }

  drop(bytes: number): void {
    this.#buffer.copyWithin(0, bytes, this.#used);
    this.#used -= bytes;
  }
}
