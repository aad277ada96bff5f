/** One tokenised example as a micro-batch takes it. */
export interface BatchRow {
  readonly ids: ArrayLike<number>;
  readonly targetStart: number;
}
