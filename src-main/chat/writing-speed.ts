import type { Answer } from '../base-models/write-answer.ts';

/**
 * Tokens a second once an answer has begun; null where nothing followed its first token. The wait before it is told by itself:
 * answers that are written side by side have their prompts read one after the other, and none is the slower for that.
 */
export function writingSpeed({ ids, seconds, firstTokenMs }: Pick<Answer, 'ids' | 'seconds' | 'firstTokenMs'>) {
  const writing = seconds - firstTokenMs / 1000;
  return ids.length < 2 ? null : (ids.length - 1) / Math.max(writing, 1e-6);
}
