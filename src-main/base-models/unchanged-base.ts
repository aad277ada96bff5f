import type { BaseModel } from '../../src-contract/base-model.ts';
import { StudioError } from '../../src-contract/errors.ts';
import { because } from '../../src-contract/failure-reason.ts';

export type HashBase = (base: BaseModel, signal?: AbortSignal) => Promise<string>;
export type RequireUnchanged = (base: BaseModel, signal?: AbortSignal) => Promise<void>;

/** Throws MODEL_FILE_INVALID if the files of a base no longer have this hash. */
export async function requireHash(
  base: BaseModel,
  { sha256, hashBase }: { readonly sha256: string; readonly hashBase: HashBase },
  signal?: AbortSignal,
): Promise<void> {
  if ((await hashBase(base, signal)) === sha256) return;
  throw new StudioError('MODEL_FILE_INVALID', { file: base.name, ...because('FILES_CHANGED') });
}

/** For what is told of a base by its hash, such as a measurement: its files must be those that were added. */
export function requiringUnchanged(hashBase: HashBase): RequireUnchanged {
  return (base, signal) => requireHash(base, { sha256: base.sha256, hashBase }, signal);
}
