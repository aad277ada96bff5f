/**
 * How far a text of a certain form, such as JSON, has been written, in bytes of UTF-8. A state never changes: many
 * continuations are tried from the same one.
 */
export interface GrammarState {
  /** The state after one more byte; undefined where no text of this form goes on like that. */
  next(byte: number): GrammarState | undefined;
  /** Whether the text may end here. */
  readonly accepting: boolean;
  /** Where a value is one of several texts: which of them are left. */
  readonly choice?: Choice | undefined;
}

/** The beginning of one of several texts. */
export interface Choice {
  /** The same for those of the same texts. */
  readonly texts: string;
  /** With one more byte; undefined where none of them goes on like that. */
  after(byte: number): Choice | undefined;
}
