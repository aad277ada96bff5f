// A data folder may come from somebody else: a backup that was passed on, a shared drive. What its database holds beside
// the studio's own content must not make the studio run or remove anything.

import type BetterSqlite3 from 'better-sqlite3';
import { StudioError } from '../../src-contract/errors.ts';
import { shortened } from '../../src-contract/shortened.ts';

/**
 * Throws DATABASE_FOREIGN for triggers and views that no studio made, which would run with whatever is read or written,
 * and for ids that are not plain names, because files are written and removed by them.
 */
export function requireOwnContent(database: BetterSqlite3.Database, file: string): void {
  const part = foreignCode(database) ?? foreignName(database);
  if (part !== undefined) throw new StudioError('DATABASE_FOREIGN', { file, part: shortened(part, 80) });
}

/** The name of a trigger or view that is not one of these triggers. Without any, all are foreign. */
export function foreignCode(
  database: BetterSqlite3.Database,
  own: readonly string[] = ownTriggers,
): string | undefined {
  const found = database
    .prepare<[], { name: string; sql: string }>("SELECT name, sql FROM sqlite_schema WHERE type IN ('trigger', 'view')")
    .all();
  return found.find(({ sql }) => !own.includes(sql.replace(/\s+/g, ' ')))?.name;
}

/** As of migration 0008. */
const ownTriggers = [
  'CREATE TRIGGER message_text_insert AFTER INSERT ON message BEGIN INSERT INTO message_text (rowid, text) VALUES (new.number, new.text); END',
  "CREATE TRIGGER message_text_delete AFTER DELETE ON message BEGIN INSERT INTO message_text (message_text, rowid, text) VALUES ('delete', old.number, old.text); END",
];

/** An id that names a folder and could lead elsewhere. */
function foreignName(database: BetterSqlite3.Database): string | undefined {
  const existing = new Set(
    database.prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all(),
  );
  for (const table of tablesWithFolders.filter((name) => existing.has(name))) {
    const ids = database.prepare<[], unknown>(`SELECT id FROM ${table}`).pluck().all();
    const place = ids.findIndex((id) => typeof id !== 'string' || !/^[\w-]+$/.test(id));
    if (place >= 0) return String(ids[place]);
  }
  return undefined;
}

const tablesWithFolders = ['dataset', 'base_model', 'adapter', 'run', 'lab_experiment'];
