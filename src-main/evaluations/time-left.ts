/** Seconds that answers took, and the reading of each model's targets, which comes before its answers. */
export interface Spent {
  readonly answers: number;
  readonly answering: number;
  readonly models: number;
  readonly reading: number;
}

/**
 * Seconds until all answers are there. What is done once for each model is counted by models: spread over the answers so far,
 * it made the first of them seem many times as slow as they are.
 */
export function secondsLeft(
  { answers, answering, models, reading }: Spent,
  left: { readonly answers: number; readonly models: number },
): number {
  return (answering / answers) * left.answers + (reading / models) * left.models;
}
