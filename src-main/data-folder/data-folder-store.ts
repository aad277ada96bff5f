import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { z } from 'zod';
import { StudioError } from '../../src-contract/errors.ts';
import { because } from '../../src-contract/failure-reason.ts';
import { fileSignatures } from '../../src-contract/file-signature.ts';
import type { BackupEvent } from '../../src-contract/studio.ts';
import { copyDatabase } from '../database/copy-database.ts';
import { ProcessLock } from '../database/process-lock.ts';
import { orDiskOrDatabaseFull } from '../files/disk-or-database-full.ts';
import { firstBytes } from '../files/first-bytes.ts';
import { makeFolder, ownerOnly, requireForDatabase } from '../files/make-folder.ts';
import { readNote, writeNote } from '../files/note.ts';
import { copyFile, readInto } from '../files/synced-file.ts';
import { isUnfinishedPath, nameWhole, removeUnfinished, unfinishedPath } from '../files/unfinished-path.ts';
import { orUnwritable } from '../files/unwritable.ts';
import { isLeftOf } from '../files/write-whole.ts';
import { copyNotes, forgetCopies, noteCopy } from './copy-note.ts';
import { reserveName } from './disk-reserve.ts';

/** Lists a backup's files with their hashes. */
export const manifestName = 'adapter-studio-backup.json';
const databaseName = 'studio.sqlite';
/** In a folder that is being restored, what is being written; removed once the database, the last of it, is there. */
const restoringName = 'adapter-studio-restoring.json';
/**
 * What a data folder can do without: locks, news, notes of copies, partial uploads, datasets of the hub that were not imported yet,
 * the disk reserve, the window's own files, which folder was opened, and SQLite's files beside a database. Some disks tell no letters
 * apart by their case.
 */
const leftOut = new RegExp(
  `^(locks|news|${copyNotes}|uploads|downloads|dataset-downloads|unpacked|window|${reserveName}|opened-folder\\.json)([\\\\/]|$)|-(wal|shm|journal)$`,
  'i',
);

const manifestSchema = z.object({
  format: z.literal('adapter-studio-backup-1'),
  version: z.string(),
  createdAt: z.number(),
  files: z.array(z.object({ path: z.string(), bytes: z.number(), sha256: z.string() })),
});

/**
 * Copies everything that a person made into a new folder at `out` while the studio is running: databases as a snapshot,
 * files as they are. The list of hashes is written last; a folder without it is not a backup. Throws OUT_UNUSABLE
 * when something is at `out`, and STUDIO_BUSY when the changes do not stop.
 */
export async function* backUpDataFolder(
  { dataDir, out, version, now }: { dataDir: string; out: string; version: string; now: number },
  signal: AbortSignal,
): AsyncGenerator<BackupEvent> {
  if (`${out}${sep}`.startsWith(`${dataDir}${sep}`)) {
    throw new StudioError('OUT_UNUSABLE', because('BACKUP_INSIDE'));
  }
  const partial = await unfinishedPath(out);
  for (const path of await filesOf(dataDir))
    if (path.endsWith('.sqlite')) requireForDatabase(join(partial, path), { option: 'out', path: out });
  await using _ = await noteCopy(dataDir, partial);
  try {
    let files: BackedUp[] | undefined;
    for (let round = 0; files === undefined; round++) {
      if (round === mostRounds) throw new StudioError('STUDIO_BUSY', {});
      await rm(partial, { recursive: true, force: true });
      await mkdir(partial, ownerOnly);
      files = yield* copyingStudio({ dataDir, to: partial }, signal);
    }
    const manifest = { format: 'adapter-studio-backup-1', version, createdAt: now, files };
    await writeFile(join(partial, manifestName), `${JSON.stringify(manifest, null, 1)}\n`, { flush: true });
    await nameWhole(partial, out);
    yield {
      kind: 'finished',
      folder: out,
      files: files.length,
      bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    };
  } catch (error) {
    throw await knownAt(out, error, dataDir);
  } finally {
    await removeUnfinished(partial);
  }
}

