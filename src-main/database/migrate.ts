import type BetterSqlite3 from 'better-sqlite3';
import { StudioError } from '../../src-contract/errors.ts';
import type { Migration } from './migration.ts';

/**
 * Migrates a database from its `user_version` to the last migration, all steps in one transaction. Throws
 * DATABASE_TOO_NEW for a file that a newer studio has written.
 */
export function migrate(database: BetterSqlite3.Database, file: string, migrations: readonly Migration[]): void {
  migrations.forEach((migration, place) => {
    if (migration.version !== place + 1) throw new Error(`migration ${migration.name} is out of order`);
  });
  database
    .transaction(() => {
      const version = Number(database.pragma('user_version', { simple: true }));
      if (version > migrations.length)
        throw new StudioError('DATABASE_TOO_NEW', { file, version, known: migrations.length });
      if (version === migrations.length) return;
      for (const migration of migrations.slice(version)) migration.up(database);
      database.pragma(`user_version = ${migrations.length}`);
    })
    .immediate();
}
