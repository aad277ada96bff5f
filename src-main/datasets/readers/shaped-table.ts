import { uniqueNames } from './header-names.ts';
import { type NamedValues, type RecordShape, shapeOf, shapesOfKeys } from './record-shape.ts';
import type { OpenTable, TableRecord } from './table.ts';
import { writtenValue } from './written-value.ts';

/** How many records must have the shape for the others to be read by it. */
const sampleRecords = 200;

/**
 * A table of text or of a sheet whose columns are those of a known form (an instruction with its input and its answer, answers
 * as SQuAD has them, a conversation): the columns that the form makes are put in front of its own, as with records of JSON and
 * Parquet. A table that has them already, as one that was written here, stays as it is.
 */
export async function shapedTable(table: OpenTable): Promise<OpenTable> {
  const names = table.columns.map((name) => name.trim().toLowerCase());
  if (shapesOfKeys(names).length === 0) return table;
  const shape = shapeOf(await sampleOf(table, names));
  if (shape === undefined || shape.columns.every((name) => names.includes(name))) return table;
  const { pieces: _, ...others } = table;
  const { name, keys } = shape;
  return {
    ...others,
    facts: {
      ...table.facts,
      reasons: [
        ...table.facts.reasons,
        { about: 'shape', code: 'FORMAT_SHAPE', data: { shape: name, keys: keys.join(', ') } },
      ],
    },
    columns: uniqueNames([...shape.columns, ...table.columns]),
    async *rows(signal) {
      for await (const piece of table.rows(signal)) {
        yield { ...piece, records: piece.records.map((record) => shaped(record, names, shape)) };
      }
    },
  };
}

async function sampleOf(table: OpenTable, names: readonly string[]): Promise<NamedValues[]> {
  const sample: NamedValues[] = [];
  for await (const { records } of table.rows()) {
    // What is damaged or too short or long is told of later, and is no sign of another form.
    const whole = records.filter(({ cells, problem }) => cells.length === names.length && problem === undefined);
    sample.push(...whole.slice(0, sampleRecords - sample.length).map((record) => named(record, names)));
    if (sample.length >= sampleRecords) break;
  }
  return sample;
}

/** Cells that write out a list or an object are that; all others are text. */
function named({ cells }: TableRecord, names: readonly string[]): NamedValues {
  return Object.fromEntries(names.map((name, place) => [name, writtenValue(cells[place] ?? '') ?? cells[place] ?? '']));
}

function shaped(record: TableRecord, names: readonly string[], shape: RecordShape): TableRecord {
  if (record.cells.length === 0) return record;
  const { cells, problem = record.problem } = shape.derive(named(record, names));
  return { ...record, cells: [...cells, ...record.cells], ...(problem && { problem }) };
}
