import type { ShownExample } from '../../src-contract/dataset.ts';

/** What was typed into a field of a row, or as the note on it. */
export interface TypedText {
  readonly datasetId: string;
  readonly row: Pick<ShownExample, 'id' | 'position'>;
  /** Of the task, or `note`. */
  readonly field: string;
  readonly text: string;
  /** What stood there when it was begun. */
  readonly before: string;
}

/**
 * Another window has changed the text meanwhile, or deleted its row: what becomes of what was typed is the person's choice.
 */
export class TextChangedElsewhere extends Error {
  readonly typed: TypedText;
  /** Undefined where the row is gone. */
  readonly theirs: string | undefined;

  constructor(typed: TypedText, theirs: string | undefined) {
    super('The text has been changed in another window meanwhile.');
    this.typed = typed;
    this.theirs = theirs;
  }
}
