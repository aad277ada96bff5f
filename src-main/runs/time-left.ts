import { validationInterval } from '../../src-contract/validation-interval.ts';

/**
 * A run's pace at the end of a step: means over its recent steps, and over the measurements since it began or resumed.
 */
export interface Pace {
  readonly step: number;
  readonly totalSteps: number;
  readonly secondsPerStep: number;
  /** Undefined before the first measurement. */
  readonly secondsPerMeasurement: number | undefined;
  /** Steps between two measurements; null for about ten in all. */
  readonly validationEvery: number | null;
}

/**
 * Seconds until a run has trained and measured everything. Measurements are counted, not spread over the steps so far:
 * the one at step 0 would make the first steps seem many times slower than they are.
 */
export function secondsLeft({
  step,
  totalSteps,
  secondsPerStep,
  secondsPerMeasurement = 0,
  validationEvery,
}: Pace): number {
  const every = validationInterval(validationEvery, totalSteps);
  // The last step is always measured, whether or not it is due; a measurement due at this step is still to come.
  const measurements = Math.ceil(totalSteps / every) - Math.floor((step - 1) / every);
  return secondsPerStep * Math.max(0, totalSteps - step) + secondsPerMeasurement * Math.max(0, measurements);
}
