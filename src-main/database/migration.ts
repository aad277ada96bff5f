import type BetterSqlite3 from 'better-sqlite3';

/** One step of the schema. Versions rise by one from 1; a step that has landed is never edited. */
export interface Migration {
  readonly version: number;
  readonly name: string;
  /** Runs inside the migrator's transaction. */
  up(database: BetterSqlite3.Database): void;
}
