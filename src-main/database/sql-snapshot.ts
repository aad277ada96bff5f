import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';

/** Larger files are not copied into memory. */
const mostBytes = 128 * 1024 * 1024;

/**
 * The bytes of a SQLite file as of now, its write-ahead log included. Queries run on them in memory, so that nothing a
 * query does can reach the file. Throws for a file that is too large.
 */
export function snapshotOf(file: string): Buffer {
  const { size } = statSync(file);
  if (size > mostBytes) throw new Error(`the database is larger than ${mostBytes / 1024 / 1024} MB`);
  const bytes = readFileSync(file);
  return usesLog(bytes) ? withoutLog(file) : bytes;
}

/** Bytes 18 and 19 of the header are 2 in WAL mode; such a file cannot be opened from memory. */
function usesLog(bytes: Buffer): boolean {
  return bytes[18] === 2 || bytes[19] === 2;
}

function withoutLog(file: string): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'adapter-studio-query-'));
  try {
    const copy = join(folder, 'copy.sqlite');
    copyFileSync(file, copy);
    if (existsSync(`${file}-wal`)) copyFileSync(`${file}-wal`, `${copy}-wal`);
    const database = new BetterSqlite3(copy);
    database.pragma('journal_mode = DELETE');
    database.close();
    return readFileSync(copy);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
