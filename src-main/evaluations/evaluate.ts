import { hash } from 'node:crypto';
import type { Adapter } from '../../src-contract/adapter.ts';
import type { AnswerForm } from '../../src-contract/answer-form.ts';
import type { BaseModel } from '../../src-contract/base-model.ts';
import type { Example } from '../../src-contract/dataset.ts';
import { StudioError } from '../../src-contract/errors.ts';
import type {
  EvaluationAnswer,
  EvaluationEvent,
  EvaluationResult,
  EvaluationRow,
} from '../../src-contract/evaluation.ts';
import type { BaseText } from '../base-models/base-text.ts';
import { type CanRun, writeRunnable } from '../base-models/runnable-answer.ts';
import { usualAnswerTokens } from '../base-models/usual-answer-tokens.ts';
import type { AdapterChoice, Engine, TokenExample } from '../engine/engine.ts';
import type { Judge } from '../tasks/judge.ts';
import { meanInterval } from '../tasks/metrics/interval.ts';
import { secondsLeft } from './time-left.ts';

export interface EvaluationJob {
  readonly base: BaseModel;
  readonly adapters: readonly Adapter[];
  readonly rows: readonly Example[];
  readonly maxTokens: number | undefined;
  readonly form: AnswerForm | undefined;
  /** The rows with the answers of the models measured before. */
  readonly measured: readonly EvaluationRow[];
}

export interface EvaluationParts {
  readonly engine: Engine;
  readonly text: BaseText;
  readonly judge: Judge;
  /** Tells whether an answer to a row can be run, where one that cannot is to be replaced. */
  readonly canRun?: ((row: Example) => CanRun | undefined) | undefined;
  /** Called before the first answer, with what the rest depends on. */
  readonly began: (facts: { rowsSha256: string; maxTokens: number }) => void;
  /** Called with each result, and all rows with the answers so far. */
  readonly keep: (result: EvaluationResult, rows: readonly EvaluationRow[]) => Promise<void>;
}

/**
 * Measures the base and then each adapter on the same rows: greedy answers (or others for queries that cannot be run, if
 * `canRun` is given), their marks, and the loss of the targets.
 * Continues after the models measured before. Throws MODEL_WITHOUT_NUMBERS, FORM_NOT_WRITABLE.
 */
export async function* evaluate(
  job: EvaluationJob,
  parts: EvaluationParts,
  signal: AbortSignal,
): AsyncGenerator<EvaluationEvent> {
  const { base, adapters, rows } = job;
  const wanted = job.maxTokens ?? (await usualAnswerTokens(rows, parts.text, { form: job.form, signal }));
  if (signal.aborted) return;
  const maxTokens = Math.min(wanted, Math.floor(base.contextLength / 2));
  parts.began({ rowsSha256: hashOf(rows.map(({ id, context, target }) => [id, context, target])), maxTokens });
  const told: (Omit<EvaluationRow, 'answers'> & { answers: EvaluationAnswer[] })[] = rows.map(
    ({ id, context, target }, place) => ({
      ...{ exampleId: id, context, target },
      answers: [...(job.measured[place]?.answers ?? [])],
    }),
  );
  const modelsBefore = job.measured[0]?.answers.length ?? 0;
  const total = rows.length * (adapters.length + 1);
  const spent = { answers: 0, answering: 0, models: 0, reading: 0 };
  let done = modelsBefore * rows.length;
  for (const adapter of [null, ...adapters].slice(modelsBefore)) {
    const name = adapter?.name ?? base.name;
    const choice: AdapterChoice | null = adapter === null ? null : { folder: adapter.path, strength: 1 };
    const resultBegan = performance.now();
    const targets = await targetLosses(rows, { ...parts, base, choice }, signal);
    if (targets.some((target) => target !== null && !Number.isFinite(target.nats))) {
      throw new StudioError('MODEL_WITHOUT_NUMBERS', { model: name });
    }
    spent.models++;
    spent.reading += (performance.now() - resultBegan) / 1000;
    const modelsLeft = adapters.length + 1 - modelsBefore - spent.models;
    const answers: EvaluationAnswer[] = [];
    for (const [place, row] of rows.entries()) {
      if (signal.aborted) return;
      const asked = performance.now();
      const asking = { ...parts, name, base, choice, maxTokens, form: job.form };
      const { text, certainty, firstText } = await answerTo(row, asking, signal);
      if (signal.aborted) return;
      const marks = await parts.judge.mark(text, row, signal);
      const replaced = firstText === null ? {} : { firstText };
      answers.push({
        text,
        ...replaced,
        score: marks[parts.judge.mainMetric] ?? 0,
        marks,
        target: targets[place] ?? null,
        ...(certainty !== undefined && { certainty }),
      });
      done++;
      spent.answers++;
      spent.answering += (performance.now() - asked) / 1000;
      const left = { answers: total - done, models: modelsLeft };
      yield { kind: 'progress', done, total, secondsLeft: secondsLeft(spent, left) };
    }
    for (const [place, answer] of answers.entries()) told[place]?.answers.push(answer);
    const result: EvaluationResult = {
      ...{ adapterId: adapter?.id ?? null, adapter: name, n: rows.length },
      metrics: metricsOf(answers),
      interval: await meanInterval(
        answers.map(({ score }) => score),
        { seed: 1 },
      ),
      seconds: (performance.now() - resultBegan) / 1000,
    };
    await parts.keep(result, told);
    yield { kind: 'result', result };
  }
}

