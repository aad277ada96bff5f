import BetterSqlite3 from 'better-sqlite3';

/**
 * Copies a SQLite file as it is at one moment, also while it is in use. Throws where it is no database, and what `signal` is
 * aborted with.
 */
export async function copyDatabase(from: string, to: string, signal: AbortSignal): Promise<void> {
  const database = new BetterSqlite3(from, { readonly: true, fileMustExist: true });
  try {
    await database.backup(to, {
      progress() {
        signal.throwIfAborted();
        return pagesAtOnce;
      },
    });
  } finally {
    database.close();
  }
}

/** Between them the loop turns: SQLite's own number. */
const pagesAtOnce = 100;
