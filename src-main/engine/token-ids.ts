import { StudioError } from '../../src-contract/errors.ts';
import { because } from '../../src-contract/failure-reason.ts';
import type { Architecture } from './architectures/architecture.ts';

/**
 * Refuses tokens that the model cannot read: more than its context holds, or ids beyond its vocabulary, as from another
 * model's tokenizer. Throws CONTEXT_TOO_LONG, MODEL_FILE_INVALID.
 */
export function checkTokenIds(
  ids: ArrayLike<number>,
  { contextLength, vocabulary }: Pick<Architecture, 'contextLength' | 'vocabulary'>,
): void {
  if (ids.length > contextLength)
    throw new StudioError('CONTEXT_TOO_LONG', { tokens: ids.length, limit: contextLength });
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i] as number;
    if (Number.isInteger(id) && id >= 0 && id < vocabulary) continue;
    throw new StudioError('MODEL_FILE_INVALID', {
      file: 'tokenizer.json',
      ...because('TOKEN_ID_BEYOND', { id: String(id), vocabulary }),
    });
  }
}
