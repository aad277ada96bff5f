import { z } from 'zod';
import { amount, type Hub, listedShape, listHub, tagged, word } from '../hub/hugging-face-hub.ts';

/** What the hub's list of models says of one. */
export interface ListedModel {
  readonly name: string;
  readonly isGated: boolean;
  /** An empty string if it is not stated. */
  readonly licence: string;
  readonly downloads?: number | undefined;
  readonly tags: readonly string[];
  readonly library: string | undefined;
  /** Of its config what tells whether it can be used; empty if there is none. */
  readonly config: { readonly model_type?: string | undefined; readonly [key: string]: unknown };
  readonly gguf?: { readonly architecture?: string | undefined; readonly total?: number | undefined } | undefined;
  /** Of its safetensors. */
  readonly parameters: number | undefined;
}

/**
 * The repositories of text-writing models whose names have these words, those downloaded most often first. Source:
 * huggingface_hub, `HfApi.list_models`. What is not a repository is left out. Throws RefusedError, StrangeAnswerError,
 * and what `fetch` throws.
 */
export async function listHubModels(
  hub: Hub,
  { words, most }: { words: string; most: number },
  signal: AbortSignal,
): Promise<ListedModel[]> {
  const asked = new URLSearchParams({ search: words, pipeline_tag: 'text-generation', sort: 'downloads' });
  asked.set('limit', String(most));
  for (const part of ['config', 'downloads', 'gated', 'gguf', 'library_name', 'safetensors', 'tags'])
    asked.append('expand', part);
  const listed = await listHub(hub, { of: 'models', asked }, signal);
  return listed.flatMap((each) => {
    const { data } = listedSchema.safeParse(each);
    if (data === undefined) return [];
    const { id: name, gated: isGated, tags, library_name: library, safetensors, ...facts } = data;
    const [licence = ''] = tagged(tags, 'license');
    return [{ ...facts, name, isGated, licence, tags, library, parameters: safetensors?.total }];
  });
}

const there = z
  .unknown()
  .transform((value) => (value ? {} : undefined))
  .optional();

const listedSchema = z.object({
  ...listedShape,
  tags: z.array(word.catch('')).catch([]),
  library_name: word.optional().catch(undefined),
  config: z
    .object({ model_type: word.optional().catch(undefined), quantization_config: there, auto_map: there })
    .catch({}),
  gguf: z
    .object({ architecture: word.optional().catch(undefined), total: amount })
    .optional()
    .catch(undefined),
  safetensors: z.object({ total: amount }).optional().catch(undefined),
});
