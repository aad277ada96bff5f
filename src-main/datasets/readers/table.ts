import type { FileFacts } from '../../../src-contract/dataset.ts';
import type { PlacedPiece } from './csv-places.ts';

/** What is wrong with a record as it stands in the file; whether it can still be used is judged later. */
export type RecordProblem =
  /** A quote is opened and never closed. */
  | 'QUOTE_OPEN'
  /** Longer than any record can be; its first line alone. */
  | 'TOO_LONG'
  /** Words follow a closing quote. */
  | 'TEXT_AFTER_QUOTE'
  /** Bytes that are not valid in the file's encoding. */
  | 'ENCODING'
  /** Replacement characters: letters were lost before this file was written. */
  | 'REPLACED'
  /** Keys that are no columns, as the first records do not have them. */
  | 'KEYS_LEFT'
  /** Cells that stand twice at one place of a sheet. */
  | 'CELL_TWICE'
  /** No JSON, or no object. */
  | 'JSON'
  /** No row but the names of the columns once more. */
  | 'HEADER_AGAIN'
  /** The same, in another order or with others among them; the cells of the records below have been put in order. */
  | 'HEADER_OTHER'
  /** JSON with slips that can mean but one thing. */
  | 'JSON_MENDED'
  /** A conversation in which the assistant does not have the last word. */
  | 'NO_ANSWER';

/**
 * One record of a table, whatever kind of file it comes from: its cells as written, and the line (or row) of the file, from 1,
 * on which it starts. A blank line has no cells.
 */
export interface TableRecord {
  readonly cells: readonly string[];
  readonly line: number;
  readonly problem?: RecordProblem;
  /** A blank line stands before it. */
  readonly afterBlank?: boolean;
  /** The file within a folder or an archive. */
  readonly part?: string;
}

/** The records that one piece of a file ends, and how much of the file has been read with it. */
export interface TablePiece {
  readonly records: readonly TableRecord[];
  readonly bytesRead: number;
}

/** A table that can be read, whatever kind of file it lies in. The one interface behind which the readers stand. */
export interface OpenTable {
  readonly facts: Omit<FileFacts, 'rows' | 'sha256'>;
  /** The SHA-256 of the file's bytes, in hexadecimal; of a folder or an archive, of its tables. */
  sha256(signal?: AbortSignal): Promise<string>;
  /** One name a column, unique and not empty. */
  readonly columns: readonly string[];
  /** What `bytesRead` ends at. */
  readonly bytesTotal: number;
  /** The rows in order: no header, no blank lines, nothing that stands above the table. */
  rows(signal?: AbortSignal): AsyncGenerator<TablePiece, void>;
  /** The same rows, as places in the file's bytes wherever that can be; where a table offers it, the quicker way. */
  pieces?(signal?: AbortSignal): AsyncGenerator<PlacedPiece | TablePiece, void>;
  /** All records as they stand in the file. */
  raw(signal?: AbortSignal): AsyncGenerator<TablePiece, void>;
  /** Removes what was unpacked. */
  close(): Promise<void>;
}
