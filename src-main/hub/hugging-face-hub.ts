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

/** What the hub keeps in its repositories, by its word in addresses. */
type RepositoryKind = 'models' | 'datasets';

/** A repository of the hub at a commit. */
export interface HubRepository {
  /** `owner/name` as the hub spells it. */
  readonly name: string;
  readonly commit: string;
  /** Whether its licence must be accepted before its files are given out. */
  readonly isGated: boolean;
  /** As its card names it; an empty string if it does not. */
  readonly licence: string;
  /** Codes such as `en`, as its card names them. */
  readonly languages: readonly string[];
  /** With size and checksum as the hub states them. */
  readonly files: readonly HubFile[];
}

/** Throws RefusedError (401 also for a repository that does not exist) and what `fetch` throws. */
export async function readHubRepository(
  hub: Hub,
  { of = 'models', repository, revision }: { of?: RepositoryKind; repository: string; revision: string },
  signal: AbortSignal,
): Promise<HubRepository> {
  const at = `${of}/${repository}/revision/${encodeURIComponent(revision)}`;
  const response = await fetch(`${hub.endpoint}/api/${at}?blobs=true`, {
    headers: { ...hub.headers, accept: 'application/json' },
    signal: AbortSignal.any([signal, AbortSignal.timeout(30_000)]),
  });
  if (!response.ok) throw RefusedError.of(response);
  const answer = answerSchema.safeParse(await shortJson(response, mostRepositoryBytes).catch(() => undefined));
  if (!answer.success) throw new Error('its answer is not that of a hub', { cause: answer.error.message });
  const { id, sha, siblings, gated, cardData: card } = answer.data;
  const files = siblings.map(({ rfilename: name, size, blobId, lfs }) => ({
    name,
    url: `${hub.endpoint}${of === 'models' ? '' : `/${of}`}/${repository}/resolve/${sha}/${name.split('/').map(encodeURIComponent).join('/')}`,
    headers: hub.headers,
    sizeBytes: lfs?.size ?? size,
    checksum: lfs ? { kind: 'sha256' as const, hex: lfs.sha256 } : { kind: 'git' as const, hex: blobId },
  }));
  const named = id !== undefined && isRepository(id) ? id : repository;
  const licence = [card?.license ?? ''].flat().join(', ');
  return {
    ...{ name: named, commit: sha, isGated: gated !== undefined && gated !== false, files },
    languages: [card?.language ?? []].flat(),
    licence: licence === 'other' ? (card?.license_name ?? licence) : licence,
  };
}

/** The hub answered, but not as a hub does. */
export class StrangeAnswerError extends Error {}

/**
 * A list of the hub's repositories, each as the hub tells it. Source: huggingface_hub, `HfApi.list_models` and
 * `list_datasets`. Throws RefusedError, StrangeAnswerError, and what `fetch` throws.
 */
export async function listHub(
  hub: Hub,
  { of, asked }: { of: RepositoryKind; asked: URLSearchParams },
  signal: AbortSignal,
): Promise<unknown[]> {
  const headers = { ...hub.headers, accept: 'application/json' };
  const response = await fetch(`${hub.endpoint}/api/${of}?${asked}`, { headers, signal });
  if (!response.ok) throw RefusedError.of(response);
  const listed = z.array(z.unknown()).safeParse(await shortJson(response, mostListBytes));
  if (!listed.success) throw new StrangeAnswerError('not a list', { cause: listed.error });
  return listed.data;
}

/** A number or a word as the hub has them; anything else counts as not told. */
export const amount = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).optional().catch(undefined);
export const word = z.string().regex(/^[\w.:+-]{1,80}$/);

/** What every list tells of a repository. */
export const listedShape = {
  id: z.string().refine(isRepository),
  gated: z
    .union([z.boolean(), z.string()])
    .optional()
    .catch(undefined)
    .transform((gated) => gated !== undefined && gated !== false),
  downloads: amount,
};

/** What tags such as `license:mit` say. */
export function tagged(tags: readonly string[], key: string): string[] {
  return tags.filter((tag) => tag.startsWith(`${key}:`)).map((tag) => tag.slice(key.length + 1));
}

/** Thirty models with their chat templates are about a megabyte; parsing much more would hold up the studio. */
const mostListBytes = 8_000_000;

/** Of a hundred thousand files. */
const mostRepositoryBytes = 32_000_000;

async function shortJson(response: Response, mostBytes: number): Promise<unknown> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response.body ?? []) {
    bytes += part.length;
    if (bytes > mostBytes) throw new StrangeAnswerError('too long');
    parts.push(part);
  }
  try {
    return JSON.parse(Buffer.concat(parts).toString());
  } catch (cause) {
    throw new StrangeAnswerError('not JSON', { cause });
  }
}

const hex = (digits: number) => z.string().regex(new RegExp(`^[0-9a-f]{${digits}}$`));

/** What is only told, and not needed, must not make a repository unreachable. */
const answerSchema = z.object({
  id: z.string().optional().catch(undefined),
  sha: hex(40),
  gated: z.union([z.boolean(), z.string()]).optional().catch(undefined),
  cardData: z
    .object({
      license: z
        .union([z.string(), z.array(z.string())])
        .optional()
        .catch(undefined),
      license_name: z.string().optional().catch(undefined),
      language: z
        .union([word, z.array(word)])
        .optional()
        .catch(undefined),
    })
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
