import { uniqueNames } from './header-names.ts';
import { type NamedValues, type RecordShape, shapeOf, shapeReason, shapesOfKeys } from './record-shape.ts';
import type { OpenTable, TablePiece, TableRecord } from './table.ts';
import { writtenValue } from './written-value.ts';

/** How many records must have the shape for the others to be read by it. */
const sampleRecords = 200;

/**
 * A table of text or of a sheet whose columns are those of a known form (an instruction with its input and its answer, answers
 * as SQuAD has them, a conversation): the columns that the form makes are put in front of its own, as with records of JSON and
 * Parquet. A table that has them already, as one that was written here, stays as it is.
 */
export async function shapedTable(table: OpenTable, signal?: AbortSignal): Promise<OpenTable> {
  const names = table.columns.map((name) => name.trim().toLowerCase());
  const possible = shapesOfKeys(names);
  if (possible.length === 0) return table;
  const read = recordReader(
    names,
    possible.flatMap(({ nested }) => nested),
  );
  const shape = shapeOf(await sampleOf(table.rows(signal), read, names.length));
  if (shape === undefined || shape.columns.every((name) => names.includes(name))) return table;
  const { pieces: _, ...others } = table;
  const readShaped = recordReader(names, shape.nested);
  return {
    ...others,
    facts: {
      ...table.facts,
      reasons: [...table.facts.reasons, shapeReason(shape, names)],
    },
    columns: uniqueNames([...shape.columns, ...table.columns]),
    async *rows(signal) {
      for await (const piece of table.rows(signal)) {
        yield { ...piece, records: piece.records.map((record) => shaped(record, shape, readShaped)) };
      }
    },
  };
}

async function sampleOf(rows: AsyncIterable<TablePiece>, read: ReadRecord, width: number): Promise<NamedValues[]> {
  const sample: NamedValues[] = [];
  for await (const { records } of rows) {
    // What is damaged or too short or long is told of later, and is no sign of another form.
    const whole = records.filter(({ cells, problem }) => cells.length === width && problem === undefined);
    sample.push(...whole.slice(0, sampleRecords - sample.length).map(read));
    if (sample.length >= sampleRecords) break;
  }
  return sample;
}

type ReadRecord = (record: TableRecord) => NamedValues;

/** Cells of the columns in `nested` are the list or object that they write out; all others are text, letter by letter. */
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

function shaped(record: TableRecord, shape: RecordShape, read: ReadRecord): TableRecord {
  if (record.cells.length === 0) return record;
  const { cells, problem } = shape.derive(read(record));
  return { ...record, cells: [...cells, ...record.cells], ...(problem && { problem: record.problem ?? problem }) };
}
