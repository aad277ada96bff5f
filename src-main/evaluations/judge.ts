import type { TaskId } from '../../src-contract/task.ts';
import { exactMatch, wordF1 } from '../tasks/metrics/exact-match.ts';
import { asksForOrder, type ResultCell, resultMatch } from '../tasks/metrics/result-match.ts';
import { rouge } from '../tasks/metrics/rouge.ts';
import { sqlMatch } from '../tasks/metrics/sql-match.ts';

/** Measures of one answer by name, from 0 to 1. */
export type Marks = Readonly<Record<string, number>>;

export interface Judge {
  /** The measure that decides. */
  readonly mainMetric: string;
  mark(answer: string, row: { target: string; database: string | null }, signal: AbortSignal): Promise<Marks>;
}

/** Runs a reading query on a database of the dataset. Throws SQL_REFUSED. */
export type RunQuery = (database: string | null, sql: string, signal: AbortSignal) => Promise<{ rows: ResultCell[][] }>;

/** How answers of a task are judged. `runQuery` is there where databases are attached: then queries are compared by what they give. */
export function judgeOf(task: TaskId, runQuery: RunQuery | undefined): Judge {
  switch (task) {
    case 'summarisation':
      return { mainMetric: 'rougeL', mark: async (answer, { target }) => ({ ...rouge(answer, target) }) };
    case 'mrc':
    case 'custom':
      return {
        mainMetric: 'exactMatch',
        mark: async (answer, { target }) => ({ exactMatch: exactMatch(answer, target), f1: wordF1(answer, target) }),
      };
    case 'nl2sql':
      return runQuery === undefined ? byText : byExecution(runQuery);
    default:
      return task satisfies never;
  }
}

const byText: Judge = {
  mainMetric: 'sqlMatch',
  mark: async (answer, { target }) => ({ sqlMatch: sqlMatch(answer, target) }),
};

function byExecution(runQuery: RunQuery): Judge {
  // The rows of the gold query are the same for the base and each adapter.
  const gold = new Map<string, Promise<ResultCell[][] | undefined>>();
  const rowsOf = (database: string | null, sql: string, signal: AbortSignal) =>
    runQuery(database, sql, signal).then(
      ({ rows }) => rows,
      (error: unknown) => {
        if (signal.aborted) throw error;
        // A query that cannot be run is a wrong answer, not a failure of the evaluation.
        return undefined;
      },
    );
  return {
    mainMetric: 'executionAccuracy',
    async mark(answer, { target, database }, signal) {
      const key = `${database}\0${target}`;
      const expecting = gold.get(key) ?? rowsOf(database, target, signal);
      gold.set(key, expecting);
      const expected = await expecting;
      const found = expected === undefined ? undefined : await rowsOf(database, answer, signal);
      const ordered = asksForOrder(target);
      const same = expected !== undefined && found !== undefined && resultMatch(found, expected, { ordered });
      return { executionAccuracy: same ? 1 : 0, sqlMatch: sqlMatch(answer, target) };
    },
  };
}
