import { readdir } from 'node:fs/promises';
import path from 'node:path';

export interface PageFile {
  /** Path on disk. */
  readonly file: string;
  readonly type: string;
  /** Its name contains a content hash, so browsers may cache it. */
  readonly isImmutable: boolean;
}

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
};

/** Only a checkout of the source can be without it. */
export class PageNotBuilt extends Error {}

/**
 * Lists the files of the built page by their URL path. Only files on this list are ever served, so no requested path
 * can lead out of the folder. Throws PageNotBuilt.
 */
export async function listPageFiles(folder: string): Promise<ReadonlyMap<string, PageFile>> {
  const files = new Map<string, PageFile>();
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((cause) => {
    throw new PageNotBuilt(`There is no page in ${folder}.`, { cause });
  });
  for (const entry of entries) {
    const type = types[path.extname(entry.name)];
    if (!entry.isFile() || type === undefined) continue;
    const file = path.join(entry.parentPath, entry.name);
    const address = `/${path.relative(folder, file).split(path.sep).join('/')}`;
    files.set(address, { file, type, isImmutable: address.startsWith('/assets/') });
  }
  const index = files.get('/index.html');
  if (!index) throw new PageNotBuilt(`There is no index.html in ${folder}.`);
  files.set('/', index);
  return files;
}
