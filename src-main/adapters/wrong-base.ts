import type { Adapter } from '../../src-contract/adapter.ts';
import type { BaseModel } from '../../src-contract/base-model.ts';
import { StudioError } from '../../src-contract/errors.ts';

/** Throws ADAPTER_WRONG_BASE for an adapter made for another base model. */
export function requireBase(adapter: Adapter, base: BaseModel, baseModels: { list(): BaseModel[] }): void {
  const { name, baseModelId, baseSha256: sha256 } = adapter;
  if (sha256 === base.sha256) return;
  const made = baseModels.list().find(({ id }) => id === baseModelId);
  throw madeForAnother({ name, expected: made?.name ?? sha256.slice(0, 8), sha256 }, base);
}

/** Two base models of the same name, such as two versions of the starter, are told apart by their fingerprints. */
export function madeForAnother(
  adapter: { readonly name: string; readonly expected: string; readonly sha256: string },
  base: BaseModel,
): StudioError {
  const isNamesake = adapter.expected === base.name;
  const shown = (name: string, sha256: string) => (isNamesake ? `${name} (${sha256.slice(0, 8)})` : name);
  const [expected, found] = [shown(adapter.expected, adapter.sha256), shown(base.name, base.sha256)];
  return new StudioError('ADAPTER_WRONG_BASE', { adapter: adapter.name, expected, found });
}
