import BetterSqlite3 from 'better-sqlite3';
import { migrate } from './migrate.ts';
import { migrations } from './migrations.ts';

/** The one handle on the studio's database; stores take it as an argument. */
export type StudioDatabase = BetterSqlite3.Database;

/**
 * Opens (or makes) the database and brings it to the newest schema. `:memory:` is for tests.
 * Throws DATABASE_TOO_NEW when a newer studio has written the file.
 */
export function openDatabase(file: string): StudioDatabase {
  const database = new BetterSqlite3(file, { timeout: 5000 });
  try {
    // The library's default under WAL is NORMAL, which may lose the last transactions when the power fails.
    database.pragma('synchronous = FULL');
    database.pragma('foreign_keys = ON');
    migrate(database, file, migrations);
    // After the migrator, so that a file which is refused is left as it is.
    database.pragma('journal_mode = WAL');
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}
