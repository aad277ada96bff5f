import type { CsvOptions, Inspection } from '../../../src-contract/dataset.ts';
import { type ColumnMapping, type TaskId, taskIdSchema } from '../../../src-contract/task.ts';
import { openTable, type TableFile } from '../readers/open-table.ts';
import type { TableRecord } from '../readers/table.ts';
import { proposeMapping, proposeTask } from './column-mapping.ts';

export interface InspectOptions {
  readonly csv?: CsvOptions;
  readonly cells?: boolean;
  readonly estimate?: boolean;
}

/**
 * What a file contains and could be used for, without importing it. Reads the whole file to count its rows, or with
 * `estimate`, if the file is large, only its beginning. `cells` adds all raw records, even those of an empty file.
 */
export async function inspectTable(
  file: TableFile,
  options: InspectOptions,
  signal?: AbortSignal,
): Promise<Inspection> {
  const table = await openTable(file, options.csv, { keepEmpty: options.cells ?? false, signal });
  try {
    const sample: (readonly string[])[] = [];
    const lines: number[] = [];
    let [rows, sampleLetters, bytesRead] = [0, 0, 0];
    let isWhole = true;
    const look = ({ cells, line }: TableRecord) => {
      rows++;
      if (sample.length >= 20 || sampleLetters > 200_000) return;
      sample.push(cells);
      lines.push(line);
      sampleLetters += cells.reduce((sum, cell) => sum + cell.length, 0);
    };
    for await (const piece of table.rows(signal)) {
      piece.records.forEach(look);
      bytesRead = piece.bytesRead;
      isWhole = !options.estimate || bytesRead < estimateFrom || bytesRead >= table.bytesTotal;
      if (!isWhole) break;
    }
    if (!isWhole) rows = Math.round((rows / bytesRead) * table.bytesTotal);
    const cells: string[][] = [];
    if (options.cells)
      for await (const { records } of table.raw(signal)) for (const record of records) cells.push([...record.cells]);
    const { columns, facts } = table;
    // Answers in a chat, though each may be the first.
    const proposedTask = facts.speaker ? 'conversation' : proposeTask(columns, sample);
    const mappings = Object.fromEntries(
      taskIdSchema.options.map((task) => [task, proposeMapping(task, columns, sample)]),
    ) as Record<TaskId, ColumnMapping>; // Object.fromEntries loses the key type.
    const fieldOf = new Map(Object.entries(mappings[proposedTask]).map(([field, column]) => [column, field]));
    return {
      file: { ...facts, rows, sha256: await table.sha256(signal) },
      columns: columns.map((name) => ({ name, role: fieldOf.get(name) ?? '' })),
      sample: sample.map((row) => [...row]),
      sampleLines: lines,
      isEstimate: !isWhole,
      ...{ proposedTask, mappings },
      ...(options.cells ? { cells } : {}),
    };
  } finally {
    await table.close();
  }
}

/** 32 MB of rows are enough to extrapolate the total. */
const estimateFrom = 32 * 1024 * 1024;
