// Entry of the process that runs other people's queries: it holds no studio data, opens SQLite files read-only, and is
// killed by the studio when a query takes too long. Messages come by `process.on('message')` (a forked Node.js) or by
// Electron's `process.parentPort`.
import BetterSqlite3 from 'better-sqlite3';

interface SqlRequest {
  readonly id: number;
  readonly file: string;
  readonly sql: string;
  readonly maxRows: number;
  /** Longer texts and blobs are cut. */
  readonly maxCellLetters: number;
}

type SqlReply =
  | { readonly id: number; readonly kind: 'refused'; readonly reason: string }
  | {
      readonly id: number;
      readonly kind: 'rows';
      readonly columns: readonly string[];
      readonly rows: readonly (readonly (string | number | null)[])[];
      readonly truncated: boolean;
      readonly ms: number;
    };

const open = new Map<string, BetterSqlite3.Database>();

function answer(request: SqlRequest): SqlReply {
  const { id } = request;
  const began = performance.now();
  if (!/^(?:\s|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/|\()*(?:select|with|values)\b/i.test(request.sql)) {
    return { id, kind: 'refused', reason: 'it is not a SELECT' };
  }
  try {
    const statement = prepare(databaseAt(request.file), request.sql);
    if (!statement.reader || !statement.readonly) return { id, kind: 'refused', reason: 'it would change something' };
    statement.raw();
    const rows: (string | number | null)[][] = [];
    let truncated = false;
    for (const row of statement.iterate() as IterableIterator<unknown[]>) {
      if (rows.length === request.maxRows) {
        truncated = true;
        break;
      }
      rows.push(row.map((cell) => plainCell(cell, request.maxCellLetters)));
    }
    const columns = statement.columns().map(({ name }) => name);
    return { id, kind: 'rows', columns, rows, truncated, ms: performance.now() - began };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { id, kind: 'refused', reason: `SQLite says “${error.message}”` };
  }
}

/**
 * SQLite reads a name in double quotes that is no column as a text, and many published queries count on it; the library is
 * built without that (better-sqlite3 13: SQLITE_DQS=0). So where SQLite says that such a name should have been a text, it
 * is made one.
 */
function prepare(database: BetterSqlite3.Database, sql: string): BetterSqlite3.Statement {
  for (let query = sql; ; ) {
    try {
      return database.prepare(query);
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

/** Whatever may hold a double quote without being a name in double quotes, and those names. */
const quoted = /'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|\[[^\]]*\]|--[^\n]*|\/\*[\s\S]*?\*\//g;

function databaseAt(file: string): BetterSqlite3.Database {
  const known = open.get(file);
  if (known) return known;
  const oldest = open.keys().next().value;
  if (open.size >= 16 && oldest !== undefined) {
    open.get(oldest)?.close();
    open.delete(oldest);
  }
  const database = new BetterSqlite3(file, { readonly: true, fileMustExist: true, timeout: 1000 });
  database.pragma('query_only = ON');
  database.pragma('trusted_schema = OFF');
  // A query that wants more memory than this fails instead of filling the machine.
  database.pragma(`hard_heap_limit = ${256 * 1024 * 1024}`);
  open.set(file, database);
  return database;
}

function plainCell(cell: unknown, maxLetters: number): string | number | null {
  if (cell === null || typeof cell === 'number') return cell;
  if (Buffer.isBuffer(cell)) return `x'${cell.subarray(0, maxLetters / 2).toString('hex')}'`;
  const text = String(cell);
  return text.length > maxLetters ? text.slice(0, maxLetters) : text;
}

/** Electron's way to talk to a utility process; plain Node.js has no such property. */
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
