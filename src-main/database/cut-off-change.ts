import { existsSync } from 'node:fs';
import BetterSqlite3 from 'better-sqlite3';

/**
 * Takes back what a killed process has changed in part of a SQLite file, as its journal says: whoever opens the file only
 * to read it may not. Leaves alone what a living process is changing.
 */
export function takeBackCutOff(file: string): void {
  if (!existsSync(`${file}-journal`)) return;
  const database = new BetterSqlite3(file, { fileMustExist: true, timeout: 5000 });
  try {
    // SQLite does it before it reads anything.
    database.pragma('user_version');
  } finally {
    database.close();
  }
}
