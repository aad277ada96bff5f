import type { TableRecord } from './table.ts';

/** Cuts text into records, whatever the dialect. */
export abstract class TextRecords {
  /** How much text is held that has not become a record yet. */
  abstract get waitingLetters(): number;

  /** How many cells in quotes there were so far; undefined where that is not counted. */
  get quotedCells(): number | undefined {
    return undefined;
  }

  /** The records that end within this piece of text, some of them at a time: behind a quote that never closed there may be millions. */
  abstract pieces(text: string, options?: { isEnd?: boolean }): Generator<TableRecord[], void>;

  /** The records that end within this piece of text. */
  push(text: string): TableRecord[] {
    return [...this.pieces(text)].flat();
  }

  /** What is left when the text has ended: the last record, and those behind a quote that never closed. */
  end(): TableRecord[] {
    return [...this.pieces('', { isEnd: true })].flat();
  }
}
