import type { BaseModel } from '../../src-contract/base-model.ts';
import { StudioError } from '../../src-contract/errors.ts';
import { because } from '../../src-contract/failure-reason.ts';

export type HashBase = (base: BaseModel, signal?: AbortSignal) => Promise<string>;
export type RequireUnchanged = (base: BaseModel, signal?: AbortSignal) => Promise<void>;

/**
 * For what is told of a base by its hash, such as a measurement: throws MODEL_FILE_INVALID if its files are no longer
 * those that were added.
 */
export function requiringUnchanged(hashBase: HashBase): RequireUnchanged {
  return async (base, signal) => {
    if ((await hashBase(base, signal)) === base.sha256) return;
    throw new StudioError('MODEL_FILE_INVALID', { file: base.name, ...because('FILES_CHANGED') });
  };
}
