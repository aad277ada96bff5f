import type { AnswerLanguage } from '../../src-contract/language.ts';
import type { TaskId } from '../../src-contract/task.ts';
import type { TextMeasure } from '../../src-contract/text-measure.ts';
import { answerF1, exactMatch } from './metrics/exact-match.ts';
import { jsonMeasures } from './metrics/json-match.ts';
import { labelListMeasures, labelListsOf } from './metrics/label-lists.ts';
import { labelsOf } from './metrics/labels.ts';
import { numberMeasures } from './metrics/number-match.ts';
import { asksForOrder, type ResultCell, readyToCompare, resultMatch } from './metrics/result-match.ts';
import { rouge } from './metrics/rouge.ts';
import { exactSetMatch } from './metrics/spider/exact-set.ts';
import { SqlSchema } from './metrics/spider/sql-schema.ts';
import { sqlMatch } from './metrics/sql-match.ts';

/**
 * Measures of one answer by name. Shares and F-measures go from 0 to 1; `words` and `targetWords` are counts; `runs` is
 * 1 for a query that could be run at all. A measure that does not apply to this row is absent.
 */
export type Marks = Readonly<Record<string, number>>;

export interface Judge {
  /** The measure that decides. */
  readonly mainMetric: string;
  mark(answer: string, row: { target: string; database: string | null }, signal: AbortSignal): Promise<Marks>;
}

/** Runs a read-only query on a database of the dataset. Throws SQL_REFUSED. */
export type RunQuery = (
  database: string | null,
  sql: string,
  signal: AbortSignal,
) => Promise<{ readonly rows: readonly (readonly ResultCell[])[]; readonly truncated: boolean }>;

/**
 * How answers of a task are judged. With `runQuery`, for attached databases, queries are compared by their results;
 * `measure` is for the tasks that leave it open; `targets` tell which labels there are.
 */
export function judgeOf(
  task: TaskId,
  by: {
    language: AnswerLanguage;
    runQuery: RunQuery | undefined;
    measure: TextMeasure;
    targets: readonly string[];
  },
): Judge {
  const { language, runQuery, measure, targets } = by;
  switch (task) {
    case 'summarisation':
    case 'conversation':
      return byText.rougeL(language, targets);
    case 'mrc':
    case 'custom':
      return byText[measure](language, targets);
    case 'nl2sql':
      return runQuery === undefined ? bySqlText : byExecution(runQuery);
    default:
      return task satisfies never;
  }
}

const byText: Readonly<Record<TextMeasure, (language: AnswerLanguage, targets: readonly string[]) => Judge>> = {
  rougeL: (language) => ({
    mainMetric: 'rougeL',
    mark: async (answer, { target }) => {
      const { answerWords, targetWords, ...measures } = rouge(answer, target, language);
      return { ...measures, ...stemmedRouge(answer, target, language), words: answerWords, targetWords };
    },
  }),
  exactMatch: (language, targets) => {
    const labels = labelsOf(targets, language);
    return {
      mainMetric: 'exactMatch',
      mark: async (answer, { target }) => {
        const right = exactMatch(answer, target, language);
        // Labels may differ by no more than a sign.
        if (right === 1 && labels?.keyOf(answer) !== labels?.keyOf(target)) return { exactMatch: 0, f1: 0 };
        return { exactMatch: right, f1: answerF1(answer, target, language) };
      },
    };
  },
  labelsMatch: (language, targets) => {
    const lists = labelListsOf(targets, language);
    return { mainMetric: 'labelsMatch', mark: async (answer, { target }) => labelListMeasures(answer, target, lists) };
  },
  numberMatch: () => ({
    mainMetric: 'numberMatch',
    mark: async (answer, { target }) => numberMeasures(answer, target),
  }),
  jsonMatch: () => ({
    mainMetric: 'jsonMatch',
    mark: async (answer, { target }) => jsonMeasures(answer, target),
  }),
};

/** By word stems, for English only: many papers report ROUGE this way. */
function stemmedRouge(answer: string, target: string, language: AnswerLanguage): Marks {
  if (language !== 'en') return {};
  const { rouge1, rouge2, rougeL } = rouge(answer, target, language, { stemmed: true });
  return { rouge1Stemmed: rouge1, rouge2Stemmed: rouge2, rougeLStemmed: rougeL };
}

const bySqlText: Judge = {
  mainMetric: 'sqlMatch',
  mark: async (answer, { target }) => ({ sqlMatch: sqlMatch(answer, target) }),
};

function byExecution(runQuery: RunQuery): Judge {
  // The target query's rows, and the schema, are the same for the base and each adapter.
  const targets = new Map<string, Promise<Result | undefined>>();
  const schemas = new Map<string | null, Promise<SqlSchema | undefined>>();
  const resultOf = (database: string | null, sql: string, signal: AbortSignal) =>
    runQuery(database, readyToCompare(sql), signal).catch((error: unknown) => {
      if (signal.aborted) throw error;
      // A query that cannot be run is a wrong answer, not a failure of the evaluation.
      return undefined;
    });
  return {
    mainMetric: 'executionAccuracy',
    async mark(answer, { target, database }, signal) {
      const expected = await known(targets, `${database}\0${target}`, () => resultOf(database, target, signal));
      const schema = await known(schemas, database, () => schemaOf(database, runQuery, signal));
      const found = await resultOf(database, answer, signal);
      const exactSet = schema === undefined ? undefined : exactSetMatch(answer, target, schema);
      return {
        executionAccuracy: sameResult(found, expected, target) ? 1 : 0,
        ...(exactSet === undefined ? {} : { exactSet }),
        runs: found === undefined ? 0 : 1,
      };
    },
  };
}

type Result = Awaited<ReturnType<RunQuery>>;

function known<Key, Value>(kept: Map<Key, Promise<Value>>, key: Key, make: () => Promise<Value>): Promise<Value> {
  const value = kept.get(key) ?? make();
  kept.set(key, value);
  // An aborted query may be retried.
  value.catch(() => kept.delete(key));
  return value;
}

/** Results too long to be read whole are compared by the part that was read of both. */
function sameResult(found: Result | undefined, expected: Result | undefined, target: string): boolean {
  if (found === undefined || expected === undefined || found.truncated !== expected.truncated) return false;
  return resultMatch(found.rows, expected.rows, { ordered: asksForOrder(target) });
}

async function schemaOf(
  database: string | null,
  runQuery: RunQuery,
  signal: AbortSignal,
): Promise<SqlSchema | undefined> {
  try {
    const columns = await runQuery(database, columnsQuery, signal);
    const keys = await runQuery(database, keysQuery, signal);
    const tables = new Map<string, string[]>();
    for (const [table, column] of columns.rows) {
      const name = String(table);
      tables.set(name, [...(tables.get(name) ?? []), String(column)]);
    }
    return new SqlSchema(
      tables,
      keys.rows.map(([from, to]) => [String(from), String(to)]),
    );
  } catch (error) {
    if (signal.aborted) throw error;
    return undefined;
  }
}

const columnsQuery = `SELECT m.name, c.name FROM sqlite_schema AS m JOIN pragma_table_info(m.name) AS c
  WHERE m.type = 'table' ORDER BY m.rowid, c.cid`;
/** A key that names no column refers to the other table's primary key. */
const keysQuery = `SELECT m.name || '.' || k."from",
    k."table" || '.' || coalesce(k."to", (SELECT p.name FROM pragma_table_info(k."table") AS p WHERE p.pk = 1))
  FROM sqlite_schema AS m JOIN pragma_foreign_key_list(m.name) AS k WHERE m.type = 'table' ORDER BY m.rowid, k.id, k.seq`;
