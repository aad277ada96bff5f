import { validationInterval } from '../../src-contract/validation-interval.ts';

/** What is known of a run's pace at the end of a step: the mean of its recent steps and of the measurements since it began or went on. */
export interface Pace {
  readonly step: number;
  readonly totalSteps: number;
  readonly secondsPerStep: number;
  /** Undefined before the first. */
  readonly secondsPerMeasurement: number | undefined;
  /** Steps between two measurements; null for about ten in all. */
  readonly validationEvery: number | null;
}

/**
 * Seconds until a run has trained and measured all. Measurements are counted, not spread over the steps so far: the one at
 * step 0 would make the first steps seem many times as slow as they are.
 */
export function secondsLeft({
  step,
  totalSteps,
  secondsPerStep,
  secondsPerMeasurement = 0,
  validationEvery,
}: Pace): number {
  const every = validationInterval(validationEvery, totalSteps);
  // The last step is always measured, whether or not its turn has come; what this step is due is still to come.
  const measurements = Math.ceil(totalSteps / every) - Math.floor((step - 1) / every);
  return secondsPerStep * Math.max(0, totalSteps - step) + secondsPerMeasurement * Math.max(0, measurements);
}
