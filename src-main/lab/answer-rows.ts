import type { Dataset, Example, Split } from '../../src-contract/dataset.ts';
import type { AnswerJob } from '../base-models/write-answer.ts';
import { writeAnswers } from '../base-models/write-answers.ts';
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
  const { data, options } = work;
  const rows = data.rows(answeredSplit(data.dataset.splits), options.metricRows);
  // By row: the last digit of a sum depends on its order.
  const scores: number[] = [];
  let answered = 0;
  for await (const { place, answer } of writeAnswers(answerJobs(rows, adapterFolder, work), work, signal)) {
    if (signal.aborted) return;
    const marks = await data.judge.mark(answer.text, rows[place] as Example, signal);
    scores[place] = marks[data.judge.mainMetric] ?? 0;
    answered++;
    yield { answered, rows: rows.length, mean: scores.reduce((sum, score) => sum + score, 0) / answered };
  }
}

function* answerJobs(
  rows: readonly Example[],
  adapterFolder: string | null,
  work: LabWork & { readonly data: LabData },
): Generator<AnswerJob> {
  const { base, options, text } = work;
  const maxTokens = longestAnswer(rows, work);
  const adapter: AdapterChoice | null = adapterFolder === null ? null : { folder: adapterFolder, strength: 1 };
  for (const { context } of rows) {
    const promptIds = text.promptIdsWithin(context, Math.min(base.contextLength, options.maxLength) - maxTokens);
    yield {
      ...{ name: base.name, modelFolder: base.path, contextLength: base.contextLength, adapter, promptIds, maxTokens },
      ...{ temperature: 0, topK: 0, topP: 1, seed: 0, stop: [] },
    };
  }
}

/** A little more than the longest target: an answer that runs on is wrong already. */
function longestAnswer(rows: readonly Example[], { text, options }: LabWork): number {
  const longest = rows.reduce((most, { target }) => Math.max(most, text.targetIds(target).length), 0);
  return Math.max(8, Math.min(longest + 4, Math.floor(options.maxLength / 2)));
}
