import type { Dataset, Example, Split } from '../../src-contract/dataset.ts';
import { writeAnswer } from '../base-models/write-answer.ts';
import type { AdapterChoice } from '../engine/engine.ts';
import type { LabData, LabWork } from './lab-work.ts';

/** Answers are written to rows of the test split, or of the validation split if there is none. */
export function answeredSplit({ test }: Dataset['splits']): Split {
  return test > 0 ? 'test' : 'validation';
}

/** The task's main metric over greedy answers to unseen rows, with or without an adapter; undefined when aborted. */
export async function* answerRows(
  adapterFolder: string | null,
  work: LabWork & { readonly data: LabData },
  signal: AbortSignal,
): AsyncGenerator<{ readonly answered: number; readonly rows: number; readonly mean: number }> {
  const { data, options, base } = work;
  const rows = data.rows(answeredSplit(data.dataset.splits), options.metricRows);
  const maxTokens = await longestAnswer(rows, work);
  const adapter: AdapterChoice | null = adapterFolder === null ? null : { folder: adapterFolder, strength: 1 };
  let sum = 0;
  for (const [place, row] of rows.entries()) {
    const promptIds = await work.text.promptIdsWithin(
      row.context,
      Math.min(base.contextLength, options.maxLength) - maxTokens,
    );
    const job = {
      name: base.name,
      ...{ modelFolder: base.path, contextLength: base.contextLength, adapter, promptIds, maxTokens },
      ...{ temperature: 0, topK: 0, topP: 1, seed: 0, stop: [] },
    };
    for await (const event of writeAnswer(job, work, signal)) {
      if (signal.aborted) return;
      if (event.kind !== 'finished') continue;
      const marks = await data.judge.mark(event.answer.text, row, signal);
      sum += marks[data.judge.mainMetric] ?? 0;
    }
    if (signal.aborted) return;
    yield { answered: place + 1, rows: rows.length, mean: sum / (place + 1) };
  }
}

/** A little more than the longest target: an answer that runs on is wrong already. */
async function longestAnswer(rows: readonly Example[], { text, options }: LabWork): Promise<number> {
  let longest = 0;
  for (const { target } of rows) longest = Math.max(longest, (await text.targetIds(target)).length);
  return Math.max(8, Math.min(longest + 4, Math.floor(options.maxLength / 2)));
}
