import type { CsvOptions, FileFacts, Inspection } from '../../src-contract/dataset.ts';
import type { ColumnMapping, TaskId } from '../../src-contract/task.ts';
import { proposeMapping, proposeTask } from './column-mapping.ts';
import { readCsv } from './readers/csv.ts';
import { type CsvFormat, detectCsvFormat } from './readers/csv-format.ts';
import { type FileSurvey, surveyFile } from './readers/file-survey.ts';

/** What is in a file and what it could be used for, without importing it. Reads the whole file once to count its rows. */
export async function inspectTable(
  file: { path: string; name: string },
  options: { csv?: CsvOptions; cells?: boolean },
  signal?: AbortSignal,
): Promise<Inspection> {
  const survey = await surveyFile(file.path, file.name, signal);
  const format = detectCsvFormat(survey, options.csv);
  const sample: (readonly string[])[] = [];
  const cells: string[][] = [];
  let rows = 0;
  let sampleLetters = 0;
  let headerIsNext = format.header;
  for await (const { records } of readCsv(file, format, signal)) {
    for (const record of records) {
      if (options.cells) cells.push([...record.cells]);
      if (record.cells.length === 0) continue;
      if (headerIsNext) {
        headerIsNext = false;
        continue;
      }
      rows++;
      if (sample.length >= 20 || sampleLetters > 200_000) continue;
      sample.push(record.cells);
      sampleLetters += record.cells.reduce((sum, cell) => sum + cell.length, 0);
    }
  }
  const proposedTask = proposeTask(format.columns, sample);
  const mappings = Object.fromEntries(
    (['summarisation', 'mrc', 'nl2sql', 'custom'] as const).map((task) => [task, proposeMapping(task, format.columns)]),
  ) as Record<TaskId, ColumnMapping>; // fromEntries forgets which keys it was given
  const fieldOf = new Map(Object.entries(mappings[proposedTask]).map(([field, column]) => [column, field]));
  return {
    file: fileFacts(survey, format, rows),
    columns: format.columns.map((name) => ({ name, role: fieldOf.get(name) ?? '' })),
    sample: sample.map((row) => [...row]),
    ...{ proposedTask, mappings },
    ...(options.cells ? { cells } : {}),
  };
}

export function fileFacts(survey: FileSurvey, format: CsvFormat, rows: number): FileFacts {
  const { encoding, delimiter, quote, header, reasons } = format;
  const { name, bytes, sha256 } = survey;
  return { name, encoding, delimiter, quote, header, rows, bytes, sha256, reasons };
}
