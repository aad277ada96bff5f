import type { AnswerForm } from '../../src-contract/answer-form.ts';
import type { BaseText } from './base-text.ts';

/**
 * Twice the 95th percentile of the targets' lengths, so that only an answer that runs on is cut; 16 at least. Of labels,
 * twice the longest, alone or in a list: none of them may be cut.
 */
export async function usualAnswerTokens(
  rows: Iterable<{ readonly target: string }>,
  text: Pick<BaseText, 'targetIds'>,
  { form, signal }: { form: AnswerForm | undefined; signal: AbortSignal },
): Promise<number> {
  const lengths: number[] = [];
  const longest = longestOf(form);
  for (const target of longest ?? Iterator.from(rows).map(({ target }) => target)) {
    if (signal.aborted) break;
    lengths.push((await text.targetIds(target)).length);
  }
  lengths.sort((a, b) => a - b);
  const usual = lengths[Math.min(lengths.length - 1, Math.floor(lengths.length * 0.95))] ?? 0;
  return Math.max(16, 2 * (longest === undefined ? usual : (lengths.at(-1) ?? 0)));
}

/** What answers of a form are no longer than; undefined if that cannot be told. */
function longestOf(form: AnswerForm | undefined): readonly string[] | undefined {
  if (form?.kind === 'choices') return form.texts;
  if (form?.kind !== 'list') return undefined;
  const longest = form.texts.toSorted((a, b) => b.length - a.length).slice(0, form.most);
  return [longest.join(form.between)];
}
