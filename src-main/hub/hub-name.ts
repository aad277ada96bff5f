/** A model on the Hugging Face hub, as a person names it. */
export interface HubName {
  /** `owner/name`. */
  readonly repository: string;
  /** One of its GGUF files, or what tells it from the others, such as `Q4_K_M`. */
  readonly file: string | undefined;
}

/**
 * Reads `owner/name`, `owner/name:FILE`, and the addresses of a model's page and of its files, on the hub or on the one
 * that takes its place. Undefined for anything else.
 */
export function hubNameOf(text: string, endpoint: string): HubName | undefined {
  const onHub = pathOnHub(text, endpoint);
  if (onHub === undefined && text.includes('://')) return undefined;
  const path = onHub ?? text.trim();
  const [, repository, file] =
    /^([^/:]+\/[^/:]+)(?::(.+)|\/(?:blob|resolve)\/main\/(.+)|\/tree\/main)?$/
      .exec(path)
      ?.flatMap((part) => part ?? []) ?? [];
  return repository !== undefined && isRepository(repository) ? { repository, file } : undefined;
}

/** The path of an address on the hub, or on the one that takes its place, decoded; undefined for any other text. */
export function pathOnHub(text: string, endpoint: string): string | undefined {
  const hosts = ['huggingface.co', 'www.huggingface.co', 'hf.co', URL.parse(endpoint)?.host];
  const [, host, rest = ''] = /^(?:https?:\/\/)?([^/]+)\/(.*)$/.exec(text.trim()) ?? [];
  if (host === undefined || !hosts.includes(host.toLowerCase())) return undefined;
  return decoded(rest.split(/[?#]/)[0] ?? '').replace(/\/+$/, '');
}

/** As the hub allows them. Source: huggingface_hub, `validate_repo_id`. */
export function isRepository(text: string): boolean {
  return /^[\w.-]{1,96}\/[\w.-]{1,96}$/.test(text) && !/--|\.\.|(^|\/)[-.]|[-.](\/|$)/.test(text);
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
