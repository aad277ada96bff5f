import { copyFile, link, readFile, rename, stat, symlink, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { makeFolder } from '../../files/make-folder.ts';
import { readModelFolder } from '../model-folder.ts';

/**
 * The folder in which Hugging Face's own programs keep their downloads: `models--<owner>--<name>` with `blobs` named by
 * checksum, `snapshots/<commit>` of links to them, and `refs`. Source: huggingface_hub, docs "Understand caching".
 */
export function huggingFaceCache(environment: NodeJS.ProcessEnv): string {
  const { HF_HUB_CACHE, HUGGINGFACE_HUB_CACHE, HF_HOME, XDG_CACHE_HOME } = environment;
  const home = HF_HOME ?? join(XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'huggingface');
  return HF_HUB_CACHE ?? HUGGINGFACE_HUB_CACHE ?? join(home, 'hub');
}

/**
 * Where a model is in the cache: the folder of its repository at a commit, or at what was its main branch, if that is
 * complete; or the one GGUF file that is asked for.
 */
export async function findInCache(
  cache: string,
  { repository, revision, file, sizeBytes }: { repository: string; revision: string; file?: string; sizeBytes: number },
): Promise<string | undefined> {
  const home = join(cache, folderName(repository));
  const main = await readFile(join(home, 'refs', 'main'), 'utf8').catch(() => '');
  for (const commit of [revision, main.trim()]) {
    // A bare commit hash: the content of a file must not lead out of the cache.
    if (!/^[0-9a-f]{40}$/.test(commit)) continue;
    const snapshot = join(home, 'snapshots', commit);
    if (file === undefined) {
      if (await isWhole(snapshot)) return snapshot;
    } else if ((await stat(join(snapshot, file)).catch(() => undefined))?.size === sizeBytes) {
      return join(snapshot, file);
    }
  }
  return undefined;
}

/**
 * Whether its weights, in one file or in every shard that its index names, and everything else a model needs are there.
 */
async function isWhole(snapshot: string): Promise<boolean> {
  try {
    await readModelFolder(snapshot);
    return true;
  } catch {
    return false;
  }
}

/**
 * Puts a downloaded file into the cache, where other programs find it: linked if the disk can, otherwise copied. Throws
 * OUT_UNUSABLE.
 */
export async function putIntoCache(
  cache: string,
  at: { repository: string; commit: string; file: string; checksum: string },
  path: string,
): Promise<void> {
  const home = join(cache, folderName(at.repository));
  const blob = join(home, 'blobs', at.checksum);
  const entry = join(home, 'snapshots', at.commit, at.file);
  const main = join(home, 'refs', 'main');
  for (const path of [blob, entry, main]) makeFolder(dirname(path), 'out');
  if ((await stat(blob).catch(() => undefined)) === undefined) {
    const partial = `${blob}.${process.pid}.incomplete`;
    await link(path, partial).catch(() => copyFile(path, partial));
    await rename(partial, blob);
  }
  // Windows allows symlinks only to some; a copy serves as well there.
  await symlink(relative(dirname(entry), blob), entry).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') await copyFile(blob, entry);
  });
  await writeFile(main, at.commit, { flag: 'wx' }).catch(() => undefined);
}

function folderName(repository: string): string {
  return basename(`models--${repository.replaceAll('/', '--')}`);
}
