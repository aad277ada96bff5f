import type { CsvOptions } from '../../../src-contract/dataset.ts';
import { readCsv } from './csv.ts';
import { detectCsvFormat } from './csv-format.ts';
import type { FileSurvey } from './file-survey.ts';
import type { OpenTable, TablePiece } from './table.ts';

/** A table of text. `keepEmpty` opens one that holds only blanks, too. Throws what `detectCsvFormat` throws. */
export function openCsv(
  file: { path: string; name: string },
  survey: FileSurvey,
  options: CsvOptions | undefined,
  { keepEmpty }: { keepEmpty: boolean },
): OpenTable {
  const format = detectCsvFormat(survey, options, { keepEmpty });
  const { encoding, delimiter, quote, header, skippedLines, reasons } = format;
  const { name, bytes, sha256 } = survey;
  // Blanks behind a delimiter are told by its reason; by name it is the sign itself.
  const shown = delimiter.trim() || delimiter;
  return {
    facts: {
      ...{
        name,
        format: 'csv',
        encoding,
        delimiter: shown,
        quote,
        escape: format.escape,
        header,
        skippedLines,
        bytes,
        sha256,
      },
      reasons: [...reasons],
    },
    columns: format.columns,
    bytesTotal: bytes,
    raw: (signal) => readCsv(file, format, signal),
    rows: (signal) => rowsOf(readCsv(file, format, signal), format),
    close: async () => {},
  };
}

/** Leaves out what stands above the table, blank lines, and the header. */
async function* rowsOf(
  pieces: AsyncGenerator<TablePiece, void>,
  { header, skippedLines }: { header: boolean; skippedLines: number },
): AsyncGenerator<TablePiece, void> {
  let headerIsNext = header;
  for await (const { records, bytesRead } of pieces) {
    const kept = records.filter(({ cells, line }) => {
      if (cells.length === 0 || line <= skippedLines) return false;
      if (!headerIsNext) return true;
      headerIsNext = false;
      return false;
    });
    yield { records: kept, bytesRead };
  }
}
