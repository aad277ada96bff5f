import BetterSqlite3 from 'better-sqlite3';

/** Copies a SQLite file as it is at one moment, also while it is in use. Throws where it is no database. */
export async function copyDatabase(from: string, to: string): Promise<void> {
  const database = new BetterSqlite3(from, { readonly: true, fileMustExist: true });
  try {
    await database.backup(to);
  } finally {
    database.close();
  }
}
