import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { copyFile, mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { z } from 'zod';
import { StudioError } from '../src-contract/errors.ts';
import { because } from '../src-contract/failure-reason.ts';
import type { BackupEvent } from '../src-contract/studio.ts';
import { copyDatabase } from './database/copy-database.ts';

/** Lists a backup's files with their hashes. */
export const manifestName = 'adapter-studio-backup.json';
/** What a data folder can do without: locks, news, half-sent files, the window's own, and what SQLite keeps beside a database. */
const leftOut = /^(locks|news|uploads|downloads|window)(\/|$)|-(wal|shm|journal)$/;

const manifestSchema = z.object({
  format: z.literal('adapter-studio-backup-1'),
  version: z.string(),
  createdAt: z.number(),
  files: z.array(z.object({ path: z.string(), bytes: z.number(), sha256: z.string() })),
});

/**
 * Copies everything that a person made into a new folder at `out`, while the studio goes on: databases as they are at one
 * moment, files as they lie. The list of hashes is written last; a folder without it is no backup.
 * Throws OPTION_INVALID when there is something at `out`.
 */
export async function* backUpDataFolder(
  { dataDir, out, version, now }: { dataDir: string; out: string; version: string; now: number },
  signal: AbortSignal,
): AsyncGenerator<BackupEvent> {
  if (existsSync(out))
    throw new StudioError('OPTION_INVALID', { option: 'out', ...because('PATH_TAKEN', { path: out }) });
  if (`${out}${sep}`.startsWith(`${dataDir}${sep}`)) {
    throw new StudioError('OPTION_INVALID', { option: 'out', ...because('BACKUP_INSIDE') });
  }
  const partial = `${out}.partial`;
  await rm(partial, { recursive: true, force: true });
  try {
    const paths = await filesOf(dataDir);
    const files: z.infer<typeof manifestSchema>['files'] = [];
    for (const [done, path] of paths.entries()) {
      signal.throwIfAborted();
      const to = join(partial, path);
      await mkdir(dirname(to), { recursive: true });
      await copyWhole(join(dataDir, path), to);
      files.push({ path, bytes: (await stat(to)).size, sha256: await sha256(to) });
      yield { kind: 'progress', done: done + 1, total: paths.length };
    }
    const manifest = { format: 'adapter-studio-backup-1', version, createdAt: now, files };
    await writeFile(join(partial, manifestName), `${JSON.stringify(manifest, null, 1)}\n`);
    await rename(partial, out);
    yield {
      kind: 'finished',
      folder: out,
      files: files.length,
      bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    };
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    throw error;
  }
}

/**
 * Makes a data folder out of a backup, every file held against its hash. Throws FILE_NOT_FOUND, FILE_UNREADABLE, and
 * OPTION_INVALID when the data folder holds a studio already: what is there is never written over.
 */
export async function restoreDataFolder(folders: { from: string; dataDir: string }): Promise<{ files: number }> {
  let files = 0;
  for await (const event of restoringDataFolder(folders, new AbortController().signal)) files = event.done;
  return { files };
}

/** As `restoreDataFolder`, telling of each file. What is there of an aborted one is no studio: its database comes last. */
export async function* restoringDataFolder(
  { from, dataDir }: { from: string; dataDir: string },
  signal: AbortSignal,
): AsyncGenerator<Extract<BackupEvent, { kind: 'progress' }>> {
  const manifest = await readManifest(from);
  if (existsSync(join(dataDir, 'studio.sqlite'))) {
    throw new StudioError('OPTION_INVALID', {
      option: 'home',
      ...because('BACKUP_HOME_TAKEN', { folder: dataDir }),
    });
  }
  await mkdir(dataDir, { recursive: true });
  // The database last: a folder without it is empty to the studio.
  const files = manifest.files.toSorted(
    (a, b) => Number(a.path === 'studio.sqlite') - Number(b.path === 'studio.sqlite'),
  );
  for (const [place, { path, sha256: expected }] of files.entries()) {
    signal.throwIfAborted();
    // A path in a list that somebody else may have written must stay inside.
    if (path.split(/[\\/]/).some((part) => part === '..' || part === '') || /^[A-Za-z]:/.test(path)) {
      throw new StudioError('FILE_UNREADABLE', { file: manifestName, ...because('BACKUP_PATH_OUTSIDE', { path }) });
    }
    const to = join(dataDir, path);
    await mkdir(dirname(to), { recursive: true });
    await copyFile(join(from, path), `${to}.partial`);
    if ((await sha256(`${to}.partial`)) !== expected) {
      await rm(`${to}.partial`, { force: true });
      throw new StudioError('FILE_UNREADABLE', {
        file: join(from, path),
        ...because('BACKUP_CHANGED'),
      });
    }
    await rename(`${to}.partial`, to);
    yield { kind: 'progress', done: place + 1, total: files.length };
  }
}

/** When a backup was made and what it weighs; undefined where there is none. */
export async function readBackup(
  folder: string,
): Promise<{ createdAt: number; bytes: number; files: number } | undefined> {
  if (!existsSync(join(folder, manifestName))) return undefined;
  const manifest = await readManifest(folder).catch(() => undefined);
  if (manifest === undefined) return undefined;
  const { createdAt, files } = manifest;
  return { createdAt, files: files.length, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) };
}

async function readManifest(from: string) {
  const file = join(from, manifestName);
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new StudioError('FILE_NOT_FOUND', { file }, { cause });
  });
  try {
    return manifestSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new StudioError('FILE_UNREADABLE', { file, ...because('BACKUP_LIST_UNKNOWN') }, { cause });
  }
}

async function filesOf(dataDir: string): Promise<string[]> {
  const entries = await readdir(dataDir, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(dataDir, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => !leftOut.test(path))
    .sort();
}

async function copyWhole(from: string, to: string): Promise<void> {
  if (await isDatabase(from)) await copyDatabase(from, to);
  else await copyFile(from, to);
}

async function isDatabase(file: string): Promise<boolean> {
  const handle = await open(file);
  try {
    const { buffer } = await handle.read(Buffer.alloc(16), 0, 16, 0);
    return buffer.toString('latin1') === 'SQLite format 3\0';
  } finally {
    await handle.close();
  }
}

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
