import type { LiveAdapter } from './adaptation.ts';
import { Decoder } from './decoder.ts';
import type { GenerateJob, TokenEvent } from './engine.ts';
import type { LoadedModel } from './loaded-model.ts';

/** Streams the tokens that the model writes after a prompt, by itself and with nothing kept for later. Throws as `Decoder.stream` does. */
export function generateTokens(
  model: LoadedModel,
  chooseAdapter: () => Promise<LiveAdapter | null>,
  job: GenerateJob,
  signal: AbortSignal,
): AsyncGenerator<TokenEvent> {
  return new Decoder(model, { prefixBytes: 0 }).stream(chooseAdapter, job, signal);
}
