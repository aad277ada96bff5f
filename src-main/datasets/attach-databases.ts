import { copyFile, mkdir, open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { StudioError } from '../../src-contract/errors.ts';
import { databaseFileName, databasesFolder } from './attached-database.ts';
import { fileName } from './readers/file-survey.ts';

/** Copies the databases that a dataset's rows need into the dataset's own folder, each when the first row asks for it. */
export class DatabaseCopier {
  readonly #target: string;
  /** By name without ending; of a single file, the only one. */
  readonly #files: ReadonlyMap<string, string>;
  readonly #single: string | undefined;
  readonly #copied = new Map<string, boolean>();

  private constructor(target: string, files: ReadonlyMap<string, string>, single: string | undefined) {
    this.#target = target;
    this.#files = files;
    this.#single = single;
  }

  /**
   * `source` is one SQLite file, which then serves all rows, or a folder of them named after the rows' databases. Throws
   * FILE_NOT_FOUND, DATABASE_ATTACHED_INVALID.
   */
  static async open(source: { path: string; name: string }, datasetFolder: string): Promise<DatabaseCopier> {
    const facts = await stat(source.path).catch(() => {
      throw new StudioError('FILE_NOT_FOUND', { file: source.name });
    });
    const target = databasesFolder(datasetFolder);
    if (!facts.isDirectory()) {
      await requireSqlite(source.path, source.name);
      const name = withoutEnding(source.name);
      return new DatabaseCopier(target, new Map([[name, source.path]]), name);
    }
    const names = (await readdir(source.path)).filter((name) => ending.test(name));
    if (names.length === 0) {
      const reason = 'the folder holds no file that ends in .sqlite, .sqlite3 or .db';
      throw new StudioError('DATABASE_ATTACHED_INVALID', { file: source.name, reason });
    }
    return new DatabaseCopier(
      target,
      new Map(names.map((name) => [withoutEnding(name), join(source.path, name)])),
      undefined,
    );
  }

  get hasCopied(): boolean {
    return [...this.#copied.values()].includes(true);
  }

  /** The database on which a row's query runs; null where there is no file for it. */
  async take(row: { database: string | null; group: string | null }): Promise<string | null> {
    const wanted = this.#single ?? row.database ?? row.group;
    if (wanted === null) return null;
    let isThere = this.#copied.get(wanted);
    if (isThere === undefined) {
      const file = this.#files.get(wanted);
      isThere = file !== undefined;
      if (file !== undefined) await this.#copy(file, wanted);
      this.#copied.set(wanted, isThere);
    }
    return isThere ? wanted : null;
  }

  async #copy(file: string, name: string): Promise<void> {
    await requireSqlite(file, fileName(file));
    await mkdir(this.#target, { recursive: true });
    const target = join(this.#target, databaseFileName(name));
    await copyFile(file, target);
    // What has not been moved from the write-ahead log into the file yet belongs to the database.
    await copyFile(`${file}-wal`, `${target}-wal`).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
  }
}

const ending = /\.(?:sqlite3?|db)$/i;

function withoutEnding(name: string): string {
  return name.replace(ending, '');
}

async function requireSqlite(path: string, name: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(100), 0, 100, 0);
    if (bytesRead === 100 && buffer.toString('latin1', 0, 16) === 'SQLite format 3\0') return;
  } finally {
    await file.close();
  }
  throw new StudioError('DATABASE_ATTACHED_INVALID', { file: name, reason: 'it is not a SQLite file' });
}
