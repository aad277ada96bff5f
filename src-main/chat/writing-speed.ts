import type { Answer } from '../base-models/write-answer.ts';

/**
 * Tokens per second once an answer has begun; null if nothing followed its first token. The wait for that is reported
 * separately: answers written side by side have their prompts read one after the other, which makes none of them
 * slower.
 */
export function writingSpeed({ ids, seconds, firstTokenMs }: Pick<Answer, 'ids' | 'seconds' | 'firstTokenMs'>) {
  const writing = seconds - firstTokenMs / 1000;
  return ids.length < 2 ? null : (ids.length - 1) / Math.max(writing, 1e-6);
}
