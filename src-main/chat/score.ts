import type { BaseModel, PrecisionChoice } from '../../src-contract/base-model.ts';
import type { Score } from '../../src-contract/chat.ts';
import type { Example } from '../../src-contract/dataset.ts';
import { StudioError } from '../../src-contract/errors.ts';
import type { ModelText } from '../base-models/model-text.ts';
import type { AdapterChoice, Engine, TokenExample } from '../engine/engine.ts';

export interface ScoreParts {
  readonly engine: Engine;
  readonly text: ModelText;
  readonly base: BaseModel;
  readonly adapter: AdapterChoice | null;
  readonly precision: PrecisionChoice;
}

/** Loss of one target after its context, with every id and its log-probability. Throws CONTEXT_TOO_LONG, MODEL_WITHOUT_NUMBERS. */
export async function scorePair(
  pair: { context: string; target: string },
  { engine, text, base, adapter, precision }: ScoreParts,
  signal: AbortSignal,
): Promise<Score> {
  const promptIds = text.promptIds(pair.context);
  const ids = text.targetIds(pair.target);
  const tokens = promptIds.length + ids.length;
  if (tokens > base.contextLength) throw new StudioError('CONTEXT_TOO_LONG', { tokens, limit: base.contextLength });
  const examples = [{ ids: [...promptIds, ...ids], targetStart: promptIds.length }];
  const [logprobs = []] = (await engine.score({ modelFolder: base.path, precision, adapter, examples }, signal))
    .logprobs;
  return { loss: numberOf(meanLoss(logprobs), base), tokens: ids.length, promptIds, ids, logprobs: [...logprobs] };
}

/**
 * Loss over all target tokens of many rows; contexts that are too long are shortened, rows whose target is are left out. Throws
 * MODEL_WITHOUT_NUMBERS.
 */
export async function scoreRows(
  rows: Iterable<Pick<Example, 'context' | 'target'>>,
  { engine, text, base, adapter, precision }: ScoreParts,
  signal: AbortSignal,
): Promise<Score> {
  let sum = 0;
  let tokens = 0;
  let batch: TokenExample[] = [];
  const score = async () => {
    if (batch.length === 0) return;
    for (const logprobs of (await engine.score({ modelFolder: base.path, precision, adapter, examples: batch }, signal))
      .logprobs) {
      for (const logprob of logprobs) sum -= logprob;
      tokens += logprobs.length;
    }
    batch = [];
  };
  for (const { context, target } of rows) {
    const example = text.exampleIds(context, target, base.contextLength);
    if (example !== undefined) batch.push(example);
    if (batch.length >= batchRows) await score();
  }
  await score();
  return { loss: tokens === 0 ? 0 : numberOf(sum / tokens, base), tokens };
}

/** A loss that is none comes of weights that are far too large. */
function numberOf(loss: number, base: BaseModel): number {
  if (!Number.isFinite(loss)) throw new StudioError('MODEL_WITHOUT_NUMBERS', { model: base.name });
  return loss;
}

/** Rows handed to the engine at once: it packs them, and looks for an abort between its passes. */
const batchRows = 32;

function meanLoss(logprobs: readonly number[]): number {
  return -logprobs.reduce((sum, logprob) => sum + logprob, 0) / Math.max(1, logprobs.length);
}
