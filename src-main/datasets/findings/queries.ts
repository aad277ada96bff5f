import { setImmediate as nextTurn } from 'node:timers/promises';
import { StudioError } from '../../../src-contract/errors.ts';
import type { Because } from '../../../src-contract/failure-reason.ts';
import type { FindingCode, FindingReport } from '../../../src-contract/finding.ts';
import { literally } from '../../../src-contract/regexp-literally.ts';
import { schemaParts } from '../databases/schema-parts.ts';
import { type CheckedRow, type FlaggedRow, flag } from './detector.ts';

export interface QueryPlaces {
  /** Runs a query on a database of the dataset, or on an empty one for a row without a database. Throws SQL_REFUSED. */
  readonly tryQuery: (
    database: string | null,
    sql: string,
    signal: AbortSignal,
  ) => Promise<{ readonly rows: readonly (readonly (string | number | null)[])[] }>;
  readonly isAttached: (database: string | null) => boolean;
  readonly total: number;
}

/**
 * Runs the query of every row on the row's database, each distinct query once. If no database is attached, checks
 * whether SQLite can parse the query and whether the tables that it names occur in the row's schema text.
 */
export async function* checkQueries(
  rows: Iterable<CheckedRow>,
  { tryQuery, isAttached, total }: QueryPlaces,
  signal: AbortSignal,
): AsyncGenerator<{ done: number }, { flagged: FlaggedRow[]; limits: FindingReport['limits'] }> {
  const known = new Map<string, Verdict | undefined>();
  const flagged: FlaggedRow[] = [];
  let done = 0;
  for (const row of rows) {
    signal.throwIfAborted();
    const key = JSON.stringify([row.database, row.target]);
    let verdict = known.get(key);
    if (verdict === undefined && !known.has(key)) {
      if (known.size >= mostQueries) {
        return { flagged, limits: [{ code: 'SQL_DOES_NOT_RUN', checked: done, total }] };
      }
      verdict = await judge(row, tryQuery, signal);
      known.set(key, verdict);
    } else if (done % 1000 === 0) await nextTurn();
    done++;
    // An empty database has no tables at all, so only the row's schema text can tell.
    const isNamed =
      verdict?.table !== undefined &&
      !isAttached(row.database) &&
      standsIn(verdict.table, schemaParts(row.context)?.schema ?? row.context);
    const isEmpty = verdict?.code === 'SQL_FINDS_NOTHING' && !isAttached(row.database);
    if (verdict && !isNamed && !isEmpty) flagged.push(flag(verdict.code, row, verdict.detail));
    if (done % 20 === 0) yield { done };
  }
  return { flagged, limits: [] };
}

const mostQueries = 100_000;

interface Verdict {
  readonly code: FindingCode;
  readonly detail: string;
  /** The table that the database does not have. */
  readonly table?: string;
}

async function judge(
  row: CheckedRow,
  tryQuery: QueryPlaces['tryQuery'],
  signal: AbortSignal,
): Promise<Verdict | undefined> {
  try {
    const { rows } = await tryQuery(row.database, row.target, signal);
    // A sum or a maximum of no rows is one row without a value.
    const hasFound = rows.length > 1 || rows.some((cells) => cells.some((cell) => cell !== null));
    return hasFound ? undefined : { code: 'SQL_FINDS_NOTHING', detail: row.target };
  } catch (error) {
    if (!(error instanceof StudioError) || error.code !== 'SQL_REFUSED') throw error;
    // Sound: every refusal has these fields.
    const { reason, because } = error.data as Because;
    const isFromSqlite = because?.code === 'SQL_ERROR';
    const said = isFromSqlite ? String(because.data.message) : reason;
    const isStatement = /^\s*(?:insert|update|delete|replace|create|drop|alter|pragma|attach|vacuum|begin)\b/i.test(
      row.target,
    );
    if (because?.code === 'SQL_NOT_SELECT' && !isStatement) return { code: 'SQL_NOT_PARSED', detail: said };
    if (!isFromSqlite) return { code: 'SQL_DOES_NOT_RUN', detail: said };
    // SQLite has a single code for all of these; only the message tells them apart.
    if (/syntax error|unrecognized token|incomplete input/.test(said)) return { code: 'SQL_NOT_PARSED', detail: said };
    if (/^(?:no such (?:table|column|function)|ambiguous column)/.test(said)) {
      const table = /^no such table: (?:main\.)?(.+)$/.exec(said)?.[1];
      return { code: 'SQL_UNKNOWN_NAME', detail: said, ...(table !== undefined ? { table } : {}) };
    }
    return { code: 'SQL_DOES_NOT_RUN', detail: said };
  }
}

function standsIn(name: string, text: string): boolean {
  return new RegExp(`(?<![\\p{L}\\p{N}_])${literally(name)}(?![\\p{L}\\p{N}_])`, 'iu').test(text);
}
