import { closeSync, copyFileSync, existsSync, mkdtempSync, openSync, readFileSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';

/**
 * The bytes of a SQLite file as of now, its write-ahead log included. Queries run on them in memory, so that nothing a
 * query does can reach the file.
 */
export function snapshotOf(file: string): Buffer {
  return usesLog(file) ? withoutLog(file) : readFileSync(file);
}

/**
 * Whether a file is in write-ahead mode, by bytes 18 and 19 of its header: then it cannot be opened from memory, and
 * reading it where it is creates files beside it.
 */
export function usesLog(file: string): boolean {
  const open = openSync(file, 'r');
  try {
    const header = Buffer.alloc(20);
    readSync(open, header, 0, 20, 0);
    return header[18] === 2 || header[19] === 2;
  } finally {
    closeSync(open);
  }
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
