import { existsSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { StudioError } from '../../src-contract/errors.ts';
import { takeBackCutOff } from './cut-off-change.ts';
import { foreignCode } from './own-content.ts';

/** A handle on the file that holds the rows of one dataset. */
export type RowsDatabase = BetterSqlite3.Database;

/**
 * Creates the file for an import. Nobody else reads it before it is finished, and an interrupted import is discarded as
 * a whole: so nothing is written twice, and the disk is synced once, by `FileSync` in src-main/datasets.
 */
export function createRowsFile(file: string): RowsDatabase {
  const database = new BetterSqlite3(file);
  try {
    database.pragma('page_size = 8192');
    database.pragma('journal_mode = OFF');
    database.pragma('synchronous = OFF');
    database.pragma('locking_mode = EXCLUSIVE');
    // Large enough for what one insert touches; nothing written is read again.
    database.pragma('cache_size = -2000');
    database.exec(schema);
    database.exec(blockSchema);
    database.pragma(`user_version = ${schemaVersion}`);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/**
 * Opens the file of a finished dataset, for writing or read-only. Throws DATASET_FILE_MISSING, DATASET_FILE_DAMAGED,
 * and DATASET_FILE_TOO_NEW when a newer studio has written it, each with the id of the dataset for its name.
 */
export function openRowsFile(file: string, { readonly }: { readonly: boolean }): RowsDatabase {
  if (!existsSync(file)) throw new StudioError('DATASET_FILE_MISSING', { dataset: datasetIdOf(file), file });
  let database: RowsDatabase | undefined;
  try {
    takeBackCutOff(file);
    database = new BetterSqlite3(file, { readonly, fileMustExist: true, timeout: 5000 });
    const version = Number(database.pragma('user_version', { simple: true }));
    if (version > schemaVersion) {
      const about = { dataset: datasetIdOf(file), file, version, known: schemaVersion };
      throw new StudioError('DATASET_FILE_TOO_NEW', about);
    }
    // Before anything is read or written, which would run it.
    if (foreignCode(database, []) !== undefined) throw damaged(file);
    // An import ends by writing its version: a file without one, such as an emptied file, was damaged since.
    if (database.prepare('SELECT 1 FROM version LIMIT 1').get() === undefined) throw damaged(file);
    if (version < schemaVersion) addBlocks(file);
    // A missing table is noticed here, not by whoever needs it first.
    for (const table of ['example', 'state_page', 'block']) database.prepare(`SELECT 1 FROM ${table} LIMIT 1`).get();
    if (readonly) return database;
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = FULL');
    return database;
  } catch (error) {
    database?.close();
    throw tellsDamage(error) ? damaged(file, error) : error;
  }
}

/**
 * DATASET_FILE_DAMAGED if the error was caused by a damaged page of this file, otherwise the error itself. It may also
 * stem from the derived file, which is a separate one: so the pages are checked.
 */
export function asRowsFault(file: string, error: unknown): unknown {
  return tellsDamage(error) ? (damageInRows(file) ?? error) : error;
}

/**
 * Checks all pages: returns DATASET_FILE_DAMAGED if one is damaged, another error if the file cannot be opened, and
 * undefined if it is sound. Takes seconds for gigabytes.
 */
export function damageInRows(file: string): unknown {
  try {
    const database = openRowsFile(file, { readonly: true });
    try {
      return database.pragma('quick_check(1)', { simple: true }) === 'ok' ? undefined : damaged(file);
    } finally {
      database.close();
    }
  } catch (fault) {
    return tellsDamage(fault) ? damaged(file, fault) : fault;
  }
}

/** Whether an error may be caused by a damaged file. */
export function tellsDamage(error: unknown): error is Error {
  if (!(error instanceof BetterSqlite3.SqliteError)) return false;
  return /^SQLITE_(CORRUPT|NOTADB)/.test(error.code) || error.message.startsWith('no such table');
}

function damaged(file: string, cause?: Error): StudioError {
  return new StudioError('DATASET_FILE_DAMAGED', { dataset: datasetIdOf(file), file }, { cause });
}

/** Each file is in the folder of its dataset. */
function datasetIdOf(file: string): string {
  return basename(dirname(file));
}

const schemaVersion = 2;

/** Adds the empty block tables to a file from before there were blocks: its imported rows stay where they are. */
function addBlocks(file: string): void {
  const database = new BetterSqlite3(file, { fileMustExist: true, timeout: 5000 });
  try {
    database
      .transaction(() => {
        if (Number(database.pragma('user_version', { simple: true })) >= schemaVersion) return;
        database.exec(blockSchema);
        database.pragma(`user_version = ${schemaVersion}`);
      })
      .immediate();
  } finally {
    database.close();
  }
}

/**
 * A row's content never changes once written: an edited row is a new one at the same position. The content of a version
 * is given by `state_page` alone, two bits per row, in pages that are rewritten only where something changed.
 */
const schema = `
  -- rows written after the import, or all rows if the file predates blocks
  CREATE TABLE example (
    -- counts from 0 in file order for the import, and continues for rows written later
    number INTEGER PRIMARY KEY,
    -- NULL for an imported row, whose position is its number
    position INTEGER,
    line INTEGER NOT NULL,
    context TEXT NOT NULL,
    target TEXT NOT NULL,
    group_key TEXT,
    database_name TEXT,
    -- the id in the source file, if it has an id column
    source_id TEXT,
    -- why the row was accepted with a warning: codes separated by spaces
    warning TEXT
  ) STRICT;

  -- rows written after the import, by position
  CREATE INDEX example_moved ON example (position, number) WHERE position IS NOT NULL;

  -- rows accepted with a warning
  CREATE INDEX example_warned ON example (number) WHERE warning IS NOT NULL;

  CREATE TABLE state_page (
    page INTEGER NOT NULL,
    -- valid from this version until the next one that has this page
    version INTEGER NOT NULL,
    states BLOB NOT NULL,
    PRIMARY KEY (page, version)
  ) STRICT;

  CREATE TABLE version (
    version INTEGER PRIMARY KEY,
    -- what was done, and its figures as JSON
    kind TEXT NOT NULL,
    detail TEXT NOT NULL,
    rows INTEGER NOT NULL,
    train_rows INTEGER NOT NULL,
    validation_rows INTEGER NOT NULL,
    test_rows INTEGER NOT NULL,
    -- parts of the hash, from which the next version's hash is computed
    content_sum TEXT NOT NULL,
    splits_sha256 TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    -- the earliest version with the same rows, or itself
    same_as INTEGER NOT NULL,
    -- the versions that undo and redo restore; NULL if there is none
    undo_to INTEGER,
    redo_to INTEGER,
    created_at INTEGER NOT NULL
  ) STRICT;

  -- rows that the import rejected
  CREATE TABLE rejection (
    number INTEGER PRIMARY KEY,
    line INTEGER NOT NULL,
    code TEXT NOT NULL,
    message TEXT NOT NULL,
    cells TEXT NOT NULL
  ) STRICT;

  -- a person's remarks on a row; not trained on, so not versioned
  CREATE TABLE note (
    position INTEGER PRIMARY KEY,
    text TEXT NOT NULL,
    written_at INTEGER NOT NULL
  ) STRICT;
`;

/** Imported rows, many to a record: ten million separate records would cost more to write than their texts. */
const blockSchema = `
  CREATE TABLE block (
    -- the number of its first row; an imported row's position is its number
    first INTEGER PRIMARY KEY,
    rows INTEGER NOT NULL,
    -- in the format of src-main/datasets/rows/row-block.ts
    content BLOB NOT NULL
  ) STRICT;

  -- why rows in blocks were accepted with a warning: codes separated by spaces
  CREATE TABLE block_warning (number INTEGER PRIMARY KEY, codes TEXT NOT NULL) STRICT;

  -- the ids in the source file, if it has an id column: those of some thousand rows, and where each ends
  CREATE TABLE block_source_ids (first INTEGER PRIMARY KEY, ids BLOB NOT NULL, ends BLOB NOT NULL) STRICT;

  -- rows written after the import, by source id
  CREATE INDEX IF NOT EXISTS example_source_id ON example (source_id) WHERE source_id IS NOT NULL;
`;
