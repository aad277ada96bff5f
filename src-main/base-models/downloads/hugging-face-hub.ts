import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { RefusedError, type RemoteFile } from './fetch-file.ts';
import { isRepository } from './hub-name.ts';

/**
 * Where the hub is, and who asks. Honours `HF_ENDPOINT`, `HF_TOKEN`, and the token stored by the hub's own programs.
 */
export interface Hub {
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
}

export async function huggingFaceHub(environment: NodeJS.ProcessEnv): Promise<Hub> {
  const { HF_TOKEN, HF_HOME, HF_TOKEN_PATH } = environment;
  const tokenFile = HF_TOKEN_PATH ?? join(HF_HOME ?? join(homedir(), '.cache', 'huggingface'), 'token');
  const token = HF_TOKEN ?? (await readFile(tokenFile, 'utf8').catch(() => '')).trim();
  return {
    endpoint: hubEndpoint(environment),
    headers: token === '' ? {} : { authorization: `Bearer ${token}` },
  };
}

export function hubEndpoint({ HF_ENDPOINT }: NodeJS.ProcessEnv): string {
  return (HF_ENDPOINT ?? 'https://huggingface.co').replace(/\/+$/, '');
}

export interface HubFile extends RemoteFile {
  readonly name: string;
}

/** A repository of the hub at a commit. */
export interface HubRepository {
  /** `owner/name` as the hub spells it. */
  readonly name: string;
  readonly commit: string;
  /** Whether its licence must be accepted before its files are given out. */
  readonly isGated: boolean;
  /** As its model card names it; an empty string if it does not. */
  readonly licence: string;
  /** With size and checksum as the hub states them. */
  readonly files: readonly HubFile[];
}

/** Throws RefusedError (401 also for a repository that does not exist) and what `fetch` throws. */
export async function readHubRepository(
  hub: Hub,
  { repository, revision }: { repository: string; revision: string },
  signal: AbortSignal,
): Promise<HubRepository> {
  const response = await fetch(`${hub.endpoint}/api/models/${repository}/revision/${revision}?blobs=true`, {
    headers: { ...hub.headers, accept: 'application/json' },
    signal: AbortSignal.any([signal, AbortSignal.timeout(30_000)]),
  });
  if (!response.ok) throw RefusedError.of(response);
  const answer = answerSchema.safeParse(await response.json().catch(() => undefined));
  if (!answer.success) throw new Error('its answer is not that of a hub', { cause: answer.error.message });
  const { id, sha, siblings, gated, cardData: card } = answer.data;
  const files = siblings.map(({ rfilename: name, size, blobId, lfs }) => ({
    name,
    url: `${hub.endpoint}/${repository}/resolve/${sha}/${name.split('/').map(encodeURIComponent).join('/')}`,
    headers: hub.headers,
    sizeBytes: lfs?.size ?? size,
    checksum: lfs ? { kind: 'sha256' as const, hex: lfs.sha256 } : { kind: 'git' as const, hex: blobId },
  }));
  const named = id !== undefined && isRepository(id) ? id : repository;
  const licence = [card?.license ?? ''].flat().join(', ');
  return {
    ...{ name: named, commit: sha, isGated: gated !== undefined && gated !== false, files },
    licence: licence === 'other' ? (card?.license_name ?? licence) : licence,
  };
}