/** A hash over plain data. */
export function hashOf(data: unknown): string {
  return hash('sha256', JSON.stringify(data));
}

interface Asking extends EvaluationParts {
  readonly base: BaseModel;
  readonly choice: AdapterChoice | null;
}

async function answerTo(
  row: Example,
  asking: Asking & { name: string; maxTokens: number; form: AnswerForm | undefined },
  signal: AbortSignal,
): Promise<{ text: string; certainty?: number | undefined; firstText: string | null }> {
  const { name, base, choice, maxTokens, form, text } = asking;
  const promptIds = await text.promptIdsWithin(row.context, base.contextLength - maxTokens);
  const job = {
    ...{ name, modelFolder: base.path, contextLength: base.contextLength, adapter: choice, promptIds, maxTokens },
    ...{ temperature: 0, topK: 0, topP: 1, seed: 0, stop: [], form },
  };
  for await (const event of writeRunnable(job, { ...asking, canRun: asking.canRun?.(row) }, signal)) {
    if (event.kind === 'finished') return { ...event.answer, firstText: event.firstText };
  }
  return { text: '', firstText: null };
}

/** Rows scored at once; the engine packs them. */
const batchRows = 32;

/** Nats and tokens of each row's target; null for a row that doesn't fit. */
async function targetLosses(
  rows: readonly Example[],
  asking: Asking,
  signal: AbortSignal,
): Promise<EvaluationAnswer['target'][]> {
  const { base, choice, text, engine } = asking;
  const losses: EvaluationAnswer['target'][] = rows.map(() => null);
  for (let begin = 0; begin < rows.length && !signal.aborted; begin += batchRows) {
    const fitting: { place: number; example: TokenExample }[] = [];
    for (const [i, { context, target }] of rows.slice(begin, begin + batchRows).entries()) {
      const example = await text.exampleIds(context, target, base.contextLength);
      if (example !== undefined) fitting.push({ place: begin + i, example });
    }
    if (fitting.length === 0) continue;
    const examples = fitting.map(({ example }) => example);
    const { logprobs } = await engine.score({ modelFolder: base.path, adapter: choice, examples }, signal);
    for (const [i, { place }] of fitting.entries()) {
      const row = logprobs[i] ?? [];
      losses[place] = { nats: row.reduce((sum, logprob) => sum - logprob, 0), tokens: row.length };
    }
  }
  return losses;
}

/** The mean of each measure over the rows that have it; loss and perplexity over all target tokens. */
function metricsOf(answers: readonly EvaluationAnswer[]): Record<string, number> {
  const metrics: Record<string, number> = {};
  for (const name of new Set(answers.flatMap(({ marks }) => Object.keys(marks)))) {
    const values = answers.flatMap(({ marks }) => marks[name] ?? []);
    metrics[name] = values.reduce((sum, value) => sum + value, 0) / values.length;
  }
  const targets = answers.flatMap(({ target }) => target ?? []);
  const tokens = targets.reduce((sum, target) => sum + target.tokens, 0);
  if (tokens === 0) return metrics;
  const loss = targets.reduce((sum, { nats }) => sum + nats, 0) / tokens;
  return { ...metrics, loss, perplexity: Math.exp(loss) };
}
