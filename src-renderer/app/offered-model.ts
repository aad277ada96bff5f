import type { BaseModel, CatalogueModel } from '../../src-contract/base-model.ts';

/**
 * The model to offer beside the starter model: the first of the catalogue that converses, is free to have and trains in
 * half of this machine's memory; the one that is on its way before all. Nothing where a model was added already.
 */
export function offeredModel(
  catalogue: readonly CatalogueModel[],
  shelf: readonly BaseModel[],
  totalMemoryBytes: number,
): CatalogueModel | undefined {
  const coming = catalogue.find(({ state }) => state.kind === 'downloading');
  if (coming !== undefined) return coming;
  if (shelf.some(({ builtIn }) => !builtIn)) return undefined;
  const begun = catalogue.find(({ state }) => state.kind === 'partial');
  if (begun !== undefined) return begun;
  return catalogue.find(
    ({ chats, gated, trainMemoryBytes }) => chats && !gated && trainMemoryBytes <= totalMemoryBytes / 2,
  );
}
