import type { LiveAdapter } from '../adapters/adaptation.ts';
import type { GenerateJob, TokenEvent } from '../engine.ts';
import type { LoadedModel } from '../model/loaded-model.ts';
import { Decoder } from './decoder.ts';

/**
 * Streams the tokens the model generates after a prompt, outside any shared batch and without caching. Throws as
 * `Decoder.stream` does.
 */
export function generateTokens(
  model: LoadedModel,
  chooseAdapter: () => Promise<LiveAdapter | null>,
  job: GenerateJob,
  signal: AbortSignal,
): AsyncGenerator<TokenEvent> {
  return new Decoder(model, { prefixBytes: 0 }).stream(chooseAdapter, job, signal);
}
