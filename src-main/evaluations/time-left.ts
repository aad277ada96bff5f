/** Seconds spent on answers, and on reading each model's targets, which comes before its answers. */
export interface Spent {
  readonly answers: number;
  /** How many more are under way. */
  readonly begun: number;
  readonly answering: number;
  readonly models: number;
  readonly reading: number;
}

/**
 * Seconds until all answers are there. Work done once per model is counted by models: spread over the answers so far,
 * it would make the first ones seem many times slower than they are. Answers under way are half done on average.
 */
export function secondsLeft(
  { answers, begun, answering, models, reading }: Spent,
  left: { readonly answers: number; readonly models: number },
): number {
  const answered = answers + begun / 2;
  return (answering / answered) * (left.answers - begun / 2) + (reading / models) * left.models;
}
