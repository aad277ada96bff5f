import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Adapter } from '../../src-contract/adapter.ts';
import type { BaseModel } from '../../src-contract/base-model.ts';
import type { Example } from '../../src-contract/dataset.ts';
import type { EvaluationEvent, EvaluationResult, EvaluationRow } from '../../src-contract/evaluation.ts';
import type { ModelText } from '../base-models/model-text.ts';
import { writeAnswer } from '../base-models/write-answer.ts';
import type { AdapterChoice, Engine, TokenExample } from '../engine/engine.ts';
import type { Judge, Marks } from '../tasks/judge.ts';

export interface EvaluationJob {
  readonly base: BaseModel;
  readonly adapters: readonly Adapter[];
  readonly rows: readonly Example[];
  readonly maxTokens: number | undefined;
}

export interface EvaluationParts {
  readonly engine: Engine;
  readonly text: ModelText;
  readonly judge: Judge;
  /** Called with each result, and all rows as they stand with it. */
  readonly keep: (result: EvaluationResult, rows: readonly EvaluationRow[]) => void;
}

/** Measures the base and then each adapter on the same rows: greedy answers, their marks, and the loss of the targets. */
export async function* evaluate(
  job: EvaluationJob,
  parts: EvaluationParts,
  signal: AbortSignal,
): AsyncGenerator<EvaluationEvent> {
  const { base, adapters, rows } = job;
  const wanted = job.maxTokens ?? (await usualMaxTokens(rows, parts.text));
  const maxTokens = Math.min(wanted, Math.floor(base.contextLength / 2));
  const told: (Omit<EvaluationRow, 'answers'> & { answers: EvaluationRow['answers'] })[] = rows.map(
    ({ id, context, target }) => ({ exampleId: id, context, target, answers: [] }),
  );
  const total = rows.length * (adapters.length + 1);
  const began = performance.now();
  let done = 0;
  for (const adapter of [null, ...adapters]) {
    const choice: AdapterChoice | null = adapter === null ? null : { folder: adapter.path, strength: 1 };
    const resultBegan = performance.now();
    const loss = await lossOf(rows, { ...parts, base, choice }, signal);
    const marks: Marks[] = [];
    for (const [place, row] of rows.entries()) {
      if (signal.aborted) return;
      const text = await answerTo(row, { ...parts, base, choice, maxTokens }, signal);
      if (signal.aborted) return;
      const mark = await parts.judge.mark(text, row, signal);
      marks.push(mark);
      told[place]?.answers.push({ text, score: mark[parts.judge.mainMetric] ?? 0 });
      done++;
      const secondsLeft = ((performance.now() - began) / 1000 / done) * (total - done);
      yield { kind: 'progress', done, total, secondsLeft };
    }
    const result: EvaluationResult = {
      ...{ adapterId: adapter?.id ?? null, adapter: adapter?.name ?? base.name, n: rows.length },
      metrics: { ...means(marks), ...(loss === undefined ? {} : { loss, perplexity: Math.exp(loss) }) },
      seconds: (performance.now() - resultBegan) / 1000,
    };
    parts.keep(result, told);
    yield { kind: 'result', result };
  }
}

interface Asking extends EvaluationParts {
  readonly base: BaseModel;
  readonly choice: AdapterChoice | null;
}

async function answerTo(row: Example, asking: Asking & { maxTokens: number }, signal: AbortSignal): Promise<string> {
  const { base, choice, maxTokens, text } = asking;
  const promptIds = text.promptIdsWithin(row.context, base.contextLength - maxTokens);
  const job = {
    ...{ modelFolder: base.path, contextLength: base.contextLength, adapter: choice, promptIds, maxTokens },
    ...{ temperature: 0, topK: 0, topP: 1, seed: 0, stop: [] },
  };
  for await (const event of writeAnswer(job, asking, signal)) {
    if (event.kind === 'finished') return event.answer.text;
  }
  return '';
}

/** Rows scored at once; the engine packs them. */
const batchRows = 32;

/** Nats per target token over all rows that fit; undefined when none does. */
async function lossOf(rows: readonly Example[], asking: Asking, signal: AbortSignal): Promise<number | undefined> {
  const { base, choice, text, engine } = asking;
  let sum = 0;
  let tokens = 0;
  for (let begin = 0; begin < rows.length && !signal.aborted; begin += batchRows) {
    const examples: TokenExample[] = [];
    for (const { context, target } of rows.slice(begin, begin + batchRows)) {
      const example = text.exampleIds(context, target, base.contextLength);
      if (example !== undefined) examples.push(example);
    }
    if (examples.length === 0) continue;
    const { logprobs } = await engine.score({ modelFolder: base.path, adapter: choice, examples }, signal);
    for (const row of logprobs) {
      for (const logprob of row) sum -= logprob;
      tokens += row.length;
    }
  }
  return tokens === 0 ? undefined : sum / tokens;
}

/** Twice the length that 95 of 100 targets stay within, so that only an answer which runs on is cut. */
async function usualMaxTokens(rows: readonly Example[], text: ModelText): Promise<number> {
  const lengths: number[] = [];
  for (const [place, { target }] of rows.entries()) {
    lengths.push(text.targetIds(target).length);
    // Others get their turn: a thousand targets take a while.
    if (place % 20 === 19) await nextTurn();
  }
  lengths.sort((a, b) => a - b);
  const most = lengths[Math.min(lengths.length - 1, Math.floor(lengths.length * 0.95))] ?? 0;
  return Math.max(16, 2 * most);
}

function means(marks: readonly Marks[]): Record<string, number> {
  const names = Object.keys(marks[0] ?? {});
  return Object.fromEntries(
    names.map((name) => [name, marks.reduce((sum, mark) => sum + (mark[name] ?? 0), 0) / marks.length]),
  );
}