/** What the hub's list of models says of one. */
export interface ListedRepository {
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

/** The hub answered, but not as a hub does. */
export class StrangeAnswerError extends Error {}

/**
 * The repositories of text-writing models whose names have these words, those downloaded most often first. Source:
 * huggingface_hub, `HfApi.list_models`. What is not a repository is left out. Throws RefusedError, StrangeAnswerError,
 * and what `fetch` throws.
 */
export async function listHubRepositories(
  hub: Hub,
  { words, most }: { words: string; most: number },
  signal: AbortSignal,
): Promise<ListedRepository[]> {
  const asked = new URLSearchParams({ search: words, pipeline_tag: 'text-generation', sort: 'downloads' });
  asked.set('limit', String(most));
  for (const part of ['config', 'downloads', 'gated', 'gguf', 'library_name', 'safetensors', 'tags'])
    asked.append('expand', part);
  const headers = { ...hub.headers, accept: 'application/json' };
  const response = await fetch(`${hub.endpoint}/api/models?${asked}`, { headers, signal });
  if (!response.ok) throw RefusedError.of(response);
  const listed = z.array(z.unknown()).safeParse(await shortJson(response));
  if (!listed.success) throw new StrangeAnswerError('not a list of models', { cause: listed.error });
  return listed.data.flatMap((each) => {
    const { data } = listedSchema.safeParse(each);
    if (data === undefined || !isRepository(data.id)) return [];
    const { id: name, gated, tags, library_name: library, safetensors, ...facts } = data;
    const licence = tags.find((tag) => tag.startsWith('license:'))?.slice('license:'.length) ?? '';
    const isGated = gated !== undefined && gated !== false;
    return [{ ...facts, name, isGated, licence, tags, library, parameters: safetensors?.total }];
  });
}

/** Thirty models with their chat templates are about a megabyte; parsing much more would hold up the studio. */
const mostAnswerBytes = 8_000_000;

async function shortJson(response: Response): Promise<unknown> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response.body ?? []) {
    bytes += part.length;
    if (bytes > mostAnswerBytes) throw new StrangeAnswerError('too long');
    parts.push(part);
  }
  try {
    return JSON.parse(Buffer.concat(parts).toString());
  } catch (cause) {
    throw new StrangeAnswerError('not JSON', { cause });
  }
}

/** What a model needs, and what accompanies it if it exists. */
const wanted = new Set([
  ...['config.json', 'generation_config.json', 'tokenizer.json', 'tokenizer_config.json', 'special_tokens_map.json'],
  ...['chat_template.jinja', 'README.md', 'LICENSE'],
]);

/**
 * The files that make up a repository's model: its config, tokenizer and safetensors with what accompanies them, or the
 * one GGUF file that is named. Nothing else is ever fetched: no pickles, no code.
 */
export function filesOfModel({ files }: HubRepository, gguf: string | undefined): readonly HubFile[] {
  if (gguf !== undefined) return files.filter(({ name }) => name === gguf && isGgufName(name));
  const isSharded = files.some(({ name }) => name === 'model.safetensors.index.json');
  return files.filter(
    ({ name }) =>
      wanted.has(name) ||
      (isSharded ? /^model(-\d+-of-\d+\.safetensors|\.safetensors\.index\.json)$/ : /^model\.safetensors$/).test(name),
  );
}

/** A GGUF file under a name that any disk takes, and that leads nowhere else. */
export function isGgufName(name: string): boolean {
  return /^(\w[\w.+-]*\/)*\w[\w.+-]*\.gguf$/i.test(name) && name.length <= 200;
}

const hex = (digits: number) => z.string().regex(new RegExp(`^[0-9a-f]{${digits}}$`));

/** A number or a word as the hub has them; anything else counts as not told. */
const amount = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).optional().catch(undefined);
const word = z.string().regex(/^[\w.:+-]{1,80}$/);

const there = z
  .unknown()
  .transform((value) => (value ? {} : undefined))
  .optional();

const listedSchema = z.object({
  id: z.string(),
  gated: z.union([z.boolean(), z.string()]).optional().catch(undefined),
  downloads: amount,
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

/** What is only told, and not needed, must not make a model unreachable. */
const answerSchema = z.object({
  id: z.string().optional().catch(undefined),
  sha: hex(40),
  gated: z.union([z.boolean(), z.string()]).optional().catch(undefined),
  cardData: z
    .object({ license: z.union([z.string(), z.array(z.string())]).optional(), license_name: z.string().optional() })
    .optional()
    .catch(undefined),
  siblings: z.array(
    z.object({
      rfilename: z.string(),
      size: z.number().int().min(0),
      blobId: hex(40),
      lfs: z.object({ sha256: hex(64), size: z.number().int().min(0) }).nullish(),
    }),
  ),
});
