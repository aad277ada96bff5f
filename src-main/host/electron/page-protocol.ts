import { readFile } from 'node:fs/promises';
import type { PageFile } from '../page-files.ts';
import { pageHeaders } from '../page-headers.ts';
import { pageOrigin } from './page-guard.ts';

/** Answers `app://studio/…` from the list of the built page's files. */
export async function answerPage(request: Request, files: ReadonlyMap<string, PageFile>): Promise<Response> {
  if (request.method !== 'GET') return new Response(null, { status: 405, headers: pageHeaders });
  const [address = ''] = request.url.slice(pageOrigin.length).split(/[?#]/, 1);
  const found = request.url.startsWith(`${pageOrigin}/`) ? files.get(address) : undefined;
  if (!found) return new Response(null, { status: 404, headers: pageHeaders });
  return new Response(await readFile(found.file), { headers: { ...pageHeaders, 'content-type': found.type } });
}
