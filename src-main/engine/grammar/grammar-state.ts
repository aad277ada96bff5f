/**
 * How far a text of a certain form, such as JSON, has been written, in bytes of UTF-8. A state never changes: many
 * continuations are tried from the same one.
 */
export interface GrammarState {
  /** The state after one more byte; undefined where no text of this form goes on like that. */
  next(byte: number): GrammarState | undefined;
  /** Whether the text may end here. */
  readonly accepting: boolean;
}
