import type { CsvOptions, RowJudgement } from '../../../src-contract/dataset.ts';
import { rowVerdictSentence } from '../../../src-contract/row-verdict.ts';
import type { ColumnMapping, TaskId } from '../../../src-contract/task.ts';
import { TableDoubts } from '../findings/table-doubts.ts';
import { openTable, type TableFile } from '../readers/open-table.ts';
import { resolveMapping } from './column-mapping.ts';
import { rowMapper } from './row-mapper.ts';

export interface JudgeOptions {
  readonly csv?: CsvOptions;
  readonly task: TaskId;
  readonly mapping?: ColumnMapping;
  /** Databases that come with the table; whether there are any is all that is asked here. */
  readonly database?: unknown;
}

/**
 * Judges every row of a table under a mapping without importing it, or only the beginning of a large file. Counts the
 * rows that would be left out and reports the first of them. Throws whatever `openTable` and `resolveMapping` throw.
 */
export async function judgeRows(file: TableFile, options: JudgeOptions, signal?: AbortSignal): Promise<RowJudgement> {
  const table = await openTable(file, options.csv, { signal });
  try {
    const { columns } = table;
    const mapping = resolveMapping({
      ...{ task: options.task, columns, chosen: options.mapping ?? {}, file: file.name },
      hasDatabase: options.database !== undefined,
    });
    const mapRow = rowMapper(mapping, table.facts.encoding);
    const rejected = new Map<string, number>();
    const warned = new Map<string, number>();
    const examples: RowJudgement['examples'] = [];
    const whole = new TableDoubts(options.task);
    let [rows, taken, warnedRows] = [0, 0, 0];
    let isPart = false;
    for await (const { records, bytesRead } of table.rows(signal)) {
      for (const record of records) {
        rows++;
        const row = mapRow(record);
        if (row.kind === 'example') {
          taken++;
          whole.take(row);
          if (row.warnings.length > 0) warnedRows++;
          for (const code of row.warnings) warned.set(code, (warned.get(code) ?? 0) + 1);
          continue;
        }
        const { code, data } = row;
        rejected.set(code, (rejected.get(code) ?? 0) + 1);
        if (examples.length >= 20) continue;
        const cells = record.cells.slice(0, 50).map((cell) => cell.slice(0, 300));
        examples.push({ line: record.line, code, data, message: rowVerdictSentence(code, data), cells });
      }
      isPart = bytesRead > judgedBytes && bytesRead < table.bytesTotal;
      if (isPart) break;
    }
    return {
      ...{ rows, taken, isPart, examples, doubts: whole.doubts({ isPart }) },
      rejected: { count: rows - taken, reasons: Object.fromEntries(rejected) },
      warned: { count: warnedRows, reasons: Object.fromEntries(warned) },
    };
  } finally {
    await table.close();
  }
}

/** 16 MB take a few tenths of a second to read and are representative of the rest. */
const judgedBytes = 16 * 1024 * 1024;
