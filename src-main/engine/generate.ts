import { setImmediate } from 'node:timers/promises';
import { StudioError } from '../../src-contract/errors.ts';
import type { LiveAdapter } from './adaptation.ts';
import type { PositionPlan } from './architectures/architecture.ts';
import { Draft } from './draft.ts';
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
  const { executable, feeds } = await adaptedExecutable(model, 'generate', adapter, generateGraph, model.integers);
  const switchMs = performance.now() - started;

  const cache = new KeyValueCache(architecture);
  const draft = new Draft(job.promptIds);
  const random = new Random(job.seed, 0x9e4);
  const stopIds = new Set(job.stopIds);
  let firstTokenMs = 0;
  let finish: 'end' | 'length' | 'stopped' = 'length';
  let fresh: readonly number[] = job.promptIds;
  let made = 0;
  writing: while (made < job.maxTokens && cache.length + fresh.length <= limit) {
    await setImmediate();
    if (signal.aborted) {
      finish = 'stopped';
      break;
    }
    // Not behind the prompt: its last token alone would wait for guesses at the second.
    const guess = made === 0 ? [] : draft.guess(Math.min(job.maxTokens - made, limit - cache.length - fresh.length));
    const read = [...fresh, ...guess];
    const result = await executable.run(
      new Map([
        ...feeds,
        ...cache.feeds(read.length),
        ...tokenFeeds(read, cache.length, guess.length + 1, architecture),
      ]),
    );
    const { data, dims } = result.logits as Tensor<'float32'>;
    const vocabulary = dims[1] as number;
    let right = 0;
    for (let place = 0; place <= right && made < job.maxTokens; place++) {
      const id = chooseToken(data.subarray(place * vocabulary, (place + 1) * vocabulary), job, random);
      if (made === 0) firstTokenMs = performance.now() - started;
      if (stopIds.has(id)) {
        finish = 'end';
        break writing;
      }
      made++;
      yield { kind: 'token', id };
      draft.push(id);
      if (id === guess[place]) right++;
      else fresh = [id];
    }
    draft.learn(guess.length, right);
    // What was guessed wrongly, and all behind it, was never written: it goes, and is read again if it comes.
    cache.append(result, read.length, read.length - guess.length + right);
  }
  yield { kind: 'finished', finish, firstTokenMs, switchMs, seconds: (performance.now() - started) / 1000 };
}

/** `asked`: of how many positions, the last ones, logits are wanted. */
function tokenFeeds(ids: readonly number[], past: number, asked: number, plan: PositionPlan): Map<string, Tensor> {
  const places = Int32Array.from(ids, (_, i) => past + i);
  return new Map<string, Tensor>([
    ['ids', int32([ids.length], Int32Array.from(ids))],
    ...placeFeeds(places, plan, [1, ids.length]),
    [
      'last',
      int32(
        [asked],
        Int32Array.from({ length: asked }, (_, i) => ids.length - asked + i),
      ),
    ],
  ]);
}
