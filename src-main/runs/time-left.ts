import { type Measuring, validationInterval } from '../../src-contract/validation-interval.ts';

/**
 * A run's pace at the end of a step: means over its recent steps, and over the measurements since it began or resumed.
 */
export interface Pace extends Measuring {
  readonly step: number;
  readonly secondsPerStep: number;
  /** Undefined before the first measurement. */
  readonly secondsPerMeasurement: number | undefined;
}

/**
 * Seconds until a run has trained and measured everything. Measurements are counted, not spread over the steps so far:
 * the one at step 0 would make the first steps seem many times slower than they are.
 */
export function secondsLeft({ step, secondsPerStep, secondsPerMeasurement = 0, ...measuring }: Pace): number {
  const { totalSteps } = measuring;
  const every = validationInterval(measuring);
  // The last step is always measured, whether or not it is due; a measurement due at this step is still to come.
  const measurements = Math.ceil(totalSteps / every) - Math.floor((step - 1) / every);
  return secondsPerStep * Math.max(0, totalSteps - step) + secondsPerMeasurement * Math.max(0, measurements);
}
