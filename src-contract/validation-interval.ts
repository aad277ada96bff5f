/**
 * Optimiser steps between measurements on the validation split: the setting, or by default about ten measurements per
 * run.
 */
export function validationInterval(validationEvery: number | null, totalSteps: number): number {
  return validationEvery ?? Math.max(1, Math.ceil(totalSteps / 10));
}
