import type { BaseText } from './base-text.ts';

/** Twice the 95th percentile of the targets' lengths, so that only an answer that runs on is cut; 16 at least. */
export async function usualAnswerTokens(
  rows: Iterable<{ readonly target: string }>,
  text: Pick<BaseText, 'targetIds'>,
  signal: AbortSignal,
): Promise<number> {
  const lengths: number[] = [];
  for (const { target } of rows) {
    if (signal.aborted) break;
    lengths.push((await text.targetIds(target)).length);
  }
  lengths.sort((a, b) => a - b);
  const most = lengths[Math.min(lengths.length - 1, Math.floor(lengths.length * 0.95))] ?? 0;
  return Math.max(16, 2 * most);
}
