import { fieldsOf, joinedLines, joinsColumns, namedTexts } from '../../../src-contract/column-groups.ts';
import type { CsvOptions } from '../../../src-contract/dataset.ts';
import { StudioError } from '../../../src-contract/errors.ts';
import { because } from '../../../src-contract/failure-reason.ts';
import type { ColumnMapping, TaskId } from '../../../src-contract/task.ts';
import { tasks } from '../../tasks/tasks.ts';
import { openTable, type TableFile } from '../readers/open-table.ts';
import { columnMissing, findColumn, findColumnOf, isBlank, proposeMapping } from './column-mapping.ts';
import { composed } from './composed-text.ts';
import { firstRows } from './import-rows.ts';

/** A table whose rows are to be answered. Plain data, so that it can be passed to a thread. */
export interface CellsJob {
  readonly file: TableFile;
  readonly csv: CsvOptions | undefined;
  readonly task: TaskId;
  /** The columns that a person has chosen. */
  readonly chosen: ColumnMapping;
  /** The columns of the table that an adapter was trained on: another one mostly has the same. */
  readonly known: ColumnMapping;
  /** How many schemas are known from there: a table needs no column for the only one, or if it names the databases. */
  readonly schemas: number;
  /** Only the first rows are read; more than `mostRows` are too many. */
  readonly limit: number | undefined;
  readonly mostRows: number;
}

export type CellsEvent =
  | { readonly kind: 'opened'; readonly columns: readonly string[]; readonly mapping: ColumnMapping }
  | { readonly kind: 'rows'; readonly rows: readonly (readonly string[])[] };

/** In UTF-16 units of all cells together. */
const mostLetters = 200_000_000;

/**
 * Reads a table that need not have targets: its columns, which of them the context is made of, then all its rows, each
 * with as many cells as there are columns, or more. Throws whatever `openTable` throws, CSV_COLUMN_MISSING,
 * CSV_NO_ROWS, and OPTION_INVALID for a table that is too long.
 */
export async function* tableCells(job: CellsJob, signal: AbortSignal): AsyncGenerator<CellsEvent, void> {
  const { file, limit = Infinity, mostRows } = job;
  const table = await openTable(file, job.csv, { signal });
  try {
    const { columns } = table;
    yield { kind: 'opened', columns, mapping: contextMapping(job, columns, await firstRows(table, signal)) };
    let [count, letters] = [0, 0];
    for await (const { records } of table.rows(signal)) {
      const rows = records
        .filter(({ cells }) => cells.some((cell) => !isBlank(cell)))
        .slice(0, limit - count)
        .map(({ cells }) => [...cells, ...columns.slice(cells.length).map(() => '')]);
      count += rows.length;
      letters += rows.reduce((sum, cells) => sum + cells.reduce((inRow, cell) => inRow + cell.length, 0), 0);
      if (count > mostRows || letters > mostLetters) {
        const why = because('TABLE_TOO_LONG', { rows: mostRows, letters: mostLetters / 1e6 });
        throw new StudioError('OPTION_INVALID', { option: 'limit', ...why });
      }
      if (rows.length > 0) yield { kind: 'rows', rows };
      if (count >= limit) break;
    }
    if (count === 0) throw new StudioError('CSV_NO_ROWS', { file: file.name, ...because('ROWS_BLANK') });
  } finally {
    await table.close();
  }
}

