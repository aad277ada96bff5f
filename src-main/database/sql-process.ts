// Entry of the process that runs other people's queries. It holds no studio data and works on in-memory copies of the
// files it is given, or on large files opened for reading only. A statement may only read, which is checked by its
// first word, by SQLite's authoriser and by what the compiled statement reports. The studio kills this process when a
// query takes too long. Messages arrive by `process.on('message')` (a forked Node.js) or by Electron's
// `process.parentPort`.

import { statSync } from 'node:fs';
import BetterSqlite3 from 'better-sqlite3';
import { type Because, because } from '../../src-contract/failure-reason.ts';
import { shortened } from '../../src-contract/shortened.ts';
import { type Authoriser, openAuthoriser } from './sql-authoriser.ts';
import { snapshotOf, usesLog } from './sql-snapshot.ts';

interface SqlRequest {
  readonly id: number;
  readonly file: string;
  readonly sql: string;
  readonly maxRows: number;
  /** Longer texts and blobs are cut. */
  readonly maxCellLetters: number;
  /** Limit for all texts of the answer together; further rows are left out. */
  readonly maxLetters: number;
}

type SqlReply =
  | ({ readonly id: number; readonly kind: 'refused' } & Because)
  | {
      readonly id: number;
      readonly kind: 'rows';
      readonly columns: readonly string[];
      readonly rows: readonly (readonly (string | number | null)[])[];
      readonly truncated: boolean;
      readonly ms: number;
    };

interface Opened {
  readonly database: BetterSqlite3.Database;
  /** Undefined if this program has none. */
  readonly authoriser: Authoriser | undefined;
}

interface Snapshot extends Opened {
  /** Size and modification time of the file when it was read. */
  readonly state: string;
  readonly bytes: number;
}

const open = new Map<string, Snapshot>();

/** Parsing takes a hundred times a query's length in memory, and recognising its first word a stack as deep. */
const mostSqlLetters = 1_000_000;
/** SQLite repeats a name that it does not know in full. */
const mostErrorLetters = 500;

/**
 * Skips comments and brackets. A comment must end at its first end: otherwise many of them could be split in
 * exponentially many ways.
 */
