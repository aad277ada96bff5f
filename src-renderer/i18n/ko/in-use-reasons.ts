import type { inUseReasons as english } from '../../../src-contract/in-use-reason.ts';

/**
 * What is using something that must not be touched meanwhile (src-contract/in-use-reason.ts), in Korean, with the same
 * codes and field.
 */
export const inUseReasons: Readonly<Record<keyof typeof english, { readonly by: string }>> = {
  USED_BY_RUN: { by: '“{name}” 학습' },
  USED_BY_ADAPTER_OR_RUN: { by: '“{name}” 어댑터나 학습' },
  USED_BY_EVALUATION: { by: '평가' },
  USED_BY_EXPERIMENT: { by: '실험실의 실험' },
  USED_BY_CHANGE: { by: '다른 변경 작업' },
};
