import { setImmediate } from 'node:timers/promises';
import { StudioError } from '../../src-contract/errors.ts';
import type { LiveAdapter } from './adaptation.ts';
import type { PositionPlan } from './architectures/architecture.ts';
import type { GenerateJob, TokenEvent } from './engine.ts';
import { KeyValueCache } from './key-value-cache.ts';
import type { LoadedModel } from './loaded-model.ts';
import { generateGraph } from './model-graph.ts';
import { placeFeeds } from './places.ts';
import { Random } from './random.ts';
import { chooseToken } from './sampling.ts';
import { adaptedExecutable } from './score.ts';
import { int32, type Tensor } from './tensor.ts';
import { checkTokenIds } from './token-ids.ts';

/**
 * Streams the tokens that the model writes after a prompt. Throws OPTION_INVALID where the prompt is empty, CONTEXT_TOO_LONG
 * where it and one token more don't fit, MODEL_FILE_INVALID for ids that the model doesn't know.
 */
export async function* generateTokens(
  model: LoadedModel,
  chooseAdapter: () => Promise<LiveAdapter | null>,
  job: GenerateJob,
  signal: AbortSignal,
): AsyncGenerator<TokenEvent> {
  const { architecture } = model;
  const started = performance.now();
  const limit = architecture.contextLength;
  if (job.promptIds.length === 0) throw new StudioError('OPTION_INVALID', { option: 'prompt', reason: 'it is empty' });
  if (job.promptIds.length >= limit)
    throw new StudioError('CONTEXT_TOO_LONG', { tokens: job.promptIds.length, limit: limit - 1 });
  checkTokenIds(job.promptIds, architecture);
  const adapter = await chooseAdapter();
  const prefill = await adaptedExecutable(model, 'generate', adapter, generateGraph);
  const decode = model.precision === 'int8' ? await decodeExecutable(model, adapter) : prefill;
  const switchMs = performance.now() - started;

  const cache = new KeyValueCache(architecture);
  const random = new Random(job.seed, 0x9e4);
  const stopIds = new Set(job.stopIds);
  let firstTokenMs = 0;
  let finish: 'end' | 'length' | 'stopped' = 'length';
  let next: readonly number[] = job.promptIds;
  for (let made = 0; made < job.maxTokens && cache.length + next.length <= limit; made++) {
    await setImmediate();
    if (signal.aborted) {
      finish = 'stopped';
      break;
    }
    const { executable, feeds } = next.length === 1 ? decode : prefill;
    const result = await executable.run(
      new Map([...feeds, ...cache.feeds(next.length), ...tokenFeeds(next, cache.length, architecture)]),
    );
    cache.append(result, next.length);
    const id = chooseToken((result.logits as Tensor<'float32'>).data, job, random);
    if (made === 0) firstTokenMs = performance.now() - started;
    if (stopIds.has(id)) {
      finish = 'end';
      break;
    }
    yield { kind: 'token', id };
    next = [id];
  }
  yield { kind: 'finished', finish, firstTokenMs, switchMs, seconds: (performance.now() - started) / 1000 };
}

/** For one token at a time: the integers are inside it, laid out for the kernels, which would lay them out anew for each token. */
async function decodeExecutable(model: LoadedModel, adapter: LiveAdapter | null) {
  const decodeGraph: typeof generateGraph = (architecture, adaptation, options) =>
    generateGraph(architecture, adaptation, { ...options, tokens: 1 });
  return adaptedExecutable(model, 'decode', adapter, decodeGraph, model.integers);
}

function tokenFeeds(ids: readonly number[], past: number, plan: PositionPlan): Map<string, Tensor> {
  const places = Int32Array.from(ids, (_, i) => past + i);
  return new Map<string, Tensor>([
    ['ids', int32([ids.length], Int32Array.from(ids))],
    ...placeFeeds(places, plan, [1, ids.length]),
    ['last', int32([1], Int32Array.of(ids.length - 1))],
  ]);
}
