import type { AnswerForm } from '../../src-contract/answer-form.ts';
import type { BaseText } from './base-text.ts';

/**
 * Twice the 95th percentile of the targets' lengths, so that only an answer that runs on is cut; 16 at least. Of labels,
 * twice the longest: none of them may be cut.
 */
export async function usualAnswerTokens(
  rows: Iterable<{ readonly target: string }>,
  text: Pick<BaseText, 'targetIds'>,
  { form, signal }: { form: AnswerForm | undefined; signal: AbortSignal },
): Promise<number> {
  const lengths: number[] = [];
  const targets = form?.kind === 'choices' ? form.texts : Iterator.from(rows).map(({ target }) => target);
  for (const target of targets) {
    if (signal.aborted) break;
    lengths.push((await text.targetIds(target)).length);
  }
  lengths.sort((a, b) => a - b);
  const usual = lengths[Math.min(lengths.length - 1, Math.floor(lengths.length * 0.95))] ?? 0;
  const most = form?.kind === 'choices' ? (lengths.at(-1) ?? 0) : usual;
  return Math.max(16, 2 * most);
}
