import { join } from 'node:path';
import type { Dataset } from '../../../src-contract/dataset.ts';
import { StudioError } from '../../../src-contract/errors.ts';
import type { CheckEvent } from '../../../src-contract/finding.ts';
import { counted } from '../counted.ts';
import { attachedFile, type SqlRunner, usualLimits } from '../databases/attached-database.ts';
import { type DatasetStore, rowsPlace } from '../dataset-store.ts';
import type { RowsThreadCalls } from '../rows/rows-thread-messages.ts';
import type { RowsThread } from '../rows/rows-threads.ts';
import type { CheckedRow } from './detector.ts';
import { emptyDatabase } from './finding-store.ts';
import { checkQueries, type QueryPlaces } from './queries.ts';

interface Parts {
  readonly store: DatasetStore;
  readonly datasetsFolder: string;
  readonly sql: SqlRunner;
  /** For long-running work. */
  readonly thread: RowsThread;
}

/**
 * Checks all rows of the newest version for anything that would hurt training: queries first, in their own process,
 * then the rest, in a thread. Earlier findings are kept until the end.
 */
export async function* checkDataset(
  dataset: Dataset,
  parts: Parts,
  signal: AbortSignal,
): AsyncGenerator<CheckEvent, void> {
  const { id, version, task, rows: total } = dataset;
  const share = task === 'nl2sql' ? Math.floor(total / 2) : 0;
  const progress = (done: number): CheckEvent => ({ kind: 'progress', done, total });
  const queries = share > 0 ? queryCheck(dataset, parts, signal) : undefined;
  let more: RowsThreadCalls['check']['ask']['more'] = { flagged: [], limits: [] };
  for (let step = await queries?.next(); step; step = await queries?.next()) {
    if (step.done) {
      more = step.value;
      break;
    }
    yield progress(Math.floor((step.value.done * share) / total));
  }
  const ask = { ...rowsPlace(parts.datasetsFolder, id), version, task, more };
  const check = (tell: (done: number) => void) =>
    parts.thread.call('check', ask, {
      signal,
      onEvent: ({ done }) => tell(share + Math.floor((done * (total - share)) / total)),
    });
  yield { kind: 'finished', report: yield* counted(check, progress) };
}

/** Queries of rows without a database are tried on an empty one, which checks the grammar but not the tables. */
function queryCheck(dataset: Dataset, { store, datasetsFolder, sql }: Parts, signal: AbortSignal) {
  const folder = join(datasetsFolder, dataset.id);
  const empty = emptyDatabase(folder);
  const fileOf = (database: string | null) => {
    try {
      return attachedFile(folder, database);
    } catch {
      return empty;
    }
  };
  const limits = { ...usualLimits, rows: 2, cellLetters: 10 };
  /** Retries once: on a busy machine a query may time out once, but hardly twice. */
  const tryQuery: QueryPlaces['tryQuery'] = async (database, query, abort) => {
    try {
      return await sql.query(fileOf(database), query, limits, abort);
    } catch (error) {
      if (!(error instanceof StudioError) || reasonCode(error) !== 'SQL_TOO_LONG') throw error;
      return await sql.query(fileOf(database), query, limits, abort);
    }
  };
  return checkQueries(
    checkedRows(store, dataset),
    {
      tryQuery,
      isAttached: (database) => fileOf(database) !== empty,
      total: dataset.rows,
    },
    signal,
  );
}

function reasonCode({ data }: StudioError): string | undefined {
  return 'because' in data ? data.because?.code : undefined;
}

function* checkedRows(store: DatasetStore, { id, version }: Dataset): Generator<CheckedRow> {
  const rows = store.rows(id);
  const places = rows.versionRows(version);
  for (const { position, split, context, target, group, database } of rows.examples(version)) {
    yield { number: places.at(position) ?? position, position, split, context, target, group, database };
  }
}
