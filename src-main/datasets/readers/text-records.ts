import type { TableRecord } from './table.ts';

/** Splits text into records, whatever the dialect. */
export abstract class TextRecords {
  /** How much text is held that has not become a record yet. */
  abstract get waitingLetters(): number;

  /** The number of quoted cells so far; undefined if not counted. */
  get quotedCells(): number | undefined {
    return undefined;
  }

  /** The records that end within this piece of text, in batches: after an unclosed quote there may be millions. */
  abstract pieces(text: string, options?: { isEnd?: boolean }): Generator<TableRecord[], void>;

  /** The records that end within this piece of text. */
  push(text: string): TableRecord[] {
    return [...this.pieces(text)].flat();
  }

  /** What is left at the end of the text: the last record, and those after an unclosed quote. */
  end(): TableRecord[] {
    return [...this.pieces('', { isEnd: true })].flat();
  }
}
