import type { DatabaseSync } from 'node:sqlite';
import { type Because, because } from '../../src-contract/failure-reason.ts';

export interface Authoriser {
  /** Why a statement must not be run, or undefined. */
  refusalOf(sql: string): Because | undefined;
  close(): void;
}

/**
 * Compiles statements on a copy of a database in memory, or on its file opened for reading, under SQLite's own
 * authoriser, which is consulted on everything that a statement would do: reading tables, calling functions and
 * recursion are allowed, everything else is not. The library that runs the queries has no authoriser; Node.js has one
 * from 24.10 on. Undefined if this program has none. SQLite judges VACUUM only when it runs: the caller must have made
 * sure that the statement is a SELECT.
 */
export function openAuthoriser(source: Uint8Array | string): Authoriser | undefined {
  // Looked up at run time: Electron may be built without it.
  const sqlite = process.getBuiltinModule('node:sqlite') as typeof import('node:sqlite') | undefined;
  if (typeof sqlite?.DatabaseSync.prototype.setAuthorizer !== 'function') return undefined;
  const { constants } = sqlite;
  const isFile = typeof source === 'string';
  const database: DatabaseSync = new sqlite.DatabaseSync(isFile ? source : ':memory:', {
    ...{ readOnly: isFile, allowExtension: false, enableDoubleQuotedStringLiterals: true },
  });
  if (!isFile) database.deserialize(source);
  let refusal: Because | undefined;
  database.setAuthorizer((action, first, second) => {
    const reason = refused(action, constants, first, second);
    refusal ??= reason;
    return reason === undefined ? constants.SQLITE_OK : constants.SQLITE_DENY;
  });
  return {
    refusalOf(sql) {
      refusal = undefined;
      try {
        database.prepare(sql);
      } catch {
        // Anything else that is wrong with it is reported by the library that runs it.
      }
      return refusal;
    },
    close: () => database.close(),
  };
}

type Constants = typeof import('node:sqlite')['constants'];

function refused(
  action: number,
  constants: Constants,
  first: string | null,
  second: string | null,
): Because | undefined {
  switch (action) {
    case constants.SQLITE_SELECT:
    case constants.SQLITE_READ:
    case constants.SQLITE_RECURSIVE:
      return undefined;
    case constants.SQLITE_FUNCTION:
      return forbiddenFunctions.has(second?.toLowerCase() ?? '')
        ? because('SQL_FUNCTION', { name: second ?? '' })
        : undefined;
    case constants.SQLITE_PRAGMA:
      return readingPragmas.has(first?.toLowerCase() ?? '') ? undefined : because('SQL_PRAGMA', { name: first ?? '' });
    default:
      return because('SQL_MORE_THAN_READ');
  }
}

/** Functions that reach beyond the database, or wait. */
const forbiddenFunctions = new Set(['load_extension', 'readfile', 'writefile', 'edit', 'fts3_tokenizer', 'sqlite_log']);
/** The pragmas that `pragma_…` tables invoke. */
const readingPragmas = new Set([
  'table_info',
  'table_xinfo',
  'table_list',
  'foreign_key_list',
  'index_list',
  'index_info',
]);