type Progress = Extract<BackupEvent, { kind: 'progress' }>;
type BackedUp = z.infer<typeof manifestSchema>['files'][number];

/** What the studio's database may name: an adapter, the rows of a dataset, the weights of a base model. */
const named = /^(adapters\/|datasets\/[^/]+\/rows\.sqlite$|base-models\/[0-9a-z]{20}\/)/;

/**
 * The studio's database first: the files that it names exist already, and later ones it does not know. Returns
 * undefined when files that it may name have disappeared meanwhile: an adapter was trained further, or a dataset was
 * deleted.
 */
async function* copyingStudio(
  { dataDir, to }: { dataDir: string; to: string },
  signal: AbortSignal,
): AsyncGenerator<Progress, BackedUp[] | undefined> {
  const before = await filesOf(dataDir);
  const files: BackedUp[] = [];
  const copy = async (path: string) => {
    const isThere = await copyWhole(join(dataDir, path), join(to, path), signal);
    if (!isThere) return false;
    files.push({ path, bytes: (await stat(join(to, path))).size, sha256: await sha256(join(to, path), signal) });
    return true;
  };
  await copy(databaseName);
  const paths = [...new Set([databaseName, ...before, ...(await filesOf(dataDir))])];
  const isNamedAndGone = (path: string) => named.test(path) && !existsSync(join(dataDir, path));
  for (const [place, path] of paths.entries()) {
    signal.throwIfAborted();
    if (path !== databaseName && !(await copy(path)) && isNamedAndGone(path)) return undefined;
    yield { kind: 'progress', done: place + 1, total: paths.length };
  }
  return files;
}

/**
 * Copies a data folder to be carried on with at `out`. Whatever changes meanwhile, in any process, is copied again until
 * the copy matches. Returns what is to be called once nobody has the folder open any more: it copies what has changed
 * since then, and gives the copy its name. Throws OUT_UNUSABLE when something is at `out`, what `expectRest` throws,
 * and STUDIO_BUSY when the changes do not stop; then nothing of the copy is left, nor if the process is killed.
 */
export async function* movingDataFolder(
  { dataDir, out, expectRest }: { dataDir: string; out: string; expectRest: () => void },
  signal: AbortSignal,
): AsyncGenerator<Progress, () => Promise<void>> {
  const partial = await unfinishedPath(out);
  const note = await noteCopy(dataDir, partial);
  const job = { dataDir, to: partial, copied: new Map() as CopiedStates };
  const clear = async () => {
    await removeUnfinished(partial);
    await note[Symbol.asyncDispose]();
  };
  let isCopied = false;
  try {
    await mkdir(partial, ownerOnly);
    yield* followingChanges({ ...job, expectRest }, signal);
    expectRest();
    isCopied = true;
  } catch (error) {
    throw await knownAt(out, error, dataDir);
  } finally {
    if (!isCopied) await clear();
  }
  return async () => {
    try {
      for await (const _ of followingChanges({ ...job, expectRest: () => {} }, new AbortController().signal));
      await nameWhole(partial, out);
    } catch (error) {
      throw await knownAt(out, error, dataDir);
    } finally {
      await clear();
    }
  };
}

/** What each file was like when it was copied, by path. */
type CopiedStates = Map<string, string>;

/** Copies what differs from `copied`, in rounds, until nothing does. */
async function* followingChanges(
  job: { dataDir: string; to: string; copied: CopiedStates; expectRest: () => void },
  signal: AbortSignal,
): AsyncGenerator<Progress> {
  const { dataDir, to, copied, expectRest } = job;
  for (let round = 0; ; round++) {
    const states = await statesOf(dataDir);
    for (const path of [...copied.keys()].filter((each) => !states.has(each))) {
      await rm(join(to, path), { force: true });
      copied.delete(path);
    }
    const changed = [...states].filter(([path, state]) => copied.get(path) !== state);
    if (changed.length === 0) return;
    if (round === mostRounds) throw new StudioError('STUDIO_BUSY', {});
    for (const [place, [path, state]] of changed.entries()) {
      signal.throwIfAborted();
      expectRest();
      await rm(join(to, path), { force: true });
      // A file that has gone is noticed in the next round, if it matters.
      if (await copyWhole(join(dataDir, path), join(to, path), signal)) copied.set(path, state);
      yield { kind: 'progress', done: place + 1, total: changed.length };
    }
  }
}

