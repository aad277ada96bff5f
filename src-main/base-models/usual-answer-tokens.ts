import type { AnswerForm } from '../../src-contract/answer-form.ts';
import type { BaseText } from './base-text.ts';

/**
 * Twice the 95th percentile of the targets' lengths, so that only an answer that runs on is cut; 16 at least. Of labels,
 * twice the longest, alone or in a list: none of them may be cut, and a short one not even if it is written letter by
 * letter, as a model does that was not trained on it.
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
  if (longest === undefined) return Math.max(16, 2 * usual);
  const bytes = longest.map((label) => Buffer.byteLength(label));
  return Math.max(16, 2 * (lengths.at(-1) ?? 0), Math.min(mostSpelled, Math.max(...bytes)));
}

/** In bytes, of which a token has at least one. Longer labels are words that a model knows. */
const mostSpelled = 64;

/** What answers of a form are no longer than; undefined if that cannot be told. */
function longestOf(form: AnswerForm | undefined): readonly string[] | undefined {
  if (form?.kind === 'choices') return form.texts;
  if (form?.kind !== 'list') return undefined;
  const longest = form.texts.toSorted((a, b) => b.length - a.length).slice(0, form.most);
  const [between = ''] = [form.between, ...(form.orBetween ?? [])].toSorted((a, b) => b.length - a.length);
  return [longest.join(between)];
}