/** Which column holds which part of the context: as chosen, as in the table known, or as the names say. */
export function contextMapping(
  about: Pick<CellsJob, 'task' | 'chosen' | 'known' | 'schemas'> & { file: { readonly name: string } },
  columns: readonly string[],
  sample: readonly (readonly string[])[],
): ColumnMapping {
  const { task, chosen, known, schemas, file } = about;
  const fields = tasks[task].fields.context;
  const several = joinsColumns(task) ? severalOf(about, columns) : undefined;
  if (several !== undefined) return several;
  // Of a single text the contents tell no more than its length; with a target beside it, they would tell the two apart.
  const proposed = proposeMapping(task, columns, fields.length === 1 ? [] : sample);
  const columnOf = (field: string): string | undefined => {
    const name = chosen[field];
    if (name === undefined) return (known[field] && findColumn(columns, known[field])) || proposed[field];
    const column = findColumn(columns, name);
    if (column === undefined) throw columnMissing({ file: file.name, field, column: name, columns });
    return column;
  };
  const isChosen = fields.some((field) => chosen[field] !== undefined);
  const whole = isChosen ? undefined : columnOf('context');
  if (whole !== undefined && !fields.includes('context')) return { context: whole };
  const mapping: ColumnMapping = {};
  for (const field of fields) {
    const column = columnOf(field) ?? (fields.length === 1 ? longestColumn(columns, sample) : undefined);
    const ofDatabases = column === undefined && field === 'schema' && schemas > 1 ? columnOf('database') : undefined;
    if (ofDatabases !== undefined) mapping.database = ofDatabases;
    else if (column !== undefined) mapping[field] = column;
    else if (field !== 'schema' || schemas !== 1)
      throw columnMissing({ file: file.name, field, column: field, columns });
  }
  return mapping;
}

/**
 * The columns of a context of several, as chosen or as in the table known; one that is not there is read as blank.
 * Undefined for a context of one.
 */
function severalOf(
  { chosen, known, file }: Pick<CellsJob, 'chosen' | 'known'> & { file: { readonly name: string } },
  columns: readonly string[],
): ColumnMapping | undefined {
  const wanted = fieldsOf('context', chosen).length > 0 ? chosen : known;
  const fields = fieldsOf('context', wanted);
  if (fields.length < 2 && fieldsOf('context', known).length < 2) return undefined;
  const found = fields.flatMap((field) => {
    const name = wanted[field] ?? '';
    const column = findColumnOf(field, columns, name);
    // What was chosen must be there.
    if (column === undefined && wanted === chosen)
      throw columnMissing({ file: file.name, field, column: name, columns });
    return column === undefined ? [] : [[field, column] as const];
  });
  const [first = 'context'] = fields;
  if (found.length === 0)
    throw columnMissing({ file: file.name, field: first, column: wanted[first] ?? first, columns });
  return Object.fromEntries(found);
}

/** The column with the longest texts. */
function longestColumn(columns: readonly string[], sample: readonly (readonly string[])[]): string | undefined {
  const lengths = columns.map((_, place) => sample.reduce((sum, cells) => sum + (cells[place]?.length ?? 0), 0));
  return columns[lengths.indexOf(Math.max(...lengths))];
}

interface AskedTable {
  readonly task: TaskId;
  readonly mapping: ColumnMapping;
  readonly columns: readonly string[];
  /** What the columns of a context are called in it, where the table calls them otherwise. */
  readonly names: ColumnMapping;
  /** By the names in the column of databases, or under an empty one for all rows. */
  readonly schemas: Readonly<Record<string, string>> | null;
}

/** The context of a row, as an import would make it, or why it has none. */
export function contextOfCells(
  cells: readonly string[],
  { task, mapping, columns, names, schemas }: AskedTable,
): { readonly context: string } | { readonly lacks: 'text' | 'database' } {
  const input = Object.fromEntries(
    Object.entries(mapping).map(([field, column]) => [field, cells[columns.indexOf(column)] ?? '']),
  );
  const fields = fieldsOf('context', mapping);
  if (fields.length > 1 || fieldsOf('context', names).length > 1) {
    const called = Object.fromEntries(fields.map((field) => [field, names[field] ?? mapping[field] ?? '']));
    const context = joinedLines(namedTexts('context', called, input));
    return isBlank(context) ? { lacks: 'text' } : { context: composed(context) };
  }
  if (Object.values(input).some(isBlank)) return { lacks: 'text' };
  if (schemas !== null) {
    const database = input.database?.trim() ?? '';
    // A cell may say “constructor”.
    if (!Object.hasOwn(schemas, database)) return { lacks: 'database' };
    input.schema = schemas[database] ?? '';
  }
  return { context: composed(input.context ?? tasks[task].renderContext(input)) };
}