/** A person clicking through rows meanwhile makes a change a second; each round takes less time than the one before. */
const mostRounds = 10;

/** A fingerprint of each file's state, by path; SQLite's log beside a database is part of it. */
async function statesOf(dataDir: string): Promise<Map<string, string>> {
  const states = new Map<string, string>();
  for (const path of await filesOf(dataDir)) {
    const [file, log] = [await stateOf(join(dataDir, path)), await stateOf(join(dataDir, `${path}-wal`))];
    if (file !== '') states.set(path, `${file} ${log}`);
  }
  return states;
}

async function stateOf(file: string): Promise<string> {
  const facts = await stat(file, { bigint: true }).catch(() => undefined);
  // Merely reading a database creates an empty log.
  return facts === undefined || facts.size === 0n ? '' : `${facts.size} ${facts.mtimeNs}`;
}

/**
 * Restores a data folder from a backup, checking every file against its hash. Throws FILE_NOT_FOUND, BACKUP_DAMAGED,
 * and OPTION_INVALID when the data folder is not empty: nothing there is ever overwritten.
 */
export async function restoreDataFolder(folders: { from: string; dataDir: string }): Promise<{ files: number }> {
  let files = 0;
  for await (const event of restoringDataFolder(folders, new AbortController().signal)) files = event.done;
  return { files };
}

/**
 * Like `restoreDataFolder`, reporting each file. Nothing is left of one that fails or is aborted; what is left of one
 * whose process was killed is removed first.
 */
export async function* restoringDataFolder(
  { from, dataDir }: { from: string; dataDir: string },
  signal: AbortSignal,
): AsyncGenerator<Progress> {
  const manifest = await readManifest(from);
  const isCutOff = existsSync(join(dataDir, restoringName));
  if (!isCutOff) await expectEmpty(dataDir);
  const firstMade = makeFolder(dataDir, 'home');
  const locks = join(dataDir, 'locks');
  let lock: ProcessLock | undefined;
  const made = new Set<string>();
  // The database last: if the process is killed, a folder without it is not a studio.
  const files = manifest.files
    // No backup has them: somebody else's list could say which folder the next start opens.
    .filter(({ path }) => !leftOut.test(path))
    .toSorted((a, b) => Number(a.path === databaseName) - Number(b.path === databaseName));
  const bytesInAll = files.reduce((sum, { bytes }) => sum + bytes, 0);
  let isWhole = false;
  try {
    await mkdir(locks, { recursive: true });
    lock = new ProcessLock(locks);
    // Another process may be restoring into it.
    if (!lock.isAlone()) throw homeTaken('BACKUP_HOME_NOT_EMPTY', dataDir);
    if (isCutOff) {
      await removeCutOffRestore(dataDir);
      await expectEmpty(dataDir);
    }
    const before = new Set(await readdir(dataDir));
    const written = files.map(({ path }) => path).filter((path) => !before.has(topOf(path)));
    made.add(restoringName);
    await writeNote(join(dataDir, restoringName), { files: written });
    for (const [place, { path, sha256: expected }] of files.entries()) {
      signal.throwIfAborted();
      const top = topOf(path);
      if (!before.has(top)) {
        made.add(top);
        await restoreFile(join(from, path), join(dataDir, path), { expected, signal });
      }
      yield { kind: 'progress', done: place + 1, total: files.length };
    }
    await rm(join(dataDir, restoringName));
    isWhole = true;
  } catch (cause) {
    signal.throwIfAborted();
    const full = orDiskOrDatabaseFull(cause, dirname(dataDir), bytesInAll);
    throw orUnwritable(full, { option: 'home', path: dataDir });
  } finally {
    lock?.release();
    // A studio that is opened there makes it again.
    await rmdir(locks).catch(() => undefined);
    if (!isWhole) {
      for (const name of made) await rm(join(dataDir, name), { recursive: true, force: true });
      // One in which another program has put something stays; what went wrong is the answer.
      if (firstMade !== undefined) await rmdir(dataDir).catch(() => undefined);
    }
  }
}

