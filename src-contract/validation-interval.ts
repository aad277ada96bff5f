/** Optimiser steps between two measurements on the validation split: those that are set, or as many as make about ten a run. */
export function validationInterval(validationEvery: number | null, totalSteps: number): number {
  return validationEvery ?? Math.max(1, Math.ceil(totalSteps / 10));
}
