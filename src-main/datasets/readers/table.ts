import type { FileFacts } from '../../../src-contract/dataset.ts';
import type { NumberedBy } from '../../../src-contract/numbered-by.ts';
import type { PlacedPiece } from './csv-places.ts';

/** What is wrong with a record as found in the file; whether it is still usable is decided later. */
export type RecordProblem =
  /** A quote is opened and never closed. */
  | 'QUOTE_OPEN'
  /** Longer than the maximum; contains only the first line. */
  | 'TOO_LONG'
  /** Text follows a closing quote. */
  | 'TEXT_AFTER_QUOTE'
  /** Bytes that are not valid in the file's encoding. */
  | 'ENCODING'
  /** Replacement characters: text was lost before this file was written. */
  | 'REPLACED'
  /** Keys that are not columns because the first records do not have them. */
  | 'KEYS_LEFT'
  /** Two cells at the same position of a sheet. */
  | 'CELL_TWICE'
  /** Not JSON, or not an object. */
  | 'JSON'
  /** JSON that is never closed; contains everything behind it. */
  | 'JSON_OPEN'
  /** Not a row but the column names again. */
  | 'HEADER_AGAIN'
  /**
   * The names again, in another order or among others; the cells of the records below have been rearranged accordingly.
   */
  | 'HEADER_OTHER'
  /** An element that does not end as it should, or the file is cut off in it. */
  | 'XML'
  /** A word of the sentence has no tag that can be read. */
  | 'TAG'
  /** JSON with unambiguous slips. */
  | 'JSON_MENDED'
  /** The sums of a sheet's rows. */
  | 'SUMS'
  /** A conversation that does not end with the assistant's turn. */
  | 'NO_ANSWER'
  /** A message of a tree that is in none of its conversations: nothing says where it belongs. */
  | 'REPLY_UNCLEAR'
  /** An answer that is marked as a bad one. */
  | 'DISLIKED'
  /** Documents without text that could be read; there is a record for each. */
  | 'DOCUMENT_DAMAGED'
  | 'DOCUMENT_EMPTY'
  | 'DOCUMENT_LARGE'
  | 'DOCUMENT_LOCKED'
  | 'DOCUMENT_SLOW';

/** Of a table whose cells nothing separates or wraps: only text tables have these. */
export const undelimited = { delimiter: '', quote: '', escape: '' } as const satisfies Partial<FileFacts>;

/**
 * One record of a table, whatever kind of file it comes from: its cells as written, and the line of the file where it
 * starts, or its row or item, from 1. A blank line has no cells.
 */
export interface TableRecord {
  readonly cells: readonly string[];
  readonly line: number;
  readonly problem?: RecordProblem;
  /** A blank line precedes it. */
  readonly afterBlank?: boolean;
  /** The file within a folder or an archive, or the list within a JSON file. */
  readonly part?: string;
  /** What the number of a record of such a file counts. */
  readonly by?: NumberedBy;
}

/** The records completed by one piece of a file, and how much of the file has been read so far. */
export interface TablePiece {
  readonly records: readonly TableRecord[];
  readonly bytesRead: number;
}

/** A readable table, whatever kind of file it is in: the common interface of all readers. */
export interface OpenTable {
  readonly facts: Omit<FileFacts, 'rows' | 'sha256'>;
  /** The SHA-256 of the file's bytes, in hexadecimal; for a folder or archive, of its tables. */
  sha256(signal?: AbortSignal): Promise<string>;
  /** What a chat says of itself above its first message, such as whom it is with. */
  readonly heading?: string | undefined;
  /** One name per column, unique and not empty. */
  readonly columns: readonly string[];
  /** The final value of `bytesRead`. */
  readonly bytesTotal: number;
  /** The rows in order, without the header, blank lines and anything above the table. */
  rows(signal?: AbortSignal): AsyncGenerator<TablePiece, void>;
  /** The same rows, as positions in the file's bytes where possible; the faster way if a table offers it. */
  pieces?(signal?: AbortSignal): AsyncGenerator<PlacedPiece | TablePiece, void>;
  /** All records as they are in the file. */
  raw(signal?: AbortSignal): AsyncGenerator<TablePiece, void>;
  /** Removes unpacked files. */
  close(): Promise<void>;
}