/**
 * The first part of a path in a backup. Throws BACKUP_DAMAGED for one that leads outside the folder, is the folder or is too long:
 * somebody else may have written the list.
 */
function topOf(path: string): string {
  const [top = '', ...rest] = path.split(/[\\/]/);
  const isName = (part: string) => !/^\.{0,2}$/.test(part) && Buffer.byteLength(part) <= mostNameBytes;
  if (![top, ...rest].every(isName) || /^[A-Za-z]:|\0/.test(path)) {
    throw new StudioError('BACKUP_DAMAGED', { file: manifestName, ...because('BACKUP_PATH_OUTSIDE', { path }) });
  }
  return top;
}

/** Disks take 255 bytes; while it is written, a file has an ending of its own. */
const mostNameBytes = 255 - '.partial'.length;

/**
 * What a folder is: the studio's, also where a restore was cut off, another that holds something, or one in which a data
 * folder can be made.
 */
export function folderKind(path: string): 'studio' | 'other' | 'empty' | 'none' {
  if (!existsSync(path)) return 'none';
  const names = readdirSync(path);
  if (names.includes(databaseName) || names.includes(restoringName)) return 'studio';
  return names.length > 0 ? 'other' : 'empty';
}

/** Throws RESTORE_CUT_OFF for a folder in which a restore has not come to its end. */
export async function expectRestored(dataDir: string): Promise<void> {
  const note = join(dataDir, restoringName);
  if (!existsSync(note)) return;
  if (!existsSync(join(dataDir, databaseName))) throw new StudioError('RESTORE_CUT_OFF', { folder: dataDir });
  // The database is the last file; only the note was still to be removed.
  await rm(note);
}

/** Removes what a restore whose process was killed has left in a folder, and nothing else. False if there is none. */
async function removeCutOffRestore(folder: string): Promise<boolean> {
  const note = await readNote(join(folder, restoringName), z.object({ files: z.array(z.string()) }));
  if (note === undefined || existsSync(join(folder, databaseName))) return false;
  const folders = new Set<string>();
  for (const path of note.files) {
    topOf(path);
    for (const each of [path, `${path}.partial`]) await rm(join(folder, each), { force: true });
    for (let inside = dirname(path); inside !== '.'; inside = dirname(inside)) folders.add(inside);
  }
  // The inner ones first. One in which another program has put something stays.
  const inner = [...folders].toSorted((a, b) => b.length - a.length);
  for (const each of inner) await rmdir(join(folder, each)).catch(() => undefined);
  await rm(join(folder, restoringName));
  return true;
}

/**
 * Removes what killed processes have left of backups, moves, restores and exports elsewhere. To be called only when no other
 * process is running.
 */
export async function clearCutOffCopies(dataDir: string): Promise<void> {
  await forgetCopies(dataDir, async (path) => {
    if (isUnfinishedPath(path)) return removeUnfinished(path);
    if (!(await removeCutOffRestore(path))) return;
    // A restore on a page makes a new folder. What is left in it is the lock of the killed process.
    await rm(join(path, 'locks'), { recursive: true, force: true });
    await rmdir(path).catch(() => undefined);
  });
}

async function restoreFile(
  from: string,
  to: string,
  { expected, signal }: { expected: string; signal: AbortSignal },
): Promise<void> {
  const partial = `${to}.partial`;
  try {
    await mkdir(dirname(to), { recursive: true });
    await copyFile(from, partial, signal);
    if ((await sha256(partial, signal)) !== expected) {
      throw new StudioError('BACKUP_DAMAGED', { file: from, ...because('BACKUP_CHANGED') });
    }
    await rename(partial, to);
  } catch (cause) {
    await rm(partial, { force: true });
    if (!signal.aborted && !existsSync(from)) throw new StudioError('FILE_NOT_FOUND', { file: from }, { cause });
    throw cause;
  }
}

