import BetterSqlite3 from 'better-sqlite3';
import { StudioError } from '../../src-contract/errors.ts';
import { migrate } from './migrate.ts';
import { migrations } from './migrations.ts';
import { requireOwnContent } from './own-content.ts';
import { tellsDamage } from './rows-file.ts';

/** The only handle on the studio's database; stores take it as an argument. */
export type StudioDatabase = BetterSqlite3.Database;

/**
 * Opens or creates the database and migrates it to the newest schema. `:memory:` is for tests. Throws DATABASE_TOO_NEW
 * when a newer studio has written the file, DATABASE_FOREIGN, DATABASE_DAMAGED, DATABASE_LOCKED and
 * DATABASE_FORBIDDEN.
 */
export function openDatabase(file: string): StudioDatabase {
  let database: StudioDatabase | undefined;
  try {
    database = new BetterSqlite3(file, { timeout: 5000 });
    // The library's default under WAL is NORMAL, which may lose the last transactions in a power cut.
    database.pragma('synchronous = FULL');
    database.pragma('foreign_keys = ON');
    // Before anything is written, which may run a trigger. A newer studio's own parts are not known here.
    if (Number(database.pragma('user_version', { simple: true })) <= migrations.length)
      requireOwnContent(database, file);
    migrate(database, file, migrations);
    // Read at every start: a broken one would be told as a fault of the program.
    if (database.prepare('SELECT 1 FROM dataset WHERE NOT json_valid(mapping) LIMIT 1').get() !== undefined)
      throw new StudioError('DATABASE_DAMAGED', { file });
    // After the migrator, so that a refused file is left untouched.
    database.pragma('journal_mode = WAL');
    return database;
  } catch (error) {
    database?.close();
    throw asDatabaseFault(file, error);
  }
}

/**
 * Maps SQLite's errors about a damaged, locked or inaccessible file to DATABASE_DAMAGED, DATABASE_LOCKED or
 * DATABASE_FORBIDDEN; other errors are returned as they are.
 */
export function asDatabaseFault(file: string, error: unknown): unknown {
  if (tellsDamage(error)) return new StudioError('DATABASE_DAMAGED', { file }, { cause: error });
  const isForbidden = error instanceof BetterSqlite3.SqliteError && /^SQLITE_(READONLY|CANTOPEN|PERM)/.test(error.code);
  return isForbidden ? new StudioError('DATABASE_FORBIDDEN', { file }, { cause: error }) : orLocked(file, error);
}

/** DATABASE_LOCKED if another program held the file longer than was waited for, otherwise the error itself. */
export function orLocked(file: string, error: unknown): unknown {
  const isLocked = error instanceof BetterSqlite3.SqliteError && error.code.startsWith('SQLITE_BUSY');
  return isLocked ? new StudioError('DATABASE_LOCKED', { file }, { cause: error }) : error;
}

/**
 * Checks all pages: returns DATABASE_DAMAGED if one is damaged, another error if the file cannot be opened, and
 * undefined if it is sound. Takes seconds for gigabytes.
 */
export function damageInDatabase(file: string): unknown {
  try {
    const database = new BetterSqlite3(file, { readonly: true, timeout: 5000 });
    try {
      const isSound = database.pragma('quick_check(1)', { simple: true }) === 'ok';
      return isSound ? undefined : new StudioError('DATABASE_DAMAGED', { file });
    } finally {
      database.close();
    }
  } catch (fault) {
    return asDatabaseFault(file, fault);
  }
}
