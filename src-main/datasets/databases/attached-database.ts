import { fork } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { compileOnly } from '../../../src-contract/compile-only.ts';
import { type ErrorData, StudioError } from '../../../src-contract/errors.ts';
import { because, failureReasonSchema } from '../../../src-contract/failure-reason.ts';
import { ownProgram } from '../../async/own-program.ts';

/**
 * The process that runs queries. A host that cannot fork Node.js (a packaged Electron) supplies its own way to start
 * it.
 */
export interface SqlProcess {
  post(request: object): void;
  onReply(listener: (reply: unknown) => void): void;
  /** Called once, however it ended. */
  onEnd(listener: () => void): void;
  /** Ends it at once, even in the middle of a query. */
  kill(): void;
}

export interface QueryResult {
  readonly columns: string[];
  readonly rows: (string | number | null)[][];
  /** True if there were more rows than requested. */
  readonly truncated: boolean;
  readonly ms: number;
}

export interface QueryLimits {
  readonly milliseconds: number;
  readonly rows: number;
  readonly cellLetters: number;
  /** Characters in the whole answer. */
  readonly letters: number;
}

export const usualLimits: QueryLimits = { milliseconds: 5000, rows: 5000, cellLetters: 10_000, letters: 16_000_000 };

/**
 * Runs read-only queries on SQLite files, one at a time, in a separate process that is kept until `close` and restarted
 * after a query had to be killed. It works on in-memory copies of the files and can reach nothing else.
 */
export class SqlRunner {
  readonly #start: () => SqlProcess;
  #process: SqlProcess | undefined;
  #waiting: { id: number; settle: (reply: Reply | 'ended') => void } | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #id = 0;
  #closed = false;

  constructor(start: () => SqlProcess) {
    this.#start = start;
  }