const reads = /^(?:\s|--[^\n]*(?:\n|$)|\/\*(?:[^*]|\*(?!\/))*\*\/|\()*(?:select|with|values)\b/i;

function answer(request: SqlRequest): SqlReply {
  const { id } = request;
  const began = performance.now();
  if (request.sql.length > mostSqlLetters)
    return { id, kind: 'refused', ...because('SQL_LONG', { most: mostSqlLetters }) };
  if (!reads.test(request.sql)) {
    return { id, kind: 'refused', ...because('SQL_NOT_SELECT') };
  }
  try {
    const { file } = request;
    const isLarge = statSync(file).size > mostCopiedMegabytes * 1024 * 1024;
    if (!isLarge) return resultOf(request, snapshotAt(file), began);
    if (usesLog(file)) return { id, kind: 'refused', ...because('SQL_DATABASE_LOGGED', { most: mostCopiedMegabytes }) };
    return withFile(file, (opened) => resultOf(request, opened, began));
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { id, kind: 'refused', ...because('SQL_ERROR', { message: shortened(error.message, mostErrorLetters) }) };
  }
}

function resultOf(request: SqlRequest, { database, authoriser }: Opened, began: number): SqlReply {
  const { id } = request;
  const { statement, sql } = prepare(database, request.sql);
  const refusal = authoriser?.refusalOf(sql);
  if (refusal !== undefined) return { id, kind: 'refused', ...refusal };
  if (!statement.reader || !statement.readonly) return { id, kind: 'refused', ...because('SQL_WOULD_CHANGE') };
  // As numbers, integers above 2 ** 53 would come out as their neighbours.
  statement.raw().safeIntegers();
  const rows: (string | number | null)[][] = [];
  let truncated = false;
  let letters = 0;
  for (const row of statement.iterate() as IterableIterator<unknown[]>) {
    if (rows.length === request.maxRows || letters > request.maxLetters) {
      truncated = true;
      break;
    }
    const cells = row.map((cell) => plainCell(cell, request.maxCellLetters));
    for (const cell of cells) letters += typeof cell === 'string' ? cell.length : 8;
    rows.push(cells);
  }
  const columns = statement.columns().map(({ name }) => name);
  return { id, kind: 'rows', columns, rows, truncated, ms: performance.now() - began };
}

/**
 * SQLite reads a double-quoted name that is no column as a string, and many published queries rely on that; the library
 * is built without it (better-sqlite3 13: SQLITE_DQS=0). So when SQLite reports that such a name should have been a
 * string, it is made one.
 */
function prepare(database: BetterSqlite3.Database, sql: string): { statement: BetterSqlite3.Statement; sql: string } {
  for (let query = sql; ; ) {
    try {
      return { statement: database.prepare(query), sql: query };
    } catch (error) {
      const name =
        error instanceof Error
          ? /^no such column: (".*") - should this be a string/s.exec(error.message)?.[1]
          : undefined;
      if (name === undefined) throw error;
      const text = `'${name.slice(1, -1).replaceAll("'", "''")}'`;
      const next = query.replace(quoted, (piece) => (piece.replaceAll('""', '"') === name ? text : piece));
      if (next === query) throw error;
      query = next;
    }
  }
}

/**
 * Everything that may contain a double quote without being a double-quoted name, and those names. A comment or bracket
 * that is left open takes the rest of the query, as in SQLite.
 */
const quoted = /'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|\[[^\]]*\]?|--[^\n]*|\/\*(?!$)[\s\S]*?(?:\*\/|$)/g;

/**
 * Opens a file too large for a copy in memory where it is, for reading, and closes it again: an open one cannot be
 * removed on Windows.
 */
function withFile<T>(file: string, use: (opened: Opened) => T): T {
  const database = new BetterSqlite3(file, { readonly: true });
  let authoriser: Authoriser | undefined;
  try {
    restrict(database);
    authoriser = openAuthoriser(file);
    return use({ database, authoriser });
  } finally {
    database.close();
    authoriser?.close();
  }
}

const mostCopiedMegabytes = 128;

function snapshotAt(file: string): Snapshot {
  const { size, mtimeMs } = statSync(file);
  const state = `${size} ${mtimeMs}`;
  const known = open.get(file);
  if (known?.state === state) return known;
  if (known) close(file, known);
  const bytes = snapshotOf(file);
  let held = bytes.length;
  // Newest first: the oldest are evicted when there are too many, or they are too large.
  for (const [place, [name, each]] of [...open].reverse().entries()) {
    held += each.bytes;
    if (held > mostSnapshotBytes || place >= mostSnapshots - 1) close(name, each);
  }
  const database = new BetterSqlite3(bytes);
  restrict(database);
  const snapshot = { database, authoriser: openAuthoriser(bytes), state, bytes: bytes.length };
  open.set(file, snapshot);
  return snapshot;
}

function restrict(database: BetterSqlite3.Database): void {
  database.pragma('query_only = ON');
  database.pragma('trusted_schema = OFF');
  // Temporary tables of a query stay in memory too, where the limit applies.
  database.pragma('temp_store = MEMORY');
  // A query that needs more memory than this fails instead of exhausting the machine. The limit is per process.
  database.pragma(`hard_heap_limit = ${mostSnapshotBytes + queryBytes}`);
}

function close(file: string, { database, authoriser }: Snapshot): void {
  open.delete(file);
  database.close();
  authoriser?.close();
}

const mostSnapshots = 16;
const mostSnapshotBytes = 256 * 1024 * 1024;
/** For sorting, grouping, growing texts. */
const queryBytes = 256 * 1024 * 1024;

function plainCell(cell: unknown, maxLetters: number): string | number | null {
  if (cell === null) return cell;
  // As SQLite prints it; JSON would make it NULL.
  if (typeof cell === 'number') return Number.isFinite(cell) ? cell : cell > 0 ? 'Inf' : '-Inf';
  if (typeof cell === 'bigint' && Number.isSafeInteger(Number(cell))) return Number(cell);
  if (Buffer.isBuffer(cell)) return `x'${cell.subarray(0, maxLetters / 2).toString('hex')}'`;
  const text = String(cell);
  return text.length > maxLetters ? text.slice(0, maxLetters) : text;
}

/** Electron's port to a utility process; plain Node.js has no such property. */
interface ElectronPort {
  on(event: 'message', listener: (event: { data: SqlRequest }) => void): void;
  postMessage(reply: SqlReply): void;
}
const { parentPort } = process as { parentPort?: ElectronPort };

if (parentPort) {
  parentPort.on('message', ({ data }) => parentPort.postMessage(answer(data)));
} else {
  process.on('message', (request: SqlRequest) => process.send?.(answer(request)));
  process.on('disconnect', () => process.exit(0));
}
