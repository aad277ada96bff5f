import type { BaseModel, CatalogueModel } from '../../src-contract/base-model.ts';

/**
 * The model to offer beside the starter model: one that is already downloading, else the first in the catalogue that
 * chats, is not gated and trains in half of this machine's memory, rather one that knows the person's language.
 * Undefined if a model was already added.
 */
export function offeredModel(
  catalogue: readonly CatalogueModel[],
  shelf: readonly BaseModel[],
  { totalMemoryBytes, language }: { readonly totalMemoryBytes: number; readonly language: string },
): CatalogueModel | undefined {
  const coming = catalogue.find(({ state }) => state.kind === 'downloading');
  if (coming !== undefined) return coming;
  if (shelf.some(({ builtIn }) => !builtIn)) return undefined;
  const begun = catalogue.find(({ state }) => state.kind === 'partial');
  if (begun !== undefined) return begun;
  const fitting = catalogue.filter(
    ({ chats, gated, trainMemoryBytes }) => chats && !gated && trainMemoryBytes <= totalMemoryBytes / 2,
  );
  return fitting.find(({ languages }) => languages.includes(language)) ?? fitting[0];
}