  /**
   * Throws SQL_REFUSED for anything but a single read-only statement, for SQLite errors, on timeout, and when the process
   * ends twice: the first time, as where the system was short of memory, need not be the query's fault.
   */
  query(file: string, sql: string, limits: QueryLimits = usualLimits, signal?: AbortSignal): Promise<QueryResult> {
    const turn = this.#last.then(
      async () =>
        (await this.#run(file, sql, limits, signal)) ??
        (await this.#run(file, sql, limits, signal)) ??
        refuse(because('SQL_PROCESS_ENDED')),
    );
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  close(): void {
    this.#closed = true;
    this.#process?.kill();
  }

  /** Undefined if the process ended before it replied. */
  async #run(
    file: string,
    sql: string,
    limits: QueryLimits,
    signal: AbortSignal | undefined,
  ): Promise<QueryResult | undefined> {
    signal?.throwIfAborted();
    if (this.#closed) refuse(because('SQL_CLOSING'));
    const sqlProcess = this.#process ?? this.#begin();
    const id = ++this.#id;
    let isLate = false;
    // Whatever it still replies, the next query must not be asked of a process that is about to end.
    const stop = () => {
      this.#process = undefined;
      sqlProcess.kill();
    };
    const timer = setTimeout(() => {
      isLate = true;
      stop();
    }, limits.milliseconds);
    signal?.addEventListener('abort', stop);
    try {
      const reply = await new Promise<Reply | 'ended'>((settle) => {
        this.#waiting = { id, settle };
        const { rows: maxRows, cellLetters: maxCellLetters, letters: maxLetters } = limits;
        sqlProcess.post({ id, file, sql, maxRows, maxCellLetters, maxLetters });
      });
      signal?.throwIfAborted();
      if (isLate && reply === 'ended') refuse(because('SQL_TOO_LONG', { seconds: limits.milliseconds / 1000 }));
      if (reply === 'ended') return undefined;
      if (reply.kind === 'refused') refuse({ reason: reply.reason, because: reply.because });
      const { columns, rows, truncated, ms } = reply;
      return { columns, rows, truncated, ms };
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
      this.#waiting = undefined;
    }
  }

  #begin(): SqlProcess {
    const sqlProcess = this.#start();
    this.#process = sqlProcess;
    sqlProcess.onReply((message) => {
      const reply = replySchema.parse(message);
      if (this.#process === sqlProcess && this.#waiting?.id === reply.id) this.#waiting.settle(reply);
    });
    // There is never a second one: a query that was stopped lasts until its process has ended.
    sqlProcess.onEnd(() => {
      this.#process = undefined;
      this.#waiting?.settle('ended');
    });
    return sqlProcess;
  }
}

function refuse(why: ErrorData<'SQL_REFUSED'>): never {
  throw new StudioError('SQL_REFUSED', why);
}

/** Starts the query process as a forked Node.js without the studio's environment. `entry` is the `sql-process` file. */
export function forkSqlProcess(entry = ownProgram(import.meta.url, '../../database/sql-process.ts')): SqlProcess {
  const child = fork(fileURLToPath(entry), [], {
    execArgv: ['--max-old-space-size=512'],
    // Under Electron the executable is Electron's own; the first variable makes it behave as Node.js. Windows cannot
    // start a program without the other.
    env: { ELECTRON_RUN_AS_NODE: '1', ...(process.env.SystemRoot ? { SystemRoot: process.env.SystemRoot } : {}) },
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  // Do not keep an otherwise idle studio alive; the child sees the disconnect and exits too.
  child.unref();
  child.channel?.unref();
  let tellEnd: (() => void) | undefined;
  child.once('exit', () => tellEnd?.());
  child.once('error', () => tellEnd?.());
  return {
    post: (request) => child.send(request, (error) => error && tellEnd?.()),
    onReply: (listener) => child.on('message', listener),
    onEnd: (listener) => {
      let told = false;
      tellEnd = () => {
        if (!told) listener();
        told = true;
      };
    },
    kill: () => child.kill('SIGKILL'),
  };
}

/**
 * The file of a dataset's database, by the name that its rows give. Without a name, the only one there is, which is
 * also used for every name if it was attached on its own. Throws SQL_REFUSED if there is none.
 */
export function attachedFile(datasetFolder: string, database: string | null): string {
  const folder = databasesFolder(datasetFolder);
  if (database !== null) {
    const file = join(folder, databaseFileName(database));
    if (existsSync(file)) return file;
    if (!existsSync(forAllRowsFile(folder)))
      throw new StudioError('SQL_REFUSED', because('DATABASE_NAMED_MISSING', { database }));
  }
  const [only, ...others] = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.sqlite')) : [];
  if (only !== undefined && others.length === 0) return join(folder, only);
  throw new StudioError('SQL_REFUSED', because(only === undefined ? 'DATABASE_MISSING' : 'DATABASE_UNCLEAR'));
}

/**
 * Runs queries on a dataset's databases; a missing one is refused like any other. Undefined if the dataset has none.
 */
export function datasetQueries(
  dataset: { readonly id: string; readonly hasDatabase: boolean },
  { sql, datasetsFolder }: { sql: SqlRunner; datasetsFolder: string },
): ((database: string | null, query: string, signal: AbortSignal) => Promise<QueryResult>) | undefined {
  if (!dataset.hasDatabase) return undefined;
  return async (database, query, signal) =>
    sql.query(attachedFile(join(datasetsFolder, dataset.id), database), query, undefined, signal);
}

/**
 * Tells whether a query compiles on one of a dataset's databases, without reading a row; undefined if there is no
 * database to ask. False also for one whose check was stopped.
 */
export function queryCheck(
  dataset: { readonly id: string; readonly hasDatabase: boolean },
  database: string | null,
  { sql, datasetsFolder }: { sql: SqlRunner; datasetsFolder: string },
): ((query: string, signal: AbortSignal) => Promise<boolean>) | undefined {
  if (!dataset.hasDatabase) return undefined;
  const folder = join(datasetsFolder, dataset.id);
  try {
    attachedFile(folder, database);
  } catch {
    // That is told where a query is run.
    return undefined;
  }
  return async (query, signal) => {
    try {
      await sql.query(attachedFile(folder, database), compileOnly(query), undefined, signal);
      return true;
    } catch {
      return false;
    }
  };
}

export function databasesFolder(datasetFolder: string): string {
  return join(datasetFolder, 'databases');
}

/**
 * Written next to a database that was attached on its own and so serves all rows, whatever they name. The rows keep
 * their names, which count again once matching databases are attached. Holds how many rows name another database.
 */
export function forAllRowsFile(databases: string): string {
  return join(databases, 'for-all-rows.json');
}

/** Names come from table rows and can contain anything; characters not allowed in file names are hex-encoded. */
export function databaseFileName(database: string): string {
  return `${database.replace(/[^\p{L}\p{N} _-]/gu, (sign) => `%${sign.codePointAt(0)?.toString(16)}`)}.sqlite`;
}

const replySchema = z.discriminatedUnion('kind', [
  z.object({ id: z.number(), kind: z.literal('refused'), reason: z.string(), because: failureReasonSchema.optional() }),
  z.object({
    id: z.number(),
    kind: z.literal('rows'),
    columns: z.array(z.string()),
    rows: z.array(z.array(z.union([z.string(), z.number(), z.null()]))),
    truncated: z.boolean(),
    ms: z.number(),
  }),
]);
type Reply = z.infer<typeof replySchema>;
