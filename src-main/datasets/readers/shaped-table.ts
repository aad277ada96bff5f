import { uniqueNames } from './header-names.ts';
import type { NamedValues, RecordShape } from './known-shape.ts';
import { nestedKeysIn, shapeOf, shapeReasons, withDerived } from './record-shape.ts';
import type { OpenTable, TablePiece, TableRecord } from './table.ts';
import { writtenValue } from './written-value.ts';

/** How many records must have the shape for the rest to be read with it. */
const sampleRecords = 200;

/**
 * Recognises a text table or sheet whose columns have a known shape (an instruction with its input and answer, answers
 * as in SQuAD, a conversation): the columns derived from it are put beside the others, as for records of JSON and Parquet. A
 * table that already has them, such as one exported here, is left as is.
 */
export async function shapedTable(table: OpenTable, signal?: AbortSignal): Promise<OpenTable> {
  const names = table.columns.map((name) => name.trim().toLowerCase());
  const nested = nestedKeysIn(names);
  if (nested === undefined) return table;
  const read = recordReader(names, nested);
  const shape = shapeOf(await sampleOf(table.rows(signal), read, names.length));
  if (shape === undefined || shape.columns.every((name) => names.includes(name))) return table;
  const { pieces: _, ...others } = table;
  const readShaped = recordReader(names, shape.nested);
  // As for records of JSON, where nothing of an object is left that is not in the columns derived from it.
  const isKept = (_: unknown, place: number) => !(shape.takesObjects && shape.nested.includes(names[place] ?? ''));
  return {
    ...others,
    facts: {
      ...table.facts,
      reasons: [...table.facts.reasons, ...shapeReasons(shape, names)],
    },
    columns: uniqueNames(withDerived(shape, shape.columns, table.columns.filter(isKept))),
    async *rows(signal) {
      for await (const piece of table.rows(signal)) {
        yield {
          ...piece,
          records: piece.records.flatMap((record) => shaped(record, { shape, read: readShaped, isKept })),
        };
      }
    },
  };
}

async function sampleOf(rows: AsyncIterable<TablePiece>, read: ReadRecord, width: number): Promise<NamedValues[]> {
  const sample: NamedValues[] = [];
  for await (const { records } of rows) {
    // Damaged, short and long records are reported later, and say nothing about the shape.
    const whole = records.filter(({ cells, problem }) => cells.length === width && problem === undefined);
    sample.push(...whole.slice(0, sampleRecords - sample.length).map(read));
    if (sample.length >= sampleRecords) break;
  }
  return sample;
}

type ReadRecord = (record: TableRecord) => NamedValues;

/**
 * Cells of the columns in `nested` are parsed as the list or object written in them; all others are text, unchanged.
 */
function recordReader(names: readonly string[], nested: readonly string[]): ReadRecord {
  const columns = names.map((name) => [name, nested.includes(name)] as const);
  return ({ cells }) =>
    Object.fromEntries(
      columns.map(([name, isNested], place) => {
        const cell = cells[place] ?? '';
        return [name, isNested ? (writtenValue(cell) ?? cell) : cell];
      }),
    );
}

interface Shaping {
  readonly shape: RecordShape;
  readonly read: ReadRecord;
  /** Whether a column of the file is one of the table. */
  isKept(cell: unknown, place: number): boolean;
}

function shaped(record: TableRecord, { shape, read, isKept }: Shaping): TableRecord[] {
  if (record.cells.length === 0) return [record];
  const own = record.cells.filter(isKept);
  return shape.derive(read(record), record.line).map(({ cells, problem }) => {
    return { ...record, cells: withDerived(shape, cells, own), ...(problem && { problem: record.problem ?? problem }) };
  });
}
