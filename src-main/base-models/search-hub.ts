import { type HubMatch, type HubMatches, mostHubMatches } from '../../src-contract/base-model.ts';
import { StudioError } from '../../src-contract/errors.ts';
import { because } from '../../src-contract/failure-reason.ts';
import { keptFailureOf } from '../../src-contract/kept-failure.ts';
import type { Engine } from '../engine/engine.ts';
import { type HubSearch, searchOnHub } from '../hub/search-on-hub.ts';
import { type ListedModel, listHubModels } from './hub-model-list.ts';

/**
 * The models of the hub whose names have these words. Each is judged by what the hub tells of it in its list; the rest
 * is left to `findOnHub`, which reads its files. Throws HUB_SEARCH_FAILED.
 */
export async function searchHub(
  words: string,
  { engine, ...how }: HubSearch & { readonly engine: Engine },
): Promise<HubMatches> {
  const listed = await searchOnHub(
    (hub, signal) => listHubModels(hub, { words, most: mostHubMatches + 1 }, signal),
    how,
  );
  const matches = await Promise.all(listed.slice(0, mostHubMatches).map((each) => matchOf(each, engine)));
  const [refused, usable] = [true, false].map((is) => matches.filter(({ refusal }) => (refusal !== null) === is));
  return { matches: [...(usable ?? []), ...(refused ?? [])], isCut: listed.length > mostHubMatches };
}

/** Of a repository that has both, its safetensors are the model, as in `findOnHub`. */
async function matchOf(listed: ListedModel, engine: Engine): Promise<HubMatch> {
  const { name, licence, isGated: gated, config, gguf, downloads = null } = listed;
  const modelType = config.model_type;
  const isGguf = !(modelType !== undefined && listed.tags.includes('safetensors')) && hasGguf(listed);
  const refusal = await requireUsable(listed, { engine, isGguf }).then(
    () => null,
    (error: unknown) => {
      if (error instanceof StudioError && error.code === 'MODEL_UNSUPPORTED') return keptFailureOf(error);
      throw error;
    },
  );
  return {
    ...{ name, licence, gated, downloads, isGguf, refusal },
    modelType: (isGguf ? gguf?.architecture : modelType) ?? null,
    parameters: (isGguf ? gguf?.total : listed.parameters) ?? null,
  };
}

function hasGguf({ tags, gguf }: ListedModel): boolean {
  return tags.includes('gguf') || gguf !== undefined;
}

/** Throws MODEL_UNSUPPORTED. */
async function requireUsable(
  { name, tags, library, config, gguf }: ListedModel,
  { engine, isGguf }: { engine: Engine; isGguf: boolean },
): Promise<void> {
  const file = name.slice(name.indexOf('/') + 1);
  if (isGguf) {
    if (gguf?.architecture !== undefined) await engine.checkKind({ name: file, of: { gguf: gguf.architecture } });
  } else if (library === 'peft' && config.model_type === undefined) {
    throw new StudioError('MODEL_UNSUPPORTED', { file, ...because('ADAPTER_AS_MODEL') });
  } else if (!tags.includes('safetensors')) {
    throw new StudioError('MODEL_UNSUPPORTED', { file, ...because('WEIGHTS_FORMAT') });
  } else if (config.model_type !== undefined) {
    await engine.checkKind({ name: file, of: { config } });
  }
}
