/** One tokenised example as used in micro-batches. */
export interface BatchRow {
  readonly ids: ArrayLike<number>;
  readonly targetStart: number;
}
