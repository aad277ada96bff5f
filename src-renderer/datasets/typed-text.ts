import type { ShownExample } from '../../src-contract/dataset.ts';

/** What was typed into a row's field or note. */
export interface TypedText {
  readonly datasetId: string;
  readonly row: Pick<ShownExample, 'id' | 'position'>;
  /** A field of the task, or `note`. */
  readonly field: string;
  readonly text: string;
  /** The text when the edit began. */
  readonly before: string;
}

/**
 * Another window has changed the text meanwhile, or deleted its row: the person decides what becomes of the typed text.
 */
export class TextChangedElsewhere extends Error {
  readonly typed: TypedText;
  /** Undefined if the row is gone. */
  readonly theirs: string | undefined;

  constructor(typed: TypedText, theirs: string | undefined) {
    super('The text has been changed in another window meanwhile.');
    this.typed = typed;
    this.theirs = theirs;
  }
}
