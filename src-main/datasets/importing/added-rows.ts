import { setImmediate as nextTurn } from 'node:timers/promises';
import type { CsvOptions, Split } from '../../../src-contract/dataset.ts';
import { StudioError } from '../../../src-contract/errors.ts';
import { because } from '../../../src-contract/failure-reason.ts';
import { type ColumnMapping, lacksSchema, type TaskId } from '../../../src-contract/task.ts';
import { schemaParts } from '../databases/schema-parts.ts';
import { openTable, type TableFile } from '../readers/open-table.ts';
import type { OpenTable } from '../readers/table.ts';
import type { NewExample } from '../rows/row-block.ts';
import { splitKey, splitOf } from '../splits/split.ts';
import { unitOf } from '../splits/unit-splits.ts';
import { joinedColumns, namedAsIn, resolveMapping } from './column-mapping.ts';
import { firstRows } from './import-rows.ts';
import { reasonPlace } from './left-out-rows.ts';
import { rowMapper } from './row-mapper.ts';
import { leftOutKey } from './unmended-rows.ts';

/** A file to read for an existing dataset. Plain data, so that it can be passed to a thread. */
export interface AddedRowsJob {
  readonly file: TableFile;
  readonly csv: CsvOptions | undefined;
  readonly task: TaskId;
  /** The column mapping of the first import. */
  readonly mapping: ColumnMapping;
  /** What was written from the databases of a dataset whose files hold no schema, by database name ('' for none). */
  readonly schemas: Readonly<Record<string, string>> | undefined;
  readonly seed: number;
}

/** A row of the file, with the unit that it must stay with and the split that it gets if nothing else decides. */
export type AddedRow =
  | {
      readonly kind: 'example';
      readonly example: NewExample;
      readonly unit: number;
      readonly split: Split;
      /** Identifies a row that an import left out; undefined if the file is not a reject file. */
      readonly leftOut: number | undefined;
    }
  | { readonly kind: 'rejected'; readonly code: string };

export type AddedRowsEvent =
  | { readonly kind: 'opened'; readonly columns: readonly string[] }
  /** Units of the rows in a piece of the file, sent before any rows. */
  | { readonly kind: 'units'; readonly units: readonly number[] }
  | { readonly kind: 'counted' }
  | { readonly kind: 'rows'; readonly rows: readonly AddedRow[] };

/**
 * Reads the rows of a file to be added to a dataset. It reads twice, first for the units, so that rows are never held
 * in memory. Throws whatever `openTable` and `resolveMapping` throw, with ADDED_COLUMN_MISSING for
 * CSV_COLUMN_MISSING, and CSV_NO_ROWS.
 */
export async function* addedRows(job: AddedRowsJob, signal: AbortSignal): AsyncGenerator<AddedRowsEvent, void> {
  const table = await openTable(job.file, job.csv, { signal });
  try {
    const { columns } = table;
    yield { kind: 'opened', columns };
    const width = reasonPlace(columns);
    const mapRow = await mapperOf(job, table, signal);
    for await (const { records } of table.rows(signal)) {
      const rows = records.map(mapRow);
      yield { kind: 'units', units: rows.flatMap((row) => (row.kind === 'example' ? [unitOf(row)] : [])) };
      await nextTurn();
    }
    yield { kind: 'counted' };
    for await (const { records } of table.rows(signal)) {
      const rows = records.map((record): AddedRow => {
        const row = mapRow(record);
        if (row.kind === 'rejected') return { kind: 'rejected', code: row.code };
        const { context, target, group, database, sourceId } = row;
        return {
          ...{ kind: 'example', unit: unitOf(row), split: row.split ?? splitOf(splitKey(row), job.seed) },
          example: { context, target, group, database, sourceId, line: record.line },
          leftOut: width === undefined ? undefined : leftOutKey(record.cells, width),
        };
      });
      yield { kind: 'rows', rows };
      await nextTurn();
    }
  } finally {
    await table.close();
  }
}

async function mapperOf(
  { task, mapping, file, schemas }: AddedRowsJob,
  table: OpenTable,
  signal: AbortSignal,
): Promise<ReturnType<typeof rowMapper>> {
  const { columns } = table;
  const joined = joinedColumns(mapping);
  // The columns of the first import that this file has; a file with other names is mapped like a new one. Of several that
  // are one text none may be missing: that text would be laid out otherwise than in the rows that are there.
  const isWanted = ([field, column]: [string, string]) => field in joined || columns.includes(column);
  const chosen = Object.fromEntries(Object.entries(mapping).filter(isWanted));
  const sample = await firstRows(table, signal);
  if (sample.length === 0)
    throw new StudioError('CSV_NO_ROWS', { file: file.name, ...because('NO_ROWS_BELOW_HEADER') });
  const resolved = resolvedLike(mapping, {
    ...{ task, columns, chosen, file: file.name, sample },
    hasDatabase: schemas !== undefined,
  });
  const mapRow = rowMapper(namedAsIn(mapping, resolved), table.facts.encoding);
  if (schemas === undefined || !lacksSchema(task, resolved.mapping)) return mapRow;
  const [one, ...others] = new Set(Object.values(schemas));
  return (record) => {
    const row = mapRow(record);
    const parts = row.kind === 'example' ? schemaParts(row.context) : undefined;
    if (row.kind !== 'example' || parts === undefined) return row;
    const schema = schemas[row.database ?? ''] ?? (others.length === 0 ? one : undefined) ?? '';
    return { ...row, context: `${parts.head}${schema}${parts.tail}` };
  };
}

/** Throws ADDED_COLUMN_MISSING, since a column can be named for an import only. */
function resolvedLike(
  mapping: ColumnMapping,
  about: Parameters<typeof resolveMapping>[0],
): ReturnType<typeof resolveMapping> {
  try {
    return resolveMapping(about);
  } catch (error) {
    if (!(error instanceof StudioError && error.code === 'CSV_COLUMN_MISSING')) throw error;
    const { file, field, column, found } = (error as StudioError<'CSV_COLUMN_MISSING'>).data;
    // A field that the file has no column for was looked for by its own name.
    const wanted = Object.values(mapping).includes(column) ? column : (mapping[field as keyof ColumnMapping] ?? column);
    throw new StudioError('ADDED_COLUMN_MISSING', { file, column: wanted, found }, { cause: error });
  }
}
