import { fork } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { StudioError } from '../../src-contract/errors.ts';
import { because, failureReasonSchema } from '../../src-contract/failure-reason.ts';
import { ownProgram } from '../own-program.ts';

/** The process in which queries run. A host that cannot fork Node.js (a packaged Electron) hands in its own way to start it. */
export interface SqlProcess {
  post(request: object): void;
  onReply(listener: (reply: unknown) => void): void;
  /** Called once, whatever ended it. */
  onEnd(listener: () => void): void;
  /** Ends it at once, also in the middle of a query. */
  kill(): void;
}

export interface QueryResult {
  readonly columns: string[];
  readonly rows: (string | number | null)[][];
  /** True when there were more rows than asked for. */
  readonly truncated: boolean;
  readonly ms: number;
}

export interface QueryLimits {
  readonly milliseconds: number;
  readonly rows: number;
  readonly cellLetters: number;
  /** Of the whole answer. */
  readonly letters: number;
}

export const usualLimits: QueryLimits = { milliseconds: 5000, rows: 5000, cellLetters: 10_000, letters: 16_000_000 };

/**
 * Runs reading queries on SQLite files, one after the other, in a process of its own that is kept until `close` and started
 * anew after a query had to be killed. It works on copies of the files in memory; nothing else is reachable from there.
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

  /** Throws SQL_REFUSED: not one reading statement, an error of SQLite's, or the time is over. */
  query(file: string, sql: string, limits: QueryLimits = usualLimits, signal?: AbortSignal): Promise<QueryResult> {
    const turn = this.#last.then(() => this.#run(file, sql, limits, signal));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  close(): void {
    this.#closed = true;
    this.#process?.kill();
  }

  async #run(file: string, sql: string, limits: QueryLimits, signal: AbortSignal | undefined): Promise<QueryResult> {
    signal?.throwIfAborted();
    if (this.#closed) throw new StudioError('SQL_REFUSED', because('SQL_CLOSING'));
    const sqlProcess = this.#process ?? this.#begin();
    const id = ++this.#id;
    let isLate = false;
    const stop = () => sqlProcess.kill();
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
      if (reply === 'ended') {
        const seconds = limits.milliseconds / 1000;
        throw new StudioError(
          'SQL_REFUSED',
          isLate ? because('SQL_TOO_LONG', { seconds }) : because('SQL_PROCESS_ENDED'),
        );
      }
      if (reply.kind === 'refused')
        throw new StudioError('SQL_REFUSED', { reason: reply.reason, because: reply.because });
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
      if (this.#waiting?.id === reply.id) this.#waiting.settle(reply);
    });
    sqlProcess.onEnd(() => {
      if (this.#process !== sqlProcess) return;
      this.#process = undefined;
      this.#waiting?.settle('ended');
    });
    return sqlProcess;
  }
}

/** Starts the query process as a forked Node.js without the studio's environment. `entry` is the file of `sql-process`. */
export function forkSqlProcess(entry = ownProgram(import.meta.url, '../database/sql-process.ts')): SqlProcess {
  const child = fork(fileURLToPath(entry), [], {
    execArgv: ['--max-old-space-size=512'],
    // Under Electron the executable is Electron's own, which this makes behave as Node.js. Windows starts no program
    // without the other one.
    env: { ELECTRON_RUN_AS_NODE: '1', ...(process.env.SystemRoot ? { SystemRoot: process.env.SystemRoot } : {}) },
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  // A studio that has nothing else to do ends, whatever this process does; it sees the disconnect and ends too.
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
 * The file that holds a database of a dataset, by the name that its rows carry; without a name, the only one there is, as for
 * every name where it was attached by itself. Throws SQL_REFUSED when there is none.
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

/** Runs queries on the databases of a dataset, one that isn't there being a refusal like any other; undefined where it has none. */
export function datasetQueries(
  dataset: { readonly id: string; readonly hasDatabase: boolean },
  { sql, datasetsFolder }: { sql: SqlRunner; datasetsFolder: string },
): ((database: string | null, query: string, signal: AbortSignal) => Promise<QueryResult>) | undefined {
  if (!dataset.hasDatabase) return undefined;
  return async (database, query, signal) =>
    sql.query(attachedFile(join(datasetsFolder, dataset.id), database), query, undefined, signal);
}

export function databasesFolder(datasetFolder: string): string {
  return join(datasetFolder, 'databases');
}

/**
 * Stands beside a database that was attached by itself and so serves all rows, whatever they name: their own names stay, and
 * count again when databases are attached that have them. It holds how many rows name another one.
 */
export function forAllRowsFile(databases: string): string {
  return join(databases, 'for-all-rows.json');
}

/** Names come from the rows of a table, so a name may hold anything; what no file name can hold is written as hex. */
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
