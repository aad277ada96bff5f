/** Seconds spent on answers, and on reading each model's targets, which comes before its answers. */
export interface Spent {
  readonly answers: number;
  readonly answering: number;
  readonly models: number;
  readonly reading: number;
}

/**
 * Seconds until all answers are there. Work done once per model is counted by models: spread over the answers so far,
 * it would make the first ones seem many times slower than they are.
 */
export function secondsLeft(
  { answers, answering, models, reading }: Spent,
  left: { readonly answers: number; readonly models: number },
): number {
  return (answering / answers) * left.answers + (reading / models) * left.models;
}
