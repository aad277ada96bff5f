import BetterSqlite3 from 'better-sqlite3';

/**
 * Copies a SQLite file as a snapshot, even while it is in use. Throws if it is not a database, and the reason `signal`
 * is aborted with.
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

/** Pages copied between turns of the event loop: SQLite's own number. */
const pagesAtOnce = 100;
