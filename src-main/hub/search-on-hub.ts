import { StudioError } from '../../src-contract/errors.ts';
import { type Because, because } from '../../src-contract/failure-reason.ts';
import { RefusedError } from './fetch-file.ts';
import { type Hub, huggingFaceHub, StrangeAnswerError } from './hugging-face-hub.ts';
import { whyNone } from './why-none.ts';

export interface HubSearch {
  readonly environment?: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal | undefined;
  /** How long the hub may take for all of its answer. */
  readonly seconds?: number;
}

/** Asks the hub for one of its lists. Throws HUB_SEARCH_FAILED, with why. */
export async function searchOnHub<T>(
  ask: (hub: Hub, signal: AbortSignal) => Promise<T>,
  { environment = process.env, signal: left, seconds = 30 }: HubSearch,
): Promise<T> {
  const late = AbortSignal.timeout(seconds * 1000);
  const signal = AbortSignal.any([late, ...(left ? [left] : [])]);
  try {
    return await ask(await huggingFaceHub(environment), signal);
  } catch (error) {
    if (left?.aborted || error instanceof StudioError) throw error;
    const why = late.aborted ? because('HUB_SLOW', { seconds }) : whyOf(error);
    throw new StudioError('HUB_SEARCH_FAILED', why, { cause: error });
  }
}

function whyOf(error: unknown): Because {
  if (error instanceof StrangeAnswerError) return because('HUB_ANSWER_STRANGE');
  if (error instanceof RefusedError)
    return error.status === 429 ? because('HUB_BUSY') : because('HUB_REFUSES', { status: error.status });
  return whyNone([{ source: { kind: 'hub' }, error }]);
}
