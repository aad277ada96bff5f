import type { BaseModel, PrecisionChoice } from '../../src-contract/base-model.ts';
import type { Score } from '../../src-contract/chat.ts';
import type { Example } from '../../src-contract/dataset.ts';
import { StudioError } from '../../src-contract/errors.ts';
import type { BaseText } from '../base-models/base-text.ts';
import type { Engine, TokenExample } from '../engine/engine.ts';
import { type Answerer, choiceOf } from './answerer.ts';

export interface ScoreParts {
  readonly engine: Engine;
  readonly text: BaseText;
  readonly base: BaseModel;
  readonly answerer: Answerer;
  readonly precision: PrecisionChoice;
}

/**
 * Loss of one target after its context, with every id and its log-probability. Throws CONTEXT_TOO_LONG,
 * MODEL_WITHOUT_NUMBERS.
 */
export async function scorePair(
  pair: { context: string; target: string },
  parts: ScoreParts,
  signal: AbortSignal,
): Promise<Score> {
  const { text, base } = parts;
  const promptIds = await text.promptIds(pair.context);
  const ids = await text.targetIds(pair.target);
  const tokens = promptIds.length + ids.length;
  if (tokens > base.contextLength) throw new StudioError('CONTEXT_TOO_LONG', { tokens, limit: base.contextLength });
  const examples = [{ ids: [...promptIds, ...ids], targetStart: promptIds.length }];
  const [logprobs = []] = await logprobsOf(examples, parts, signal);
  return { loss: numberOf(meanLoss(logprobs), parts), tokens: ids.length, promptIds, ids, logprobs: [...logprobs] };
}

/**
 * Loss over all target tokens of many rows; contexts that are too long are shortened, rows whose target is too long are
 * left out. Throws MODEL_WITHOUT_NUMBERS.
 */
export async function scoreRows(
  rows: Iterable<Pick<Example, 'context' | 'target'>>,
  parts: ScoreParts,
  signal: AbortSignal,
): Promise<Score> {
  const { text, base } = parts;
  let sum = 0;
  let tokens = 0;
  let batch: TokenExample[] = [];
  const score = async () => {
    if (batch.length === 0) return;
    for (const logprobs of await logprobsOf(batch, parts, signal)) {
      for (const logprob of logprobs) sum -= logprob;
      tokens += logprobs.length;
    }
    batch = [];
  };
  for (const { context, target } of rows) {
    const example = await text.exampleIds(context, target, base.contextLength);
    if (example !== undefined) batch.push(example);
    if (batch.length >= batchRows) await score();
  }
  await score();
  return { loss: tokens === 0 ? 0 : numberOf(sum / tokens, parts), tokens };
}

async function logprobsOf(
  examples: readonly TokenExample[],
  { engine, base, answerer, precision }: ScoreParts,
  signal: AbortSignal,
): Promise<readonly (readonly number[])[]> {
  const job = { modelFolder: base.path, precision, adapter: choiceOf(answerer), examples };
  return (await engine.score(job, signal)).logprobs;
}

/** A NaN or infinite loss comes from weights that are far too large. */
function numberOf(loss: number, { base, answerer }: ScoreParts): number {
  if (Number.isFinite(loss)) return loss;
  throw new StudioError('MODEL_WITHOUT_NUMBERS', { model: answerer.adapter?.name ?? base.name });
}

/** Rows passed to the engine at once: it packs them, and checks for an abort between its passes. */
const batchRows = 32;

function meanLoss(logprobs: readonly number[]): number {
  return -logprobs.reduce((sum, logprob) => sum + logprob, 0) / Math.max(1, logprobs.length);
}
