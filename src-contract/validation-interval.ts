/** A measurement reads at most this many rows, the first that fit, so that it stays a small part of a run. */
export const mostValidationRows = 200;

/** How a run trains and is measured. */
export interface Measuring {
  /** The setting; null for the default. */
  readonly validationEvery: number | null;
  readonly totalSteps: number;
  /** Rows of an optimiser step. */
  readonly batchSize: number;
  /** Rows of a measurement. */
  readonly validationRows: number;
}

/**
 * Optimiser steps between measurements on the validation split. By default there are ten in a run, and fewer, but at
 * least three, where they would take more than a quarter of the time that training takes.
 */
export function validationInterval({ validationEvery, totalSteps, batchSize, validationRows }: Measuring): number {
  if (validationEvery !== null) return validationEvery;
  const affordable = (validationRows * costOfRow) / (batchSize * mostOfTraining);
  const steps = Math.min(Math.max(totalSteps / most, affordable), totalSteps / fewest);
  return Math.max(1, Math.ceil(steps));
}

const [fewest, most] = [3, 10];
/** A measurement only goes forward: a third of a training pass. */
const costOfRow = 1 / 3;
const mostOfTraining = 1 / 4;
