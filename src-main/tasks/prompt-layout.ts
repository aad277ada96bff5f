/** What a prompt has around the texts of a conversation, for programs that cannot run a base's chat template. */
export interface PromptLayout {
  /** Around a single message; every prompt ends with `after`. */
  readonly before: string;
  readonly after: string;
  /** Undefined where only the last message is read. */
  readonly turns: TurnsLayout | undefined;
}

export interface TurnsLayout {
  /** Around an instruction, in place of `before`; undefined for a base that takes none. */
  readonly told: { readonly before: string; readonly after: string } | undefined;
  /** Before the first of several turns, behind `before` or the instruction. */
  readonly first: string;
  /** Between a text of the user's and the answer to it. */
  readonly answered: string;
  /** Between an answer and the user's next text. */
  readonly asked: string;
}
