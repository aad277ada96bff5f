import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { newId } from './new-id.ts';

/**
 * Tells which processes of a data folder are alive. Each holds the lock on a small file of its own; the operating
 * system releases it however the process ends, which a pid written to a file would not give.
 */
export class ProcessLock {
  /** Identifies this process in the rows it owns. */
  readonly token: string;
  readonly #folder: string;
  readonly #held: BetterSqlite3.Database;
  /** A lock is held for as long as its object is. */
  readonly #claims = new Set<BetterSqlite3.Database>();

  constructor(folder: string) {
    this.#folder = folder;
    this.token = newId();
    this.#held = lockFile(join(folder, `${this.token}.lock`), { create: true });
    for (const name of readdirSync(folder)) {
      const file = join(folder, name);
      // A young file may belong to a process that is about to lock it.
      if (!isLock(name) || Date.now() - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Infinity) < 60_000)
        continue;
      if (!this.isAlive(name.replace(/\.lock$/, ''))) rmSync(file, { force: true });
    }
  }

  /** True while the process with this token is running; this process included. */
  isAlive(token: string): boolean {
    if (token === this.token) return true;
    try {
      lockFile(join(this.#folder, `${token}.lock`), { create: false }).close();
      return false;
    } catch (error) {
      return isBusy(error);
    }
  }

  /** True when no other process uses the data folder: only then may leftovers be removed. */
  isAlone(): boolean {
    const others = readdirSync(this.#folder).filter((name) => isLock(name) && name !== `${this.token}.lock`);
    return others.every((name) => !this.isAlive(name.replace(/\.lock$/, '')));
  }

  /**
   * Claims a name, which may be a file's, for this process until the returned function is called or the process ends;
   * undefined while it is claimed, here or elsewhere. Its file stays: who removed it could remove that of the next claim.
   */
  claim(name: string): (() => void) | undefined {
    try {
      const claim = lockFile(join(this.#folder, `${name}.claim`), { create: true });
      this.#claims.add(claim);
      return () => {
        this.#claims.delete(claim);
        claim.close();
      };
    } catch (error) {
      if (isBusy(error)) return undefined;
      throw error;
    }
  }

  release(): void {
    for (const claim of this.#claims) claim.close();
    this.#held.close();
    try {
      rmSync(join(this.#folder, `${this.token}.lock`), { force: true });
    } catch {
      // On a disk that became read-only. It is removed later, as that of any process that has ended.
    }
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof BetterSqlite3.SqliteError && error.code === 'SQLITE_BUSY';
}

/** A file put there by a person is not a lock, whatever its extension. */
function isLock(name: string): boolean {
  return /^[0-9a-z]{20}\.lock$/.test(name);
}

function lockFile(file: string, options: { create: boolean }): BetterSqlite3.Database {
  const database = new BetterSqlite3(file, { timeout: 0, fileMustExist: !options.create });
  try {
    // In memory, so that no journal file is left behind when the process is killed.
    database.pragma('journal_mode = MEMORY');
    database.exec('BEGIN EXCLUSIVE');
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}
