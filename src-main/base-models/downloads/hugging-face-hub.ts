import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { RefusedError, type RemoteFile } from './fetch-file.ts';

/**
 * Where the hub is, and who asks. Honours `HF_ENDPOINT`, `HF_TOKEN`, and the token stored by the hub's own programs.
 */
export interface Hub {
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
}

export async function huggingFaceHub(environment: NodeJS.ProcessEnv): Promise<Hub> {
  const { HF_ENDPOINT, HF_TOKEN, HF_HOME, HF_TOKEN_PATH } = environment;
  const tokenFile = HF_TOKEN_PATH ?? join(HF_HOME ?? join(homedir(), '.cache', 'huggingface'), 'token');
  const token = HF_TOKEN ?? (await readFile(tokenFile, 'utf8').catch(() => '')).trim();
  return {
    endpoint: (HF_ENDPOINT ?? 'https://huggingface.co').replace(/\/+$/, ''),
    headers: token === '' ? {} : { authorization: `Bearer ${token}` },
  };
}

export interface HubFile extends RemoteFile {
  readonly name: string;
}

/** What a model needs, and what accompanies it if it exists. */
const wanted = new Set([
  ...['config.json', 'generation_config.json', 'tokenizer.json', 'tokenizer_config.json', 'special_tokens_map.json'],
  ...['chat_template.jinja', 'README.md', 'LICENSE'],
]);

/**
 * The files of a repository that make up a model, with size and checksum as the hub states them, and the commit they
 * are from. Throws RefusedError (401 and 403 for a licence that was not accepted) and what `fetch` throws.
 */
export async function listHubFiles(
  hub: Hub,
  { repository, revision }: { repository: string; revision: string },
  signal: AbortSignal,
): Promise<{ commit: string; files: HubFile[] }> {
  const response = await fetch(`${hub.endpoint}/api/models/${repository}/revision/${revision}?blobs=true`, {
    headers: { ...hub.headers, accept: 'application/json' },
    signal: AbortSignal.any([signal, AbortSignal.timeout(30_000)]),
  });
  if (!response.ok) throw new RefusedError(response.status);
  const { sha, siblings } = answerSchema.parse(await response.json());
  const files = siblings
    .filter(
      ({ rfilename: name }) => wanted.has(name) || /^model(-\d+-of-\d+)?\.safetensors(\.index\.json)?$/.test(name),
    )
    .map(({ rfilename: name, size, blobId, lfs }) => ({
      name,
      url: `${hub.endpoint}/${repository}/resolve/${sha}/${name}`,
      headers: hub.headers,
      sizeBytes: lfs?.size ?? size,
      checksum: lfs ? { kind: 'sha256' as const, hex: lfs.sha256 } : { kind: 'git' as const, hex: blobId },
    }));
  return { commit: sha, files };
}

const hex = (digits: number) => z.string().regex(new RegExp(`^[0-9a-f]{${digits}}$`));

const answerSchema = z.object({
  sha: hex(40),
  siblings: z.array(
    z.object({
      rfilename: z.string(),
      size: z.number().int().min(0),
      blobId: hex(40),
      lfs: z.object({ sha256: hex(64), size: z.number().int().min(0) }).nullish(),
    }),
  ),
});
