import type { Example } from '../../src-contract/dataset.ts';
import { answersAtOnce, writeAnswer } from '../base-models/write-answer.ts';
import type { AdapterChoice } from '../engine/engine.ts';
import { inOrder } from '../jobs/in-order.ts';
import type { LabData, LabWork } from './lab-work.ts';

/**
 * The deciding measure of the task over greedy answers to test rows, with or without an adapter; undefined when aborted.
 * Rows come from the test split, or from the validation split where there is none.
 */
export async function* answerRows(
  adapterFolder: string | null,
  work: LabWork & { readonly data: LabData },
  signal: AbortSignal,
): AsyncGenerator<{ readonly answered: number; readonly rows: number; readonly mean: number }> {
  const { data, options, base } = work;
  const split = data.dataset.splits.test > 0 ? 'test' : 'validation';
  const rows = data.rows(split, options.metricRows);
  const maxTokens = longestAnswer(rows, work);
  const adapter: AdapterChoice | null = adapterFolder === null ? null : { folder: adapterFolder, strength: 1 };
  const ask = async (row: Example, either: AbortSignal) => {
    const promptIds = work.text.promptIdsWithin(
      row.context,
      Math.min(base.contextLength, options.maxLength) - maxTokens,
    );
    const job = {
      ...{ modelFolder: base.path, contextLength: base.contextLength, adapter, promptIds, maxTokens },
      ...{ temperature: 0, topK: 0, topP: 1, seed: 0, stop: [] },
    };
    for await (const event of writeAnswer(job, work, either))
      if (event.kind === 'finished') return { row, text: event.answer.text };
    return { row, text: '' };
  };
  let [sum, answered] = [0, 0];
  for await (const { row, text } of inOrder(rows, ask, { atOnce: answersAtOnce, signal })) {
    if (signal.aborted) return;
    const marks = await data.judge.mark(text, row, signal);
    sum += marks[data.judge.mainMetric] ?? 0;
    answered++;
    yield { answered, rows: rows.length, mean: sum / answered };
  }
}

/** A little more than the longest target: an answer that runs on is wrong already. */
function longestAnswer(rows: readonly Example[], { text, options }: LabWork): number {
  const longest = rows.reduce((most, { target }) => Math.max(most, text.targetIds(target).length), 0);
  return Math.max(8, Math.min(longest + 4, Math.floor(options.maxLength / 2)));
}
