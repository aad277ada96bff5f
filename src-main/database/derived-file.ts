import { lstatSync, rmSync } from 'node:fs';
import BetterSqlite3 from 'better-sqlite3';
import { foreignCode } from './own-content.ts';

/** A handle on the file of what was derived from the rows of one dataset. */
export type DerivedDatabase = BetterSqlite3.Database;

/**
 * Opens the file of the word index and the findings, creating it if it is missing. It can be rebuilt at any time: so a
 * file of another shape, a damaged one, or one with somebody else's triggers or views is discarded, and a power cut may
 * cost the last seconds.
 */
export function openDerivedFile(file: string): DerivedDatabase {
  // A link, in a data folder from somebody else, may lead to a database of another program.
  if (lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink()) rmSync(file);
  try {
    return open(file);
  } catch (error) {
    const isDamaged = error instanceof BetterSqlite3.SqliteError && /^SQLITE_(CORRUPT|NOTADB|ERROR)/.test(error.code);
    if (!isDamaged) throw error;
    for (const end of ['', '-wal', '-shm']) rmSync(`${file}${end}`, { force: true });
    return open(file);
  }
}

/** Creates a database without tables, on which a query shows whether it can be read at all. */
export function makeEmptyDatabase(file: string): void {
  const database = new BetterSqlite3(file);
  // Something must be written, or the file would not even get a header.
  database.pragma('user_version = 1');
  database.close();
}

function open(file: string): DerivedDatabase {
  const database = new BetterSqlite3(file, { timeout: 5000 });
  try {
    if (foreignCode(database, []) !== undefined) throw new BetterSqlite3.SqliteError('foreign code', 'SQLITE_CORRUPT');
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = NORMAL');
    const version = Number(database.pragma('user_version', { simple: true }));
    if (version === shape) return database;
    database
      .transaction(() => {
        for (const name of database
          .prepare<[], string>(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE '%\\_%' ESCAPE '\\'",
          )
          .pluck()
          .all()) {
          database.exec(`DROP TABLE "${name.replaceAll('"', '""')}"`);
        }
        database.exec(schema);
        database.pragma(`user_version = ${shape}`);
      })
      .immediate();
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Incremented with every change of the schema or of what its numbers mean. */
const shape = 2;

/**
 * Rows are referred to by number, and the content of a number never changes, so nothing here goes stale. The index
 * knows which pairs of rows (by number) contain a trigram, not where: that keeps it smaller than the texts, and the
 * rows found are checked anyway. With single rows its lists would be half as long again, with larger groups there would
 * be more false hits.
 */
const schema = `
  CREATE VIRTUAL TABLE words USING fts5 (text, content = '', columnsize = 0, detail = none, tokenize = 'trigram');
  CREATE VIRTUAL TABLE trigram USING fts5vocab (words, 'row');

  -- trigrams that occur in many pairs of rows, with their share of the first pairs indexed
  CREATE TABLE common (term TEXT PRIMARY KEY, share REAL NOT NULL) STRICT, WITHOUT ROWID;

  -- length in letters of the context and target of each row number in a page
  CREATE TABLE letters (page INTEGER PRIMARY KEY, context BLOB NOT NULL, target BLOB NOT NULL) STRICT;

  -- row numbers below this one are indexed
  CREATE TABLE indexed (only INTEGER PRIMARY KEY CHECK (only = 1), rows INTEGER NOT NULL) STRICT;
  INSERT INTO indexed VALUES (1, 0);

  -- the latest check for rows that would hurt training
  CREATE TABLE checked (only INTEGER PRIMARY KEY CHECK (only = 1), version INTEGER NOT NULL, report TEXT NOT NULL) STRICT;
  CREATE TABLE finding (
    code TEXT NOT NULL,
    number INTEGER NOT NULL,
    position INTEGER NOT NULL,
    detail TEXT NOT NULL,
    -- the row it resembles, or the split it should belong to
    other INTEGER,
    PRIMARY KEY (code, number)
  ) STRICT, WITHOUT ROWID;
  -- the findings about a row
  CREATE INDEX finding_number ON finding (number);
`;