/** Throws OPTION_INVALID when a folder is not empty. */
async function expectEmpty(folder: string): Promise<void> {
  const names: readonly string[] = await readdir(folder).catch(() => []);
  const isLeft = (name: string) => [openedName, restoringName].some((own) => isLeftOf(own, name));
  if (names.every((name) => countsAsNothing.has(name) || isLeft(name))) return;
  throw homeTaken(names.includes(databaseName) ? 'BACKUP_HOME_TAKEN' : 'BACKUP_HOME_NOT_EMPTY', folder);
}

function homeTaken(code: 'BACKUP_HOME_TAKEN' | 'BACKUP_HOME_NOT_EMPTY', folder: string): StudioError {
  return new StudioError('OPTION_INVALID', { option: 'home', ...because(code, { folder }) });
}

/** What the default data folder holds before there is a studio in it, and what systems put into a new one. */
const openedName = 'opened-folder.json';
const countsAsNothing = new Set([
  openedName,
  'window',
  '.DS_Store',
  'lost+found',
  // Of a restore whose process was killed.
  'locks',
]);

/** When a backup was made and its size; undefined if there is none. */
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
    throw new StudioError('FILE_NOT_FOUND', { file: existsSync(from) ? file : from }, { cause });
  });
  try {
    return manifestSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new StudioError('BACKUP_DAMAGED', { file, ...because('BACKUP_LIST_UNKNOWN') }, { cause });
  }
}

/** The files within a folder of the data folder, or in all of it. */
async function filesOf(dataDir: string, within = ''): Promise<string[]> {
  const entries = await readdir(join(dataDir, within), { withFileTypes: true }).catch(
    (error: NodeJS.ErrnoException) => {
      // Removed since it was listed, such as one that is renamed once its adapter is complete.
      if (within !== '' && error.code === 'ENOENT') return [];
      throw error;
    },
  );
  const files: string[] = [];
  for (const entry of entries) {
    const path = within === '' ? entry.name : `${within}/${entry.name}`;
    if (leftOut.test(path)) continue;
    if (entry.isDirectory()) files.push(...(await filesOf(dataDir, path)));
    else if (entry.isFile()) files.push(path);
  }
  return files.sort();
}

/** What went wrong with a copy of the data folder at `out`. */
async function knownAt(out: string, error: unknown, dataDir: string): Promise<unknown> {
  const full = orDiskOrDatabaseFull(error, dirname(out), await bytesOf(dataDir));
  return orUnwritable(full, { option: 'out', path: out });
}

/** The size of a copy of the data folder; undefined if that cannot be determined. */
async function bytesOf(dataDir: string): Promise<number | undefined> {
  try {
    const sizes = (await filesOf(dataDir)).map(async (path) => (await stat(join(dataDir, path))).size);
    return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  } catch {
    return undefined;
  }
}

/** False if the file has gone, or belongs to a dataset being imported: the copied database does not rely on it. */
async function copyWhole(from: string, to: string, signal: AbortSignal): Promise<boolean> {
  await mkdir(dirname(to), { recursive: true });
  try {
    if (await isDatabase(from)) await copyDatabase(from, to, signal);
    else await copyFile(from, to, signal);
    return existsSync(to);
  } catch (error) {
    signal.throwIfAborted();
    if (existsSync(from)) throw error;
    await rm(to, { force: true });
    return false;
  }
}

async function isDatabase(file: string): Promise<boolean> {
  const { SQLITE } = fileSignatures;
  return (await firstBytes(file, SQLITE.length)) === SQLITE;
}

async function sha256(path: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  await readInto(path, { hash, signal });
  return hash.digest('hex');
}
