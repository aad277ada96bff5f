import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { RefusedError } from '../../hub/fetch-file.ts';
import type { PipSettings } from './pip-settings.ts';

/** Where a package's file is. */
export type PackagePlace =
  | { readonly kind: 'folder'; readonly path: string }
  | { readonly kind: 'web'; readonly url: string; readonly headers: Readonly<Record<string, string>> };

/**
 * Looks for a file of a Python package where pip would: in its folders, then in its indexes, by the simple API (PEP 503
 * and its JSON form, PEP 691). Throws RefusedError, what `fetch` throws, and an Error if no index has the file.
 */
export async function findPackageFile(
  wheel: { package: string; file: string },
  { folders, indexes }: PipSettings,
  signal: AbortSignal,
): Promise<PackagePlace> {
  for (const folder of folders) {
    const path = join(folder, wheel.file);
    if ((await stat(path).catch(() => undefined))?.isFile()) return { kind: 'folder', path };
  }
  let failure: unknown = new Error('no package index is set');
  for (const index of indexes) {
    try {
      return await findInIndex(index, wheel, signal);
    } catch (error) {
      if (signal.aborted) throw error;
      failure = error;
    }
  }
  throw failure;
}

async function findInIndex(
  index: string,
  wheel: { package: string; file: string },
  signal: AbortSignal,
): Promise<PackagePlace> {
  const { address, headers } = withoutCredentials(index);
  const name = wheel.package.toLowerCase().replace(/[-_.]+/g, '-');
  const response = await fetch(`${address.replace(/\/+$/, '')}/${name}/`, {
    headers: { ...headers, accept: 'application/vnd.pypi.simple.v1+json, text/html;q=0.5' },
    signal: AbortSignal.any([signal, AbortSignal.timeout(30_000)]),
  });
  if (!response.ok) throw new RefusedError(response.status);
  const isJson = response.headers.get('content-type')?.includes('json') ?? false;
  const link = isJson ? linkInJson(await response.json(), wheel.file) : linkInPage(await response.text(), wheel.file);
  if (link === undefined) throw new Error(`the package index has no ${wheel.file}`);
  const found = new URL(link, response.url);
  if (!/^https?:$/.test(found.protocol))
    throw new Error('the package index points to something other than a web address');
  // The name and password are for the index itself, not for other origins that it points to.
  return { kind: 'web', url: found.href, headers: found.origin === new URL(address).origin ? headers : {} };
}

function linkInJson(answer: unknown, file: string): string | undefined {
  const { files } = answerSchema.parse(answer);
  return files.find(({ filename }) => filename === file)?.url;
}

const answerSchema = z.object({ files: z.array(z.object({ filename: z.string(), url: z.string() })) });

function linkInPage(page: string, file: string): string | undefined {
  for (const [, link = ''] of page.matchAll(/<a\b[^>]*?href\s*=\s*["']([^"']+)["']/gi)) {
    const plain = link.replaceAll('&amp;', '&').split('#')[0] ?? '';
    if (decodeURIComponent(plain.split('?')[0]?.split('/').at(-1) ?? '') === file) return plain;
  }
  return undefined;
}

/** `fetch` rejects URLs with a name and password; they go into a header. */
function withoutCredentials(index: string): { address: string; headers: Record<string, string> } {
  const url = new URL(index);
  const pair = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  url.username = '';
  url.password = '';
  const headers: Record<string, string> =
    pair === ':' ? {} : { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
  return { address: url.href, headers };
}
