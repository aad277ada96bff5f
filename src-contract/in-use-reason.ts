/**
 * What uses something that must not be changed meanwhile: phrases for failure-reason.ts, under the same rules, by the
 * field of the errors that end in IN_USE.
 */
export const inUseReasons = {
  USED_BY_RUN: { by: 'the run “{name}”' },
  USED_BY_ADAPTER_OR_RUN: { by: 'the adapter or run “{name}”' },
  USED_BY_EVALUATION: { by: 'an evaluation' },
  USED_BY_EXPERIMENT: { by: 'an experiment in the lab' },
  USED_BY_CHANGE: { by: 'another change' },
} as const;
