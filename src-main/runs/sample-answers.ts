import type { Example } from '../../src-contract/dataset.ts';
import type { SampleAnswer, SampleRow } from '../../src-contract/run.ts';
import type { TaskId } from '../../src-contract/task.ts';
import type { BaseText } from '../base-models/base-text.ts';
import type { DatasetStore } from '../datasets/dataset-store.ts';
import type { SampleJob } from '../engine/engine.ts';
import { type Judge, judgeOf, type RunQuery } from '../tasks/judge.ts';
import { answerLanguageOf } from '../tasks/metrics/answer-language.ts';
import { firstTargets, usualMeasure } from '../tasks/usual-measure.ts';

/** The rows that are answered over and over during a run, so that a person can watch it learn. */
export class SampleAnswers {
  readonly rows: readonly SampleRow[];
  readonly mainMetric: string;
  /** What the engine generates at each validation. */
  readonly job: SampleJob;
  readonly #examples: readonly Example[];
  readonly #judge: Judge;
  readonly #text: BaseText;

  private constructor(examples: readonly Example[], parts: { judge: Judge; text: BaseText; job: SampleJob }) {
    this.rows = examples.map(({ id, context, target }) => ({ exampleId: id, context, target }));
    this.mainMetric = parts.judge.mainMetric;
    this.job = parts.job;
    this.#examples = examples;
    this.#judge = parts.judge;
    this.#text = parts.text;
  }

  /** `count` evenly spaced rows of the validation split whose targets fit; undefined if there are none. */
  static async of(
    about: { datasetId: string; datasetVersion: number; task: TaskId; count: number; maxLength: number },
    parts: { datasets: DatasetStore; text: BaseText; runQuery: RunQuery | undefined },
  ): Promise<SampleAnswers | undefined> {
    if (about.count === 0) return undefined;
    const { text } = parts;
    const examples: Example[] = [];
    for (const example of parts.datasets.examples(about.datasetId, 'validation', about.datasetVersion)) {
      const { context, target } = example;
      if ((await text.exampleIds(context, target, about.maxLength)) !== undefined) examples.push(example);
      if (examples.length >= mostCandidates) break;
    }
    const count = Math.min(about.count, examples.length);
    if (count === 0) return undefined;
    const chosen = Array.from(
      { length: count },
      (_, i) => examples[Math.floor((i * examples.length) / count)] as Example,
    );
    const lengths = await Promise.all(chosen.map(async ({ target }) => (await text.targetIds(target)).length));
    const longest = Math.max(...lengths);
    const maxTokens = Math.min(mostTokens, Math.ceil(longest * 1.5), Math.floor(about.maxLength / 2));
    const prompts = await Promise.all(
      chosen.map(({ context }) => text.promptIdsWithin(context, about.maxLength - maxTokens)),
    );
    const language = answerLanguageOf(chosen.flatMap(({ context, target }) => [context, target]));
    const rows = () => parts.datasets.examples(about.datasetId, undefined, about.datasetVersion);
    const { measure } = usualMeasure(rows());
    const judge = judgeOf(about.task, { language, runQuery: parts.runQuery, measure, targets: firstTargets(rows()) });
    return new SampleAnswers(chosen, { judge, text, job: { prompts, maxTokens, stopIds: text.stopIds } });
  }

  /** Text and marks of the generated answers, one per row. */
  async judged(answers: readonly (readonly number[])[]): Promise<SampleAnswer[]> {
    // A stop waits for this: it takes a moment, and the measurement must not be lost.
    const { signal } = new AbortController();
    const judged: SampleAnswer[] = [];
    for (const [place, row] of this.#examples.entries()) {
      const text = (await this.#text.decode(answers[place] ?? [])).trim();
      const marks = await this.#judge.mark(text, row, signal);
      judged.push({ text, score: marks[this.mainMetric] ?? 0, marks });
    }
    return judged;
  }
}

/** Rows from which the samples are chosen. */
const mostCandidates = 200;
/** Longer answers would slow training down more than they tell. */
const mostTokens = 96;
