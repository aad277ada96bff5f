import { createWriteStream } from 'node:fs';
import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { StudioError } from '../../../src-contract/errors.ts';
import { because } from '../../../src-contract/failure-reason.ts';
import { fileSignatures } from '../../../src-contract/file-signature.ts';
import { notSqlite } from '../../../src-contract/not-sqlite.ts';
import { firstBytes } from '../../files/first-bytes.ts';
import { notAFile } from '../../files/require-file.ts';
import { copyFile } from '../../files/synced-file.ts';
import { fileName } from '../readers/file-survey.ts';
import { listZip, readEntry } from '../readers/zip-archive.ts';
import { databaseFileName, databasesFolder, forAllRowsFile } from './attached-database.ts';
import { databaseEnding } from './database-ending.ts';

/** By name without extension, functions that copy a database to a path. */
type Databases = ReadonlyMap<string, (target: string, signal: AbortSignal | undefined) => Promise<void>>;

/** Copies the databases that a dataset's rows need into the dataset's own folder, each when the first row needs it. */
export class DatabaseCopier {
  readonly #target: string;
  readonly #databases: Databases;
  readonly #single: string | undefined;
  readonly #signal: AbortSignal | undefined;
  readonly #copied = new Set<string>();
  #rowsOfOthers = 0;

  private constructor(
    target: string,
    { databases, single, signal }: { databases: Databases; single?: string; signal: AbortSignal | undefined },
  ) {
    this.#target = target;
    this.#databases = databases;
    this.#single = single;
    this.#signal = signal;
  }

  /**
   * `source` is a single SQLite file, which then serves all rows, or a folder or ZIP archive of files named after the
   * rows' databases. Throws FILE_NOT_FOUND, FILE_UNREADABLE, DATABASE_ATTACHED_INVALID, ARCHIVE_UNSAFE.
   */
  static async open(
    source: { path: string; name: string },
    datasetFolder: string,
    signal?: AbortSignal,
  ): Promise<DatabaseCopier> {
    const facts = await stat(source.path).catch((cause: unknown) => {
      throw new StudioError('FILE_NOT_FOUND', { file: source.name }, { cause });
    });
    const target = databasesFolder(datasetFolder);
    if (facts.isDirectory()) return new DatabaseCopier(target, { databases: await ofFolder(source), signal });
    if (!facts.isFile()) throw notAFile(source.name);
    if ((await firstBytes(source.path, fileSignatures.ZIP.length)) === fileSignatures.ZIP) {
      return new DatabaseCopier(target, { databases: await ofArchive(source), signal });
    }
    await requireSqlite(source.path, source.name);
    const name = withoutEnding(source.name);
    return new DatabaseCopier(target, { databases: new Map([[name, copyOf(source.path)]]), single: name, signal });
  }

  get hasCopied(): boolean {
    return this.#copied.size > 0;
  }

  /**
   * `file`: the database for a row's query; null if there is no file for it. `name`: the name that the row should
   * carry, which stays its own if a single file serves all rows. With `groupFirst`, the group takes precedence over the
   * row's own name.
   */
  async take(
    row: { readonly database: string | null; readonly group: string | null },
    { groupFirst }: { readonly groupFirst: boolean } = { groupFirst: false },
  ): Promise<{ readonly file: string | null; readonly name: string | null }> {
    if (this.#single !== undefined) {
      if (row.database !== null && row.database.normalize() !== this.#single) this.#rowsOfOthers++;
      await this.#copy(this.#single);
      return { file: this.#single, name: row.database };
    }
    const names = groupFirst ? [row.group, row.database] : [row.database, row.group];
    const wanted = names.flatMap((name) => name?.normalize() ?? []).find((name) => this.#databases.has(name)) ?? null;
    if (wanted === null) return { file: null, name: row.database };
    await this.#copy(wanted);
    return { file: wanted, name: wanted };
  }

  /** Call once, after the last row. */
  async finish(): Promise<void> {
    if (this.#single === undefined || !this.hasCopied) return;
    await writeFile(forAllRowsFile(this.#target), JSON.stringify({ rowsOfOthers: this.#rowsOfOthers }), {
      flush: true,
    });
  }

  async #copy(wanted: string): Promise<void> {
    if (this.#copied.has(wanted)) return;
    const copy = this.#databases.get(wanted);
    if (!copy) return;
    await mkdir(this.#target, { recursive: true });
    await copy(join(this.#target, databaseFileName(wanted)), this.#signal);
    this.#copied.add(wanted);
  }
}

/** The databases in the folder and its subfolders. */
async function ofFolder(folder: { path: string; name: string }): Promise<Databases> {
  const found = (await readdir(folder.path, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && databaseEnding.test(entry.name))
    .map(({ parentPath, name }) => [withoutEnding(name), copyOf(join(parentPath, name))] as const);
  if (found.length === 0) throw noDatabases(folder.name, 'folder');
  return new Map(found);
}

async function ofArchive(archive: { path: string; name: string }): Promise<Databases> {
  const entries = (await listZip(archive.path, archive.name)).filter(({ name }) => databaseEnding.test(name));
  if (entries.length === 0) throw noDatabases(archive.name, 'archive');
  return new Map(
    entries.map((entry) => [
      withoutEnding(fileName(entry.name)),
      async (target: string, signal: AbortSignal | undefined) => {
        const content = Readable.from(readEntry(archive.path, archive.name, entry));
        await pipeline(content, createWriteStream(target, { flush: true }), { signal });
        await requireSqlite(target, fileName(entry.name));
      },
    ]),
  );
}

function copyOf(file: string): (target: string, signal: AbortSignal | undefined) => Promise<void> {
  return async (target, signal) => {
    await requireSqlite(file, fileName(file));
    // The write-ahead log may hold data that is not in the file yet. It comes first: the program that uses the database
    // may move that data into the file at any time and delete the log.
    await copyFile(`${file}-wal`, `${target}-wal`, signal).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
      await rm(`${target}-wal`);
    });
    await copyFile(file, target, signal);
  };
}

/** macOS stores the letters of file names in pieces. */
function withoutEnding(name: string): string {
  return name.replace(databaseEnding, '').normalize();
}

function noDatabases(file: string, kind: 'folder' | 'archive'): StudioError {
  const why = because(kind === 'folder' ? 'FOLDER_WITHOUT_DATABASE' : 'ARCHIVE_WITHOUT_DATABASE');
  return new StudioError('DATABASE_ATTACHED_INVALID', { file, ...why });
}

async function requireSqlite(path: string, name: string): Promise<void> {
  const head = await firstBytes(path, sqliteHeaderBytes);
  if (head.length === sqliteHeaderBytes && head.startsWith(fileSignatures.SQLITE)) return;
  throw notSqlite(name);
}

const sqliteHeaderBytes = 100;
